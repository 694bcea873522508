"""The holder's yes or no to the public line « accompagné par … », which shows on campaign pages."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.campaigns import services
from app.coaching import policy as coaching_policy
from app.coaching import queries as coaching_queries
from app.coaching import services as coaching_services
from app.coaching.queries import RecordFile
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import NotAllowed
from app.core.forms import EmptyForm

bp = Blueprint("mentions", __name__)


@bp.post("/accompagnement/dossiers/<reference>/mention")
@allow(coaching_policy.is_holder, subject=coaching_queries.get_file)
def change(file: RecordFile) -> ResponseReturnValue:
    """Given or taken back; each is a dated row, and the campaign's page changes at once."""
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    agrees, at, by = request.form.get("agrees") == "yes", clock.now(), viewer().user_id or 0
    record_id = file.record.id
    with transaction():
        if agrees:
            coaching_services.give_public_mention(file.record, by=by, at=at)
        else:
            coaching_services.withdraw_public_mention(file.record, by=by, at=at)
        services.touch_of_record(record_id)
    flash(
        _("La mention publique est affichée.") if agrees else _("La mention publique n’est plus affichée."),
        "success",
    )
    return redirect(url_for("coaching.show", reference=file.reference), 303)
