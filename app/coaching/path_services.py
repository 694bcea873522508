"""The verbs of a path: moves and their undoing, objectives, steps, outcomes, follow-ups. The caller commits."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select, update

from app.coaching import path_rules, situation_services
from app.coaching.errors import NotYourAction, ReasonMissing, SiretWrong
from app.coaching.models import ActionItem, Activity, CoachingRecord
from app.coaching.path_models import FollowUp, Objective, Outcome, RecordMove, StepProgress
from app.coaching.path_rules import ACHIEVED, Facts, OutcomeKind, StepState
from app.coaching.referral_queries import is_referred
from app.coaching.rules import ActivityKind, Attendance, RecordState, check_move
from app.coaching.situation_rules import Moment, said
from app.core.clock import paris_day
from app.core.database import db
from app.core.journal import record as journal
from app.core.registration import compact, is_siret


def write_move(
    record: CoachingRecord, new: RecordState, *, by: int | None, at: datetime, reason: str = "", is_first: bool = False
) -> RecordMove:
    """Change the state and keep the transition, without asking the guards: for verbs that have asked their own."""
    old = "" if is_first else str(record.state)
    made = RecordMove(record_id=record.id, at=at, by_id=by, old_state=old, new_state=new, reason=reason.strip()[:300])
    record.state = new
    record.closed_at = at if new == RecordState.CLOSED else None
    if new in {RecordState.CLOSED, RecordState.DECLINED}:
        record.closing_reason = reason.strip()[:200]
    db.session.add(made)
    if not is_first:
        journal("record.moved", on=record, by=by, at=at, old=old, new=str(new))
    return made


def move(record: CoachingRecord, new: RecordState, *, by: int, at: datetime, reason: str = "") -> None:
    """Change the administrative state, as the table and its guards allow.

    Errors: RecordMoveNotAllowed, or the sentence of the first guard that refuses (`path_rules.missing`).
    """
    old = RecordState(record.state)
    path_rules.check_guards(old, new, facts_of(record), reason=reason)
    write_move(record, new, by=by, at=at, reason=reason)
    if new == RecordState.FOLLOW_UP:
        _plan_follow_ups(record, at=at)


def check_table(record: CoachingRecord, new: RecordState) -> None:
    """Errors: RecordMoveNotAllowed when the table has no such move; the guards are asked by the verb itself."""
    check_move(RecordState(record.state), new)


def facts_of(record: CoachingRecord) -> Facts:
    """What the guards ask, in one statement and the referral's own."""
    held = select(Activity.id).where(
        Activity.record_id == record.id,
        Activity.kind == ActivityKind.WELCOME,
        Activity.attendance == Attendance.HELD,
    )
    objectives = select(func.count()).where(Objective.record_id == record.id, Objective.status != "dropped")
    achieved = select(func.count()).where(Outcome.project_id == record.project_id, Outcome.kind.in_(ACHIEVED))
    row = db.session.execute(
        select(
            held.exists(), objectives.scalar_subquery(), achieved.scalar_subquery(),
            _open_actions(record.id).scalar_subquery(), is_referred(record.id),
        )
    ).one()  # fmt: skip
    return Facts(
        welcome_held=row[0],
        objectives=row[1],
        achieved_outcomes=row[2],
        open_actions=row[3],
        referral_sent=row[4],
        has_referent=record.referent_id is not None,
        engagement_signed=record.engagement_signed_on is not None,
        next_action_known=bool(record.next_action) and record.next_action_on is not None,
    )


def _open_actions(record_id: int):  # type: ignore[no-untyped-def]  # a Select of one number
    return select(func.count()).where(
        ActionItem.record_id == record_id, ActionItem.done_at.is_(None), ActionItem.dropped_at.is_(None)
    )


