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
    FOLLOW_UP = "follow_up"


class ConsentPurpose(StrEnum):
    PUBLIC_MENTION = "public_mention"
    COACHING = "coaching"
    NETWORK_SHARING = "network_sharing"
    STORY = "story"
    STATISTICS = "statistics"


# `follow_up` waits for outcomes and `referred` for referrals: these moves open when their guards exist.
NEXT: dict[RecordState, frozenset[RecordState]] = {
    RecordState.REQUESTED: frozenset({RecordState.WELCOMED, RecordState.DECLINED}),
    RecordState.WELCOMED: frozenset({RecordState.EXPLORING, RecordState.CLOSED}),
    RecordState.EXPLORING: frozenset({RecordState.COACHED, RecordState.CLOSED}),
    RecordState.COACHED: frozenset({RecordState.ON_HOLD, RecordState.CLOSED}),
    RecordState.ON_HOLD: frozenset({RecordState.COACHED, RecordState.CLOSED}),
}
NEEDS_REASON = frozenset({RecordState.DECLINED, RecordState.ON_HOLD, RecordState.CLOSED})

OPEN = frozenset(
    {
        RecordState.REQUESTED, RecordState.WELCOMED, RecordState.EXPLORING, RecordState.COACHED,
        RecordState.ON_HOLD, RecordState.FOLLOW_UP,
    }
)  # fmt: skip


def check_move(old: RecordState, new: RecordState) -> None:
    """Errors: RecordMoveNotAllowed when the table is silent. Source: coaching record states."""
    if new not in NEXT.get(old, frozenset()):
        raise RecordMoveNotAllowed
