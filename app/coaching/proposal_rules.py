"""What the platform proposes about a record, and to whom it writes. Pure; a proposal never acts by itself."""

from __future__ import annotations

from datetime import date, timedelta

from app.coaching.path_rules import OutcomeKind
from app.coaching.rules import RecordState

OUTCOME, CLOSING = "outcome", "closing"
CONFIRMED, DISMISSED, LAPSED = "confirmed", "dismissed", "lapsed"
HOLDER_LATE = timedelta(days=7)  # after the day an action was promised for
ACTIVE = frozenset({RecordState.REQUESTED, RecordState.WELCOMED, RecordState.EXPLORING, RecordState.COACHED})


def suggested(*, succeeded: bool, has_structure: bool) -> OutcomeKind:
    """What a campaign's end may mean for the project; whoever coaches knows better and may choose any other.

    A campaign that reached its goal is no outcome by itself: outcomes are about activities and jobs.
    """
    if not succeeded:
        return OutcomeKind.OTHER_PATH
    return OutcomeKind.ACTIVITY_EXTENDED if has_structure else OutcomeKind.STRUCTURE_CREATED


def may_remind(state: RecordState, next_action_on: date | None, today: date) -> bool:
    """Whether a holder may be reminded: never during a pause before the day that was agreed on."""
    if state == RecordState.ON_HOLD:
        return next_action_on is not None and next_action_on <= today
    return state in ACTIVE