def _plan_follow_ups(record: CoachingRecord, *, at: datetime) -> None:
    """Counted from the first achieved outcome; planned once, even when the record comes back here."""
    first = db.session.scalar(
        select(func.min(Outcome.happened_on)).where(Outcome.project_id == record.project_id, Outcome.kind.in_(ACHIEVED))
    )
    known = set(db.session.scalars(select(FollowUp.months).where(FollowUp.record_id == record.id)))
    for months, day in path_rules.follow_up_days(first or paris_day(at).date()).items():
        if months not in known:
            db.session.add(FollowUp(record_id=record.id, months=months, due_on=day))


def close(
    record: CoachingRecord,
    *,
    result: OutcomeKind | None,
    words: str,
    drop_actions: bool,
    by: int,
    at: datetime,
    exit_of: int = 0,
    exit_facts: dict[str, str] | None = None,
) -> None:
    """End with dignity: a result that is no opening is a result too. Errors: as `move`.

    `exit_of`: the person whose situation at the end was asked; `exit_facts`: what they answered, perhaps nothing.
    """
    if drop_actions:
        db.session.execute(
            update(ActionItem)
            .where(ActionItem.record_id == record.id, ActionItem.done_at.is_(None), ActionItem.dropped_at.is_(None))
            .values(dropped_at=at)
        )
    if result is not None:
        add_outcome(record, kind=result, happened_on=paris_day(at).date(), by=by, at=at)
    if exit_of and said(exit_facts or {}):
        situation_services.say(
            record, person_id=exit_of, person_ids=frozenset({exit_of}), moment=Moment.EXIT, on=paris_day(at).date(),
            facts=exit_facts or {}, by=by, at=at,
        )  # fmt: skip
    move(record, RecordState.CLOSED, by=by, at=at, reason=words)


def last_move(record_id: int) -> RecordMove | None:
    """The newest transition that was not taken back."""
    return db.session.scalar(
        select(RecordMove)
        .where(RecordMove.record_id == record_id, RecordMove.undone_at.is_(None))
        .order_by(RecordMove.id.desc())
        .limit(1)
    )


def undo_close(record: CoachingRecord, *, by: int, at: datetime) -> None:
    """Within ten minutes, by who closed: as if it had not happened. Errors: TooLateToUndo, CannotReopen."""
    last = last_move(record.id)
    is_closing = last is not None and record.state == RecordState.CLOSED == last.new_state
    path_rules.check_undo(last.at if last else at, at=at, is_mine=is_closing and last is not None and last.by_id == by)
    assert last is not None
    record.state = path_rules.check_reopen(RecordState.CLOSED, last.old_state, reason="x")
    record.closed_at, record.closing_reason, last.undone_at = None, "", at
    _take_back_what_came_with(record, last)
    journal("record.close_undone", on=record, by=by, at=at)


def _take_back_what_came_with(record: CoachingRecord, closing: RecordMove) -> None:
    """The actions left aside and the result noted in the same instant."""
    db.session.execute(
        update(ActionItem)
        .where(ActionItem.record_id == record.id, ActionItem.dropped_at == closing.at)
        .values(dropped_at=None)
    )
    for outcome in db.session.scalars(
        select(Outcome).where(Outcome.record_id == record.id, Outcome.created_at == closing.at)
    ):
        db.session.delete(outcome)
    situation_services.take_back_exit(record, said_at=closing.at)


def reopen(record: CoachingRecord, *, reason: str, by: int, at: datetime) -> None:
    """A closed or declined record goes back to the state it came from. Errors: CannotReopen, DeclineNeedsReason."""
    last = last_move(record.id)
    new = path_rules.check_reopen(RecordState(record.state), last.old_state if last else "", reason=reason)
    write_move(record, new, by=by, at=at, reason=reason)
    record.closing_reason = ""


