"""The doors of coaching: the morning page, a record, and what its holder may do there."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from app.accounts import queries as account_queries
from app.campaigns import queries as campaign_queries
from app.coaching import holder_views, invitation_services, path_queries, policy, queries, services, timeline
from app.coaching.exchanges import exchanges
from app.coaching.forms import ActionForm, MoveForm, PathForm, RecordForm
from app.coaching.levels import MemberRole
from app.coaching.models import ActionItem
from app.coaching.path_rules import UNDO
from app.coaching.path_words import ATTENDANCE_WORDS, OUTCOME_WORDS
from app.coaching.queries import RecordFile
from app.coaching.request_errors import AlreadyLinked, NoAddress
from app.coaching.rules import BY_HOLDER, NEXT, OPEN, RecordState
from app.coaching.words import ACTIVITY_ICONS, ACTIVITY_WORDS, LEVEL_WORDS, MOVE_WORDS, READER_WORDS
from app.core import clock
from app.core.access import Role, allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed, NotFound
from app.core.forms import BaseForm, EmptyForm, choices_of
from app.network import queries as network_queries
from app.network.models import Organisation
from app.pledges import queries as pledge_queries

bp = Blueprint("coaching", __name__)


def today() -> date:
    return clock.paris_day(clock.now()).date()


def _record_form() -> RecordForm:
    form = RecordForm()
    mine = viewer().organisation_ids(Role.COACH, Role.ORGANISATION_LEAD)
    form.organisation.choices = choices_of((o.id, o.name) for o in network_queries.organisations() if o.id in mine)
    form.programme.choices = choices_of((p.code, p.name) for p in network_queries.programmes(coaching_only=True))
    if request.method == "GET":
        form.since.data = today()  # type: ignore[assignment]  # the library's types know only None
    return form


@bp.route("/accompagnement/nouveau", methods=["GET", "POST"])
@allow(policy.coaches_somewhere)
def new() -> ResponseReturnValue:
    form = _record_form()
    if form.validate_on_submit():
        with transaction():
            reference = _open_record(form)
        flash(_("Le dossier %(reference)s est ouvert.", reference=reference), "success")
        return redirect(url_for("coaching.show", reference=reference), 303)
    return render_template("coaching/new.html", form=form), 422 if form.errors else 200


def _open_record(form: RecordForm) -> str:
    at, who = clock.now(), viewer()
    user = account_queries.get_user(who.user_id or 0)
    person = services.person_met(name=form.holder_name.data, email=form.holder_email.data or "", at=at)
    project = services.create_project(
        title=form.title.data,
        commune_code=form.commune.data,
        themes=[],
        person=person,
        at=at,
        told_name=form.holder_name.data,
    )
    record = services.open_record(
        project=project,
        programme=network_queries.get_programme(form.programme.data),
        organisation=_organisation(form.organisation.data),
        referent=user,
        since=form.since.data or today(),
        step=form.step.data or "",
        next_action=form.next_action.data or "",
        next_action_on=form.next_action_on.data,
        by=user.id,
        at=at,
    )
    if form.invite.data:
        with suppress(AlreadyLinked, NoAddress):  # whoever has an account finds the record there
            invitation_services.invite(record, by=user.id, sender=user.name, at=at)
    return record.reference


def _organisation(organisation_id: int) -> Organisation:
    found = network_queries.find_organisation(organisation_id)
    if found is None:
        raise NotFound
    return found


@bp.get("/accompagnement/dossiers/<reference>")
@allow(policy.may_read, subject=queries.get_file)
def show(file: RecordFile) -> ResponseReturnValue:
    """In plain words for its holder, as a place of work for its team."""
    return _page(file)


def _page(file: RecordFile, status: int = 200, **forms: BaseForm) -> ResponseReturnValue:
    """The record for its team; `forms` are those that came back with errors."""
    record, who = file.record, viewer()
    may_write = policy.may_write(who, file)
    move = forms.get("move") or MoveForm(formdata=None)
    move.state.choices = _moves(file)
    if policy.is_holder(who, file):
        move.ask_holder()
        return holder_views.page(file, status, move=move)
    path = forms.get("path") or PathForm(obj=record, formdata=None)
    relation = policy.relation(who, file)
    campaigns, milestones = pledge_queries.campaigns_of_record(record.id)
    moments = timeline.of_record(record.id, relation)
    shown_kind = request.args.get("genre", "")
    return render_template(
        "coaching/show.html",
        record=record,
        may_write=may_write,
        holders=file.holder_names,
        may_steer=policy.may_steer(who, file),
        may_link=policy.may_link(who, file),
        may_invite=may_write and file.awaits_account,
        may_move=policy.may_move(who, file) and record.state in OPEN,
        leads_owner=policy.leads_owner(who, file),
        may_undo=record.state == RecordState.CLOSED
        and path_queries.can_still_undo(record, who.user_id or 0, since=clock.now() - UNDO),
        may_note=policy.may_note(replace(who, second_factor_ok=True), file),
        may_break_glass=policy.may_break_glass(replace(who, second_factor_ok=True), file),
        happened=[moment for moment in moments if shown_kind in {"", moment.kind}],
        kinds=sorted({moment.kind for moment in moments}),
        shown_kind=shown_kind,
        level_words=LEVEL_WORDS,
        attendance_words=ATTENDANCE_WORDS,
        actions=queries.actions_of(record.id),
        readers=file.readers,
        exchanges=exchanges(who, file),
        campaigns=campaigns,
        milestones=milestones,
        campaign_words=campaign_queries.MILESTONE_WORDS,
        is_referent=who.user_id == record.referent_id,
        may_advise=relation.is_referent or relation.member_role == MemberRole.CO_COACH,
        reviews_at=who.organisation_ids(Role.MODERATOR, Role.ORGANISATION_LEAD),
        activity_words=ACTIVITY_WORDS,
        activity_icons=ACTIVITY_ICONS,
        reader_words=READER_WORDS,
        button=EmptyForm(formdata=None),
        path=path,
        move=move,
        action=forms.get("action") or ActionForm(formdata=None),
        outcome_words=OUTCOME_WORDS,
        today=today(),
    ), status


def _moves(file: RecordFile) -> list[SelectChoice]:
    """The states this person may choose here; closing and referring have pages of their own."""
    state, own_pages = RecordState(file.record.state), {RecordState.CLOSED, RecordState.REFERRED}
    offered = NEXT.get(state, frozenset()) - own_pages
    if policy.is_holder(viewer(), file):
        offered &= {new for old, new in BY_HOLDER if old == state}
    return choices_of((s.value, MOVE_WORDS[s]) for s in sorted(offered))


def _back(file: RecordFile, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("coaching.show", reference=file.reference), 303)


@bp.post("/accompagnement/dossiers/<reference>/actions")
@allow(policy.may_write, subject=queries.get_file)
def add_action(file: RecordFile) -> ResponseReturnValue:
    form = ActionForm()
    if not form.validate_on_submit():
        return _page(file, 422, action=form)
    with transaction():
        services.add_action(
            file.record,
            text=form.text.data or "",
            owner=form.owner.data,
            due_on=form.due_on.data,
            by=viewer().user_id or 0,
            at=clock.now(),
        )
    return _back(file, _("L’action est ajoutée."))


@bp.post("/accompagnement/dossiers/<reference>/actions/<int:action_id>")
@allow(policy.may_tick, subject=queries.get_file_and_action)
def tick(subject: tuple[RecordFile, ActionItem]) -> ResponseReturnValue:
    file, item = subject
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    who = viewer()
    with transaction():
        services.tick_action(
            file.record,
            item,
            done=request.form.get("done") != "no",
            is_holder=policy.is_holder(who, file),
            by=who.user_id or 0,
            at=clock.now(),
        )
    return _back(file, _("L’action est à jour."))


@bp.post("/accompagnement/dossiers/<reference>/chemin")
@allow(policy.may_write, subject=queries.get_file)
def set_path(file: RecordFile) -> ResponseReturnValue:
    form = PathForm()
    if not form.validate_on_submit():
        return _page(file, 422, path=form)
    with transaction():
        services.set_path(
            file.record,
            step=form.step.data or "",
            next_action=form.next_action.data or "",
            next_action_on=form.next_action_on.data,
            by=viewer().user_id or 0,
            at=clock.now(),
        )
    return _back(file, _("Le dossier est à jour."))


@bp.post("/accompagnement/dossiers/<reference>/etat")
@allow(policy.may_move, subject=queries.get_file)
def move(file: RecordFile) -> ResponseReturnValue:
    form, at, by = MoveForm(), clock.now(), viewer().user_id or 0
    form.state.choices = _moves(file)
    if not form.validate_on_submit():
        return _page(file, 422, move=form)
    try:
        with transaction():
            if form.engagement_on.data and not policy.is_holder(viewer(), file):
                services.sign_engagement(file.record, on=form.engagement_on.data, by=by, at=at)
            services.move(file.record, RecordState(form.state.data), by=by, at=at, reason=form.reason.data or "")
    except DomainError as refusal:
        form.form_errors.append(str(refusal))
        return _page(file, refusal.status, move=form)
    return _back(file, _("Le dossier est à jour."))
