"""States and moves of a coaching record. Pure."""

from __future__ import annotations

from enum import StrEnum

from app.coaching.errors import RecordMoveNotAllowed


class RecordState(StrEnum):
    REQUESTED = "requested"
    WELCOMED = "welcomed"
    EXPLORING = "exploring"
    COACHED = "coached"
    ON_HOLD = "on_hold"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"
    DECLINED = "declined"
    REFERRED = "referred"


class ActivityKind(StrEnum):
    WELCOME = "welcome"
    INTERVIEW = "interview"
    CALL = "call"
    EMAIL = "email"
    WORKSHOP = "workshop"
    FIELD_VISIT = "field_visit"
    DOCUMENT_REVIEW = "document_review"
    COMMITTEE = "committee"
    ROUND_TABLE = "round_table"
    EXPERT_SESSION = "expert_session"
    TRAINING = "training"
    RESTITUTION = "restitution"
    FOLLOW_UP = "follow_up"


class Attendance(StrEnum):
    """Of the person coached, at an activity. `planned`: an appointment."""

    PLANNED = "planned"
    HELD = "held"
    NO_SHOW = "no_show"
    EXCUSED = "excused"
    CANCELLED_BY_US = "cancelled_by_us"


class Category(StrEnum):
    MILESTONE = "milestone"
    COMMUNICATION = "communication"
    TASK = "task"
    FILE = "file"
    SYSTEM = "system"


CATEGORY_OF = {
    ActivityKind.WELCOME: Category.MILESTONE, ActivityKind.COMMITTEE: Category.MILESTONE,
    ActivityKind.RESTITUTION: Category.MILESTONE, ActivityKind.FOLLOW_UP: Category.MILESTONE,
    ActivityKind.CALL: Category.COMMUNICATION, ActivityKind.EMAIL: Category.COMMUNICATION,
    ActivityKind.DOCUMENT_REVIEW: Category.FILE,
}  # fmt: skip


class ConsentPurpose(StrEnum):
    PUBLIC_MENTION = "public_mention"
    COACHING = "coaching"
    NETWORK_SHARING = "network_sharing"
    STORY = "story"
    STATISTICS = "statistics"


NEXT: dict[RecordState, frozenset[RecordState]] = {
    RecordState.REQUESTED: frozenset({RecordState.WELCOMED, RecordState.DECLINED, RecordState.REFERRED}),
    RecordState.WELCOMED: frozenset({RecordState.EXPLORING, RecordState.REFERRED, RecordState.CLOSED}),
    RecordState.EXPLORING: frozenset({RecordState.COACHED, RecordState.REFERRED, RecordState.CLOSED}),
    RecordState.COACHED: frozenset(
        {RecordState.ON_HOLD, RecordState.FOLLOW_UP, RecordState.REFERRED, RecordState.CLOSED}
    ),
    RecordState.ON_HOLD: frozenset({RecordState.COACHED, RecordState.REFERRED, RecordState.CLOSED}),
    RecordState.FOLLOW_UP: frozenset({RecordState.REFERRED, RecordState.CLOSED}),
    RecordState.REFERRED: frozenset({RecordState.CLOSED}),  # at the first contact; a refusal brings it back
}
BY_HOLDER = frozenset({(RecordState.COACHED, RecordState.ON_HOLD), (RecordState.ON_HOLD, RecordState.COACHED)})
NEEDS_REASON = frozenset({RecordState.DECLINED, RecordState.ON_HOLD, RecordState.CLOSED})

# Still somebody's: `referred` stays until the first contact elsewhere is confirmed.
OPEN = frozenset(
    {
        RecordState.REQUESTED, RecordState.WELCOMED, RecordState.EXPLORING, RecordState.COACHED,
        RecordState.ON_HOLD, RecordState.FOLLOW_UP, RecordState.REFERRED,
    }
)  # fmt: skip


def check_move(old: RecordState, new: RecordState) -> None:
    """Errors: RecordMoveNotAllowed when the table is silent. Source: coaching record states."""
    if new not in NEXT.get(old, frozenset()):
        raise RecordMoveNotAllowed
