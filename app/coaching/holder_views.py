"""« Mon accompagnement »: the record in plain words for the person it is about, and what they do in it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.campaigns import queries as campaign_queries
from app.coaching import (
    asides,
    holder_policy,
    holder_queries,
    holder_services,
    path_services,
    policy,
    queries,
    services,
    timeline,
)
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.holder_errors import NotAReader
from app.coaching.holder_forms import ObjectionForm, ObjectiveForm, OwnActionForm, OwnTextForm
from app.coaching.holder_words import STATE_SENTENCES
from app.coaching.levels import Level
from app.coaching.once import already_done
from app.coaching.words import ACTIVITY_ICONS, ACTIVITY_WORDS, LEVEL_WORDS, READER_WORDS
from app.core import clock
from app.core.access import allow, signed_in, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import BaseForm, EmptyForm, choices_of
from app.core.text import public_id
from app.pledges import queries as pledge_queries

bp = Blueprint("mine", __name__)


@bp.get("/mon-accompagnement")
@allow(signed_in)
def index() -> ResponseReturnValue:
    """One record: its page. Several, or none: the list, with the way to ask."""
    records = queries.of_holder(viewer().user_id or 0, viewer().email)
    if len(records) == 1:
        return redirect(url_for("coaching.show", reference=records[0].reference), 303)
    return render_template("coaching/mine.html", records=records)


def page(file: RecordFile, status: int = 200, **forms: BaseForm) -> ResponseReturnValue:
    """The record for its holder; `forms` are those that came back with errors."""
    record, tie = file.record, policy.relation(viewer(), file)
    campaigns, milestones = pledge_queries.campaigns_of_record(record.id)
    objection = forms.get("objection") or ObjectionForm(formdata=None)
    objection.reader.choices = _objectable(file)
    return render_template(
        "coaching/holder.html", record=record, state_sentence=STATE_SENTENCES.get(record.state, ""),
        aside=asides.of_record(record.id, tie),
        happened=timeline.of_record(record.id, tie), campaigns=campaigns, milestones=milestones,
        campaign_words=campaign_queries.MILESTONE_WORDS,
        readers=file.readers, holders=file.holder_names, reader_words=READER_WORDS, level_words=LEVEL_WORDS,
        activity_words=ACTIVITY_WORDS, activity_icons=ACTIVITY_ICONS,
        objections=holder_queries.objections_of(record.id) if file.excluded_ids else [],
        own_action=forms.get("own_action") or OwnActionForm(formdata=None),
        objective=forms.get("objective") or ObjectiveForm(formdata=None).apart("o"),
        own_text=forms.get("own_text") or OwnTextForm(formdata=None, name=public_id()).apart("t"),
        move=forms.get("move"), objection=objection.apart("x"), today=clock.paris_day(clock.now()).date(),
    ), status  # fmt: skip


def _objectable(file: RecordFile) -> list[tuple[int, str]]:
    return choices_of(
        (one.user_id, f"{one.name} — {READER_WORDS.get(one.role, one.role)}")
        for one in file.readers_at(Level.TEAM)
        if one.user_id is not None
    )


def _back(reference: str, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("coaching.show", reference=reference), 303)


@bp.post("/accompagnement/dossiers/<reference>/mes-actions")
@allow(policy.is_holder, subject=get_file)
def add_action(file: RecordFile) -> ResponseReturnValue:
    form, reference = OwnActionForm(), file.reference
    if not form.validate_on_submit():
        return page(file, 422, own_action=form)
    with transaction():
        services.add_action(
            get_file(reference).record, text=form.text.data or "", owner="holder", due_on=form.due_on.data,
            by=viewer().user_id or 0, at=clock.now(),
        )  # fmt: skip
    return _back(reference, _("C’est noté dans vos actions."))


@bp.post("/accompagnement/dossiers/<reference>/mes-objectifs")
@allow(policy.is_holder, subject=get_file)
def add_objective(file: RecordFile) -> ResponseReturnValue:
    form, reference = ObjectiveForm(), file.reference
    if not form.validate_on_submit():
        return page(file, 422, objective=form.apart("o"))
    with transaction():
        path_services.add_objective(
            get_file(reference).record, text=form.text.data or "", owner="holder", due_on=None,
            by=viewer().user_id or 0, at=clock.now(),
        )  # fmt: skip
    return _back(reference, _("L’objectif est ajouté."))


@bp.post("/accompagnement/dossiers/<reference>/mes-textes")
@allow(policy.is_holder, subject=get_file)
def write(file: RecordFile) -> ResponseReturnValue:
    form, reference = OwnTextForm(), file.reference
    if not form.validate_on_submit():
        return page(file, 422, own_text=form.apart("t"))
    with transaction():
        holder_services.write_text(
            get_file(reference).record, text=form.text.data or "", by=viewer().user_id or 0, at=clock.now(),
            name=form.name.data or "",
        )  # fmt: skip
    return _back(reference, _("Votre texte est dans le dossier."))


@bp.post("/accompagnement/dossiers/<reference>/oppositions")
@allow(policy.is_holder, subject=get_file)
def object_to(file: RecordFile) -> ResponseReturnValue:
    form, reference = ObjectionForm(), file.reference
    form.reader.choices = _objectable(file)
    if request.form.get("reader", "") in {str(user_id) for user_id in file.excluded_ids}:
        return already_done("coaching.show", reference=reference)
    if not form.validate_on_submit():
        return page(file, 422, objection=form)
    readers = frozenset(one.user_id for one in file.readers_at(Level.TEAM) if one.user_id)
    try:
        with transaction():
            holder_services.object_to(
                get_file(reference).record, form.reader.data, reader_ids=readers, reason=form.reason.data or "",
                by=viewer().user_id or 0, at=clock.now(),
            )  # fmt: skip
    except NotAReader as refusal:
        form.form_errors.append(str(refusal))
        return page(get_file(reference), refusal.status, objection=form)
    return _back(reference, _("Cette personne ne lit plus votre dossier, et la structure est prévenue."))


@bp.post("/accompagnement/dossiers/<reference>/oppositions/<int:user_id>/retirer")
@allow(holder_policy.holds, subject=holder_queries.get_file_and_person)
def end_objection(subject: tuple[RecordFile, int]) -> ResponseReturnValue:
    reference, user_id = subject[0].reference, subject[1]
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    try:
        with transaction():
            holder_services.end_objection(
                get_file(reference).record, user_id, by=viewer().user_id or 0, at=clock.now()
            )  # fmt: skip
    except DomainError as refusal:
        flash(str(refusal), "warning")
        return redirect(url_for("coaching.show", reference=reference), 303)
    return _back(reference, _("Votre opposition est retirée."))


@bp.get("/accompagnement/dossiers/<reference>/accords")
@allow(policy.is_holder, subject=get_file)
def consents(file: RecordFile) -> ResponseReturnValue:
    lines = holder_queries.consents_of(file.record.id, viewer().user_id or 0)
    return render_template("coaching/consents.html", record=file.record, consents=lines)


@bp.post("/accompagnement/dossiers/<reference>/accords")
@allow(policy.is_holder, subject=get_file)
def consent(file: RecordFile) -> ResponseReturnValue:
    reference, purpose, agrees = file.reference, request.form.get("purpose", ""), request.form.get("agrees")
    if not EmptyForm().validate_on_submit() or agrees not in {"yes", "no"}:
        raise NotAllowed
    with transaction():
        holder_services.set_consent(
            get_file(reference).record, purpose, agrees=agrees == "yes", by=viewer().user_id or 0, at=clock.now()
        )
    flash(_("Votre accord est noté.") if agrees == "yes" else _("Votre accord est retiré."), "success")
    return redirect(url_for("mine.consents", reference=reference), 303)
