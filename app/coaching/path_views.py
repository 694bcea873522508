"""The path of a record on one page: steps, objectives, outcomes, follow-ups; and how it ends."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.coaching import path_queries, path_services, policy, queries, situation_policy
from app.coaching.file_queries import RecordFile
from app.coaching.path_forms import (
    CloseForm,
    FollowUpForm,
    ObjectiveForm,
    ObjectiveStatusForm,
    OutcomeForm,
    ReasonForm,
    StepForm,
)
from app.coaching.path_models import FollowUp, Objective
from app.coaching.path_rules import ACHIEVED, UNDO, missing
from app.coaching.path_words import ALIVE_WORDS, OBJECTIVE_WORDS, OUTCOME_WORDS, OWNER_WORDS, STEP_LOOKS, STEP_WORDS
from app.coaching.rules import RecordState
from app.coaching.views import bp, today
from app.coaching.words import MOVE_WORDS
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import BaseForm, EmptyForm

RECORD = "/accompagnement/dossiers/<reference>"


@bp.get(f"{RECORD}/chemin")
@allow(policy.may_read, subject=queries.get_file)
def path(file: RecordFile) -> ResponseReturnValue:
    return _page(file)


def _page(file: RecordFile, status: int = 200, of: int = 0, **forms: BaseForm) -> ResponseReturnValue:
    """`forms`: those that came back with errors; `of`: which objective (id) or which news (months) it was about."""
    record, who = file.record, viewer()
    tie = policy.relation(who, file)
    outcome = forms.get("outcome") or OutcomeForm(formdata=None, happened_on=today())
    return render_template(
        "coaching/path.html",
        record=record,
        may_write=policy.may_write(who, file),
        is_holder=tie.is_holder,
        steps=path_queries.steps_for(record),
        objectives=path_queries.objectives_of(record.id, tie),
        outcomes=path_queries.outcomes_of(record.project_id),
        follow_ups=path_queries.follow_ups_of(record.id),
        moves=path_queries.moves_of(record.id),
        step_words=STEP_WORDS, step_looks=STEP_LOOKS, objective_words=OBJECTIVE_WORDS, owner_words=OWNER_WORDS,
        outcome_words=OUTCOME_WORDS, achieved=ACHIEVED, alive_words=ALIVE_WORDS, move_words=MOVE_WORDS,
        step=forms.get("step") or StepForm(formdata=None).apart("new"),
        objective=forms.get("objective") or ObjectiveForm(formdata=None),
        outcome=outcome,
        news=FollowUpForm(formdata=None),
        failed_change=forms.get("change"), failed_news=forms.get("news"), failed_of=of,
        today=today(),
    ), status  # fmt: skip


def _act(
    file: RecordFile, form: BaseForm, name: str, verb: Callable[[int], object], words: str, of: int = 0
) -> ResponseReturnValue:
    """One verb of the path's page: done, or the page again with what was typed; `of` as in `_page`."""
    if not form.validate_on_submit():
        return _page(file, 422, of, **{name: form})
    by = viewer().user_id or 0
    try:
        with transaction():
            verb(by)
    except DomainError as refusal:
        form.form_errors.append(str(refusal))
        return _page(file, refusal.status, of, **{name: form})
    flash(words, "success")
    return redirect(url_for("coaching.path", reference=file.reference), 303)


@bp.post(f"{RECORD}/etapes")
@allow(policy.may_write, subject=queries.get_file)
def set_step(file: RecordFile) -> ResponseReturnValue:
    form, at = StepForm(), clock.now()
    return _act(
        file, form, "step",
        lambda by: path_services.set_step(file.record, step=form.step.data or "", state=form.step_state, by=by, at=at),
        _("L’étape est à jour."),
    )  # fmt: skip


@bp.post(f"{RECORD}/objectifs")
@allow(policy.may_write, subject=queries.get_file)
def add_objective(file: RecordFile) -> ResponseReturnValue:
    form, at = ObjectiveForm(), clock.now()
    return _act(
        file, form, "objective",
        lambda by: path_services.add_objective(
            file.record, text=form.text.data or "", owner=form.owner.data, due_on=form.due_on.data, by=by, at=at
        ),
        _("L’objectif est noté."),
    )  # fmt: skip


@bp.post(f"{RECORD}/objectifs/<int:objective_id>")
@allow(policy.may_change_objective, subject=path_queries.get_file_and_objective)
def set_objective(subject: tuple[RecordFile, Objective]) -> ResponseReturnValue:
    """The team any objective, the holder those they carry (the verb refuses the others)."""
    file, objective = subject
    form, at, is_holder = ObjectiveStatusForm().apart(f"o{objective.id}"), clock.now(), policy.is_holder(viewer(), file)
    return _act(
        file, form, "change",
        lambda by: path_services.set_objective(
            objective, file.record, status=form.status.data, reason=form.reason.data or "", is_holder=is_holder,
            by=by, at=at,
        ),
        _("L’objectif est à jour."), objective.id,
    )  # fmt: skip


