"""States and moves of a pledge, and whether one may be made. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from app.pledges.errors import AmountTooSmall, BelowReward, CampaignClosed, PledgeMoveNotAllowed

MIN_CENTS = 1_00
MAX_CENTS = 999_999_99


class PledgeState(StrEnum):
    DRAFT = "draft"
    AUTHORISED = "authorised"
    ABANDONED = "abandoned"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    DUE = "due"
    CHARGING = "charging"
    NEEDS_ACTION = "needs_action"
    NEEDS_CARD = "needs_card"
    PAID = "paid"
    DROPPED = "dropped"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    LOST = "lost"


_S = PledgeState
NEXT: dict[PledgeState, frozenset[PledgeState]] = {
    _S.DRAFT: frozenset({_S.AUTHORISED, _S.PAID, _S.ABANDONED}),
    _S.ABANDONED: frozenset({_S.AUTHORISED, _S.PAID}),
    _S.AUTHORISED: frozenset({_S.WITHDRAWN, _S.RELEASED, _S.DUE}),
    _S.DUE: frozenset({_S.CHARGING, _S.DROPPED, _S.NEEDS_CARD}),
    _S.CHARGING: frozenset({_S.PAID, _S.NEEDS_ACTION, _S.NEEDS_CARD, _S.DUE}),
    _S.NEEDS_ACTION: frozenset({_S.CHARGING, _S.DROPPED, _S.PAID, _S.NEEDS_CARD}),
    _S.NEEDS_CARD: frozenset({_S.CHARGING, _S.DROPPED, _S.PAID, _S.NEEDS_ACTION, _S.DUE}),
    _S.DROPPED: frozenset({_S.PAID}),  # the cancel found a success
    _S.PAID: frozenset({_S.PART_REFUNDED, _S.REFUNDED, _S.DISPUTED}),
    _S.PART_REFUNDED: frozenset({_S.REFUNDED, _S.DISPUTED}),
    _S.DISPUTED: frozenset({_S.PAID, _S.LOST}),
}

REPAIRABLE = frozenset({_S.NEEDS_ACTION, _S.NEEDS_CARD})
OPEN_AFTER_VERDICT = frozenset({_S.DUE, _S.CHARGING, _S.NEEDS_ACTION, _S.NEEDS_CARD})
COUNTING = frozenset({_S.AUTHORISED, _S.PAID, _S.PART_REFUNDED}) | OPEN_AFTER_VERDICT
HOLDS_STOCK = COUNTING | {_S.DRAFT}


def check_move(old: PledgeState, new: PledgeState) -> None:
    """Errors: PledgeMoveNotAllowed when the table is silent. Source: pledge states of the payment design."""
    if new not in NEXT.get(old, frozenset()):
        raise PledgeMoveNotAllowed


def check_new(
    *, is_live: bool, closes_at: datetime | None, at: datetime, amount_cents: int, reward_cents: int | None
) -> None:
    """May a promise of `amount_cents` be written at `at`?

    Errors: CampaignClosed (not live, or `at` is not before the end), AmountTooSmall, BelowReward.
    """
    if not is_live or closes_at is None or at >= closes_at:
        raise CampaignClosed
    if not MIN_CENTS <= amount_cents <= MAX_CENTS:
        raise AmountTooSmall
    if reward_cents is not None and amount_cents < reward_cents:
        raise BelowReward


def counted_cents(state: PledgeState, amount_cents: int, refunded_cents: int) -> int:
    """What a pledge adds to the total shown everywhere, in cents."""
    return amount_cents - refunded_cents if state in COUNTING else 0