def add_objective(
    record: CoachingRecord, *, text: str, owner: str, due_on: date | None, by: int, at: datetime
) -> Objective:
    """An open objective with the same words, bearer and day is this one: a second click adds nothing."""
    same = select(Objective).where(
        Objective.record_id == record.id, Objective.text == text, Objective.owner == owner,
        Objective.due_on.is_not_distinct_from(due_on), Objective.status.not_in(("done", "dropped")),
    )  # fmt: skip
    if found := db.session.scalars(same).first():
        return found
    objective = Objective(
        record_id=record.id, text=text, owner=owner, due_on=due_on, created_at=at, changed_at=at, author_id=by,
        organisation_id=record.organisation_id, status="planned",
    )  # fmt: skip
    db.session.add(objective)
    journal("record.objective", on=record, by=by, at=at, owner=owner)
    return objective


def set_objective(
    objective: Objective, record: CoachingRecord, *, status: str, reason: str, is_holder: bool, by: int, at: datetime
) -> None:
    """Errors: NotYourAction (a holder changes the holder's own), ReasonMissing (to pause or drop)."""
    if is_holder and objective.owner != "holder":
        raise NotYourAction
    if status in {"on_hold", "dropped"} and not reason.strip():
        raise ReasonMissing
    objective.status, objective.reason, objective.changed_at = status, reason.strip()[:200], at
    journal("record.objective_changed", on=record, by=by, at=at, objective=objective.id, status=status)


def set_step(record: CoachingRecord, *, step: str, state: StepState, by: int, at: datetime) -> None:
    """Any step, in any order. What is under way becomes the step that the record shows."""
    row = db.session.scalar(select(StepProgress).where(StepProgress.record_id == record.id, StepProgress.step == step))
    if row is None:
        row = StepProgress(record_id=record.id, step=step, state=state, changed_at=at)
        db.session.add(row)
    row.state, row.changed_at, row.by_id = state, at, by
    if state in {StepState.DOING, StepState.REOPENED}:
        record.step = step
    journal("record.step", on=record, by=by, at=at, state=str(state))


def add_outcome(
    record: CoachingRecord,
    *,
    kind: OutcomeKind,
    happened_on: date,
    by: int,
    at: datetime,
    legal_form: str = "",
    siret: str = "",
    jobs_created: int = 0,
    jobs_consolidated: int = 0,
    fte_created_hundredths: int = 0,
    fte_consolidated_hundredths: int = 0,
) -> Outcome:
    """What the project came to, on a day; the same twice is one, else it would be counted twice. Errors: SiretWrong."""
    number = compact(siret)
    if number and not is_siret(number):
        raise SiretWrong
    same = select(Outcome).where(
        Outcome.record_id == record.id, Outcome.kind == kind, Outcome.happened_on == happened_on,
        Outcome.legal_form == legal_form, Outcome.siret == number,
        Outcome.jobs_created == jobs_created, Outcome.jobs_consolidated == jobs_consolidated,
        Outcome.fte_created_hundredths == fte_created_hundredths,
        Outcome.fte_consolidated_hundredths == fte_consolidated_hundredths,
    )  # fmt: skip
    if found := db.session.scalars(same).first():
        return found
    outcome = Outcome(
        project_id=record.project_id, record_id=record.id, kind=kind, happened_on=happened_on,
        legal_form=legal_form, siret=number, jobs_created=jobs_created, jobs_consolidated=jobs_consolidated,
        fte_created_hundredths=fte_created_hundredths, fte_consolidated_hundredths=fte_consolidated_hundredths,
        recorded_by_id=by, created_at=at,
    )  # fmt: skip
    db.session.add(outcome)
    journal("record.outcome", on=record, by=by, at=at, kind=str(kind))
    return outcome


def note_follow_up(
    follow_up: FollowUp,
    record: CoachingRecord,
    *,
    alive: str,
    fte_hundredths: int | None,
    comment: str,
    by: int,
    at: datetime,
) -> None:
    """What has become of it; may be written again until it is right."""
    follow_up.done_on, follow_up.alive = paris_day(at).date(), alive
    follow_up.fte_hundredths = fte_hundredths
    follow_up.comment, follow_up.by_id = comment.strip()[:500], by
    journal("record.follow_up", on=record, by=by, at=at, months=follow_up.months, alive=alive)