@bp.post(f"{RECORD}/aboutissements")
@allow(policy.may_write, subject=queries.get_file)
def add_outcome(file: RecordFile) -> ResponseReturnValue:
    form, at = OutcomeForm(), clock.now()
    return _act(
        file, form, "outcome",
        lambda by: path_services.add_outcome(
            file.record, kind=form.outcome_kind, happened_on=form.happened_on.data or today(),
            legal_form=form.legal_form.data or "", siret=form.siret.data or "",
            jobs_created=form.jobs_created.data or 0, jobs_consolidated=form.jobs_consolidated.data or 0,
            fte_created_hundredths=form.fte_created.hundredths,
            fte_consolidated_hundredths=form.fte_consolidated.hundredths, by=by, at=at,
        ),
        _("C’est noté, et ce sera compté."),
    )  # fmt: skip


@bp.post(f"{RECORD}/suivis/<int:months>")
@allow(policy.may_follow_up, subject=path_queries.get_file_and_follow_up)
def note_follow_up(subject: tuple[RecordFile, FollowUp]) -> ResponseReturnValue:
    file, news = subject
    form, at = FollowUpForm().apart(f"f{news.months}"), clock.now()
    return _act(
        file, form, "news",
        lambda by: path_services.note_follow_up(
            news, file.record, alive=form.alive.data, comment=form.comment.data or "", by=by, at=at,
            fte_hundredths=form.fte.hundredths if form.fte.data is not None else None,
        ),
        _("Merci : ces nouvelles sont gardées."), news.months,
    )  # fmt: skip


@bp.get(f"{RECORD}/clore")
@allow(policy.may_steer, subject=queries.get_file)
def close_page(file: RecordFile) -> ResponseReturnValue:
    return _close_page(file, _close_form(file, empty=True))


def _close_form(file: RecordFile, *, empty: bool = False) -> CloseForm:
    form = CloseForm(formdata=None) if empty else CloseForm()
    asks = situation_policy.may_say(viewer(), file) and len(file.holders) == 1
    return form if asks else form.without_situation()


def _close_page(file: RecordFile, form: CloseForm, status: int = 200) -> ResponseReturnValue:
    record = file.record
    facts = path_services.facts_of(record)
    return render_template(
        "coaching/close.html", record=record, form=form, holders=file.holder_names, open_actions=facts.open_actions,
        asked=[error.message for error in missing(RecordState(record.state), RecordState.CLOSED, facts)],
        undo_minutes=int(UNDO.total_seconds()) // 60,
        several=len(file.holders) > 1 and situation_policy.may_say(viewer(), file),
    ), status  # fmt: skip


@bp.post(f"{RECORD}/clore")
@allow(policy.may_steer, subject=queries.get_file)
def close(file: RecordFile) -> ResponseReturnValue:
    form = _close_form(file)
    if not form.validate_on_submit():
        return _close_page(file, form, 422)
    try:
        with transaction():
            path_services.close(
                file.record, result=form.outcome_kind, words=form.reason.data or "",
                drop_actions=bool(form.drop_actions.data), by=viewer().user_id or 0, at=clock.now(),
                exit_of=file.holders[0].person_id if form.facts else 0, exit_facts=form.facts,
            )  # fmt: skip
    except DomainError as refusal:
        form.form_errors.append(str(refusal))
        return _close_page(file, form, refusal.status)
    flash(_("Le dossier est clos. Vous pouvez revenir en arrière pendant dix minutes."), "success")
    return redirect(url_for("coaching.show", reference=file.reference), 303)


@bp.post(f"{RECORD}/clore/annuler")
@allow(policy.may_steer, subject=queries.get_file)
def undo_close(file: RecordFile) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    with transaction():
        path_services.undo_close(file.record, by=viewer().user_id or 0, at=clock.now())
    flash(_("Le dossier est de nouveau ouvert, comme avant."), "success")
    return redirect(url_for("coaching.show", reference=file.reference), 303)


@bp.post(f"{RECORD}/rouvrir")
@allow(policy.leads_owner, subject=queries.get_file)
def reopen(file: RecordFile) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        raise DomainError(str(_("Écrivez pourquoi vous rouvrez ce dossier.")))
    with transaction():
        path_services.reopen(file.record, reason=form.reason.data or "", by=viewer().user_id or 0, at=clock.now())
    flash(_("Le dossier est rouvert."), "success")
    return redirect(url_for("coaching.show", reference=file.reference), 303)
