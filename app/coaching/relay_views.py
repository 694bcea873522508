"""Members of a record, transfers, hand-overs, absences."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries as account_queries
from app.coaching import (
    absence_services,
    day_queries,
    holder_queries,
    member_services,
    policy,
    queries,
    relay_queries,
    relay_services,
)
from app.coaching.errors import NotYoursToOpen
from app.coaching.file_queries import RecordFile
from app.coaching.levels import MemberRole
from app.coaching.models import RecordMember
from app.coaching.relay_forms import (
    AbsenceForm,
    HandOverForm,
    MemberForm,
    TransferForm,
)
from app.coaching.relay_models import Absence, Handover
from app.coaching.views import bp, today
from app.coaching.words import READER_WORDS
from app.core import clock
from app.core.access import Role, allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import BaseForm, EmptyForm, choices_of
from app.network import queries as network_queries

RECORD = "/accompagnement/dossiers/<reference>"


def mine() -> frozenset[int]:
    return viewer().organisation_ids(Role.COACH, Role.ORGANISATION_LEAD)


def refused(form: BaseForm, refusal: DomainError) -> int:
    form.form_errors.append(str(refusal))
    return refusal.status


# -- members ---------------------------------------------------------------------------------------


@bp.get(f"{RECORD}/equipe")
@allow(policy.may_steer, subject=queries.get_file)
def members(file: RecordFile) -> ResponseReturnValue:
    return _members_page(file, MemberForm(formdata=None))


def _members_page(file: RecordFile, form: MemberForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "coaching/members.html", record=file.record, form=form, members=relay_queries.members_of(file.record.id),
        role_words=READER_WORDS, objections=holder_queries.objections_of(file.record.id),
        answers_for_it=policy.relation(viewer(), file).is_referent or policy.leads_owner(viewer(), file),
    ), status  # fmt: skip


@bp.post(f"{RECORD}/equipe")
@allow(policy.may_steer, subject=queries.get_file)
def add_member(file: RecordFile) -> ResponseReturnValue:
    form = MemberForm()
    if not form.validate_on_submit():
        return _members_page(file, form, 422)
    user = account_queries.find_by_email(form.email.data or "")
    if user is None:
        form.email.errors = [_("Aucun compte n’a cette adresse. La personne doit d’abord s’inscrire.")]
        return _members_page(file, form, 422)
    if form.can_see_restricted.data and not policy.may_trust(viewer(), file, user.id):
        form.can_see_restricted.errors = [str(NotYoursToOpen())]
        return _members_page(file, form, 422)
    try:
        with transaction():
            member_services.invite_member(
                file.record, user, role=MemberRole(form.role.data), by=viewer().user_id or 0, at=clock.now(),
                reason=form.reason.data or "", can_see_restricted=bool(form.can_see_restricted.data),
            )  # fmt: skip
    except DomainError as refusal:
        return _members_page(file, form, refused(form, refusal))
    flash(_("Cette personne suit le dossier. La personne accompagnée le voit sur sa page."), "success")
    return redirect(url_for("coaching.members", reference=file.reference), 303)


@bp.post(f"{RECORD}/equipe/<int:member_id>/terminer")
@allow(policy.may_end_member, subject=relay_queries.get_file_and_member)
def end_member(subject: tuple[RecordFile, RecordMember]) -> ResponseReturnValue:
    file, member = subject
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    with transaction():
        member_services.end_member(
            member, file.record, by=viewer().user_id, at=clock.now(), reason=request.form.get("reason", "")[:200]
        )
    flash(_("Cette personne ne suit plus le dossier."), "success")
    return redirect(url_for("coaching.members", reference=file.reference), 303)


# -- transfer and hand-over ------------------------------------------------------------------------


@bp.get(f"{RECORD}/transmettre")
@allow(policy.may_steer, subject=queries.get_file)
def transfer_page(file: RecordFile) -> ResponseReturnValue:
    return _transfer_page(file, _transfer_form(file, empty=True))


def _transfer_form(file: RecordFile, *, empty: bool = False) -> TransferForm:
    form = TransferForm(formdata=None) if empty else TransferForm()
    others = frozenset(o.id for o in network_queries.organisations()) - {file.record.organisation_id}
    people = relay_queries.colleagues(others, but=None)
    form.referent.choices = choices_of(
        (f"{key}-{user_id}", f"{place} — {name}") for user_id, name, place, key in people
    )
    return form


def _transfer_page(file: RecordFile, form: TransferForm, status: int = 200) -> ResponseReturnValue:
    left = relay_services.private_notes_left_behind(file.record.id, file.record.organisation_id)
    return render_template("coaching/transfer.html", record=file.record, form=form, left_behind=left), status


@bp.post(f"{RECORD}/transmettre")
@allow(policy.may_steer, subject=queries.get_file)
def transfer(file: RecordFile) -> ResponseReturnValue:
    form = _transfer_form(file)
    if not form.validate_on_submit():
        return _transfer_page(file, form, 422)
    place, _dash, referent = form.referent.data.partition("-")
    try:
        with transaction():
            relay_services.transfer(
                file.record, organisation_id=int(place), referent_id=int(referent),
                summary=form.summary.data or "", by=viewer().user_id or 0, at=clock.now(),
            )  # fmt: skip
    except DomainError as refusal:
        return _transfer_page(file, form, refused(form, refusal))
    flash(_("Le dossier est transmis. Vos notes d’équipe restent dans votre structure."), "success")
    return redirect(url_for("coaching.morning"), 303)


@bp.get("/accompagnement/passer-la-main")
@allow(policy.coaches_somewhere)
def hand_over_page() -> ResponseReturnValue:
    return _hand_over_page(_hand_over_form(empty=True))


def _hand_over_form(*, empty: bool = False) -> HandOverForm:
    form = HandOverForm(formdata=None) if empty else HandOverForm()
    people = relay_queries.colleagues(mine(), but=viewer().user_id)
    form.to_user.choices = choices_of((user_id, f"{name} — {place}") for user_id, name, place, _key in people)
    form.records.choices = choices_of((own.record.id, own.record.reference) for own in _given_by_me())
    return form


def _given_by_me() -> list[day_queries.Own]:
    return [one for one in day_queries.own_records(viewer(), today=today()) if not one.is_shared]


def _hand_over_page(form: HandOverForm, status: int = 200) -> ResponseReturnValue:
    typed = {name: value for name, value in request.form.items() if name.startswith("words-")}
    return render_template("coaching/hand_over.html", form=form, own=_given_by_me(), typed=typed), status


@bp.post("/accompagnement/passer-la-main")
@allow(policy.coaches_somewhere)
def hand_over() -> ResponseReturnValue:
    """All or nothing: each record chosen needs its sentence."""
    form = _hand_over_form()
    if not form.validate_on_submit() or not form.records.data:
        if not form.errors:
            form.form_errors.append(_("Choisissez au moins un dossier."))
        return _hand_over_page(form, 422)
    try:
        with transaction():
            count = relay_services.hand_over_many(
                {record_id: request.form.get(f"words-{record_id}", "")[:300] for record_id in form.records.data},
                to_user_id=form.to_user.data, by=viewer().user_id or 0, at=clock.now(),
            )  # fmt: skip
    except DomainError as refusal:
        return _hand_over_page(form, refused(form, refusal))
    flash(_("%(n)s dossiers sont confiés. Vous verrez ici quand ils auront été lus.", n=count), "success")
    return redirect(url_for("coaching.morning"), 303)


@bp.post("/accompagnement/passages/<int:handover_id>/lu")
@allow(policy.received_handover, subject=relay_queries.get_handover)
def confirm_read(subject: tuple[RecordFile, Handover]) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    file, given = subject
    with transaction():
        relay_services.confirm_read(given, file.record, by=viewer().user_id or 0, at=clock.now())
    return redirect(url_for("coaching.show", reference=file.reference), 303)


# -- absence ---------------------------------------------------------------------------------------


@bp.get("/accompagnement/absence")
@allow(policy.coaches_somewhere)
def absence() -> ResponseReturnValue:
    return _absence_page(_absence_form(empty=True))


def _absence_form(*, empty: bool = False) -> AbsenceForm:
    form = AbsenceForm(formdata=None) if empty else AbsenceForm()
    people = relay_queries.colleagues(mine(), but=viewer().user_id)
    form.covered_by.choices = choices_of((user_id, f"{name} — {place}") for user_id, name, place, _key in people)
    return form


def _absence_page(form: AbsenceForm, status: int = 200) -> ResponseReturnValue:
    own = relay_queries.absences_of(viewer().user_id or 0, today=today())
    return render_template("coaching/absence.html", form=form, absences=own), status


@bp.post("/accompagnement/absence")
@allow(policy.coaches_somewhere)
def go_away() -> ResponseReturnValue:
    form = _absence_form()
    if not form.validate_on_submit():
        return _absence_page(form, 422)
    user = account_queries.get_user(viewer().user_id)
    try:
        with transaction():
            absence_services.go_away(
                user, covered_by_id=form.covered_by.data, starts_on=form.starts_on.data or today(),
                ends_on=form.ends_on.data or today(), at=clock.now(),
            )  # fmt: skip
    except DomainError as refusal:
        return _absence_page(form, refused(form, refusal))
    flash(_("Votre collègue verra vos dossiers sur sa page du matin, jusqu’à votre retour."), "success")
    return redirect(url_for("coaching.absence"), 303)


@bp.post("/accompagnement/absence/<int:absence_id>/terminer")
@allow(policy.is_mine, subject=relay_queries.get_absence)
def come_back(away: Absence) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    with transaction():
        absence_services.come_back(away, by=viewer().user_id or 0, at=clock.now())
    flash(_("Bon retour."), "success")
    return redirect(url_for("coaching.absence"), 303)
