"""The morning page, and the search in one's own records."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.coaching import day_queries, policy, queries
from app.coaching.views import bp, today
from app.core.access import Role, allow, signed_in, viewer
from app.core.forms import EmptyForm

LONGEST_SEARCH = 100


@bp.get("/accompagnement")
@allow(signed_in)
def morning() -> ResponseReturnValue:
    """What the day holds for a coach; a holder sees the records about them here too."""
    who, day = viewer(), today()
    works_at = who.organisation_ids(Role.COACH, Role.ORGANISATION_LEAD)
    own = day_queries.own_records(who, today=day)
    lines = day_queries.agenda(who, today=day) if who.is_coach or own else []
    late = [line for line in lines if line.what == "promise" and line.on is not None and line.on < day]
    meets = {line.record_id for line in lines if line.what == "appointment"}
    return render_template(
        "coaching/morning.html",
        own=own,
        lines={what: [line for line in lines if line.what == what and line not in late] for what in day_queries.KINDS},
        late=late,
        late_records=[one.record for one in own if one.is_late(day)],
        silent=[one for one in own if one.is_silent(day)],
        last_words=day_queries.last_words(who, [one.record for one in own if one.record.id in meets]),
        team=queries.of_team(works_at, except_user_id=who.user_id or 0) if works_at else [],
        silent_days=day_queries.SILENT_DAYS,
        about_me=queries.of_holder(who.user_id or 0, who.email),
        today=day,
        button_form=EmptyForm(formdata=None),
    )


@bp.get("/accompagnement/chercher")
@allow(policy.coaches_somewhere)
def search() -> ResponseReturnValue:
    words = request.args.get("q", "")[:LONGEST_SEARCH]
    found = day_queries.search(viewer(), words, today=today())
    return render_template("coaching/search.html", words=words, found=found, today=today())
