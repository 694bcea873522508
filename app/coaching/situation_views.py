"""The situation of the people of a record: their own page, and the team's, where reading is an act."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.coaching import situation_policy as policy
from app.coaching import situation_queries as queries
from app.coaching import situation_services as services
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.levels import Level
from app.coaching.policy import relation
from app.coaching.situation_forms import SituationForm
from app.coaching.situation_rules import Moment
from app.coaching.situation_words import FACT_TITLES, FACT_WORDS, MOMENT_WORDS
from app.coaching.views import today
from app.coaching.words import READER_WORDS
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import EmptyForm, choices_of

bp = Blueprint("situations", __name__)
ADDRESS = "/accompagnement/dossiers/<reference>/situation"


@bp.get(ADDRESS)
@allow(policy.may_see, subject=get_file)
def shown(file: RecordFile) -> ResponseReturnValue:
    return _page(file, is_read=relation(viewer(), file).is_holder)


def _form(file: RecordFile, *, empty: bool = False) -> SituationForm:
    form, theirs = SituationForm(formdata=None) if empty else SituationForm(), policy.speaks_for(viewer(), file)
    form.person.choices = choices_of((one.person_id, one.name) for one in file.holders if one.person_id in theirs)
    if empty:
        form.happened_on.data = today()  # type: ignore[assignment]  # the library knows None
    return form


def _page(
    file: RecordFile, status: int = 200, form: SituationForm | None = None, *, is_read: bool = False
) -> ResponseReturnValue:
    who = viewer()
    tie = relation(who, file)
    return render_template(
        "coaching/situation.html", record=file.record, is_holder=tie.is_holder, is_read=is_read,
        form=(form or _form(file, empty=True)) if policy.may_say(who, file) else None,
        situations=queries.situations_of(file.record.id, tie) if is_read else [],
        names={one.person_id: one.name for one in file.holders},
        readers=file.readers_at(Level.RESTRICTED), reader_words=READER_WORDS,
        moment_words=MOMENT_WORDS, titles=FACT_TITLES, words=FACT_WORDS, button=EmptyForm(formdata=None),
    ), status  # fmt: skip


@bp.post(f"{ADDRESS}/lire")
@allow(policy.may_read_for_work, subject=get_file)
def read(file: RecordFile) -> ResponseReturnValue:
    """The journal keeps who read, and when."""
    tie, reference = relation(viewer(), file), file.reference
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    with transaction():
        services.note_read(
            get_file(reference).record, by=tie.user_id or 0, at=clock.now(),
            behind_glass=not (tie.is_referent or tie.can_see_restricted),
        )  # fmt: skip
    return _page(get_file(reference), is_read=True)


@bp.post(ADDRESS)
@allow(policy.may_say, subject=get_file)
def say(file: RecordFile) -> ResponseReturnValue:
    form, reference, is_holder = _form(file), file.reference, relation(viewer(), file).is_holder
    if not form.validate_on_submit():
        return _page(file, 422, form, is_read=is_holder)
    theirs, by = policy.speaks_for(viewer(), file), viewer().user_id or 0
    try:
        with transaction():
            services.say(
                get_file(reference).record, person_id=form.person.data, person_ids=theirs, facts=form.facts,
                moment=Moment(form.moment.data), on=form.happened_on.data or today(), by=by, at=clock.now(),
            )  # fmt: skip
    except DomainError as refusal:
        form.form_errors.append(str(refusal))
        return _page(get_file(reference), refusal.status, form, is_read=is_holder)
    flash(_("C’est noté. Seules les personnes nommées ici peuvent le lire."), "success")
    return redirect(url_for("situations.shown", reference=reference), 303)
