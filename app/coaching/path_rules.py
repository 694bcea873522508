"""What a path is made of: steps, outcomes, follow-ups; and the guards of each move. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.coaching.errors import (
    ActionsStillOpen,
    CannotReopen,
    DeclineNeedsReason,
    EngagementMissing,
    ObjectiveMissing,
    OutcomeMissing,
    PauseNeedsDay,
    ReferentMissing,
    ReferralMissing,
    TooLateToUndo,
    WelcomeNotHeld,
)
from app.coaching.rules import NEEDS_REASON, OPEN, RecordState, check_move
from app.core.errors import DomainError


class StepState(StrEnum):
    AHEAD = "todo"
    DOING = "doing"
    DONE = "done"
    SKIPPED = "skipped"
    REOPENED = "reopened"


class OutcomeKind(StrEnum):
    STRUCTURE_CREATED = "structure_created"
    TAKEN_OVER = "taken_over"
    ACTIVITY_IN_CAE = "activity_in_cae"
    ASSOCIATION_WITHOUT_JOB = "association_without_job"
    ACTIVITY_EXTENDED = "activity_extended"
    STRUCTURE_CONSOLIDATED = "structure_consolidated"
    EMPLOYED = "employed"
    TRAINING = "training"
    OTHER_PATH = "other_path"
    DROPPED = "dropped"


ACHIEVED = frozenset(
    {
        OutcomeKind.STRUCTURE_CREATED, OutcomeKind.TAKEN_OVER, OutcomeKind.ACTIVITY_IN_CAE,
        OutcomeKind.ASSOCIATION_WITHOUT_JOB, OutcomeKind.ACTIVITY_EXTENDED, OutcomeKind.STRUCTURE_CONSOLIDATED,
    }
)  # fmt: skip
OTHER_RESULTS = tuple(kind for kind in OutcomeKind if kind not in ACHIEVED)  # respected: choosing is a result
FOLLOW_UP_MONTHS = (6, 12, 24, 36)
UNDO = timedelta(minutes=10)
OWNERS = ("holder", "coach", "partner")
OBJECTIVE_STATES = ("planned", "in_progress", "on_hold", "done", "dropped")


@dataclass(frozen=True)
class Facts:
    """What the guards ask of a record."""

    welcome_held: bool = False
    has_referent: bool = False
    engagement_signed: bool = False
    objectives: int = 0
    achieved_outcomes: int = 0
    open_actions: int = 0
    referral_sent: bool = False
    next_action_known: bool = False  # what comes next, and on which day


def missing(old: RecordState, new: RecordState, facts: Facts, *, reason: str = "x") -> list[type[DomainError]]:
    """Everything that still stands in the way of a move that the table allows, in the order to do it."""
    asked = [
        (new == RecordState.WELCOMED and not facts.welcome_held, WelcomeNotHeld),
        (new == RecordState.EXPLORING and not facts.has_referent, ReferentMissing),
        (_begins(old, new) and not facts.engagement_signed, EngagementMissing),
        (_begins(old, new) and not facts.objectives, ObjectiveMissing),
        (new == RecordState.ON_HOLD and not facts.next_action_known, PauseNeedsDay),
        (new == RecordState.FOLLOW_UP and not facts.achieved_outcomes, OutcomeMissing),
        (new == RecordState.REFERRED and not facts.referral_sent, ReferralMissing),
        (new == RecordState.CLOSED and bool(facts.open_actions), ActionsStillOpen),
        (new in NEEDS_REASON and not reason.strip(), DeclineNeedsReason),
    ]
    return [error for stands_in_the_way, error in asked if stands_in_the_way]


def _begins(old: RecordState, new: RecordState) -> bool:
    """The coaching itself begins; coming back from a pause is no beginning."""
    return old == RecordState.EXPLORING and new == RecordState.COACHED


def check_guards(old: RecordState, new: RecordState, facts: Facts, *, reason: str) -> None:
    """Errors: RecordMoveNotAllowed, then the first of `missing`. Source: coaching record states."""
    check_move(old, new)
    for error in missing(old, new, facts, reason=reason):
        raise error


def check_reopen(state: RecordState, previous: str, *, reason: str) -> RecordState:
    """The state a closed or declined record goes back to. Errors: CannotReopen, DeclineNeedsReason."""
    if state not in {RecordState.CLOSED, RecordState.DECLINED} or previous not in OPEN:
        raise CannotReopen
    if not reason.strip():
        raise DeclineNeedsReason
    return RecordState(previous)


def check_undo(moved_at: datetime, *, at: datetime, is_mine: bool) -> None:
    """A closing is taken back by who closed, within ten minutes. Errors: TooLateToUndo."""
    if not is_mine or at - moved_at > UNDO:
        raise TooLateToUndo


def months_later(day: date, months: int) -> date:
    """The same day of a later month; the last of that month when it is shorter (31 August + 6 → 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    next_month = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), next_month - timedelta(days=1))


def follow_up_days(first_outcome_on: date) -> dict[int, date]:
    """Months → the day on which news are asked."""
    return {months: months_later(first_outcome_on, months) for months in FOLLOW_UP_MONTHS}
