"""States and moves of a pledge, and whether one may be made. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from app.campaigns.rules import CampaignState, FundingKind
from app.pledges.errors import (
    AmountTooSmall,
    BelowReward,
    CampaignClosed,
    PledgeMoveNotAllowed,
    TooLateToChange,
    TooLateToTakeBack,
)

MIN_CENTS = 1_00
MAX_CENTS = 999_999_99
# Raised whenever the words of the kind's consents change.
CONSENT_VERSIONS = {FundingKind.ALL_OR_NOTHING: "2026-11", FundingKind.FLEXIBLE: "2026-11-flexible"}
CARD_EXPIRES = "card_expires"  # the occasion of that mail
WARN_OF_CARD_BEFORE = timedelta(days=14)  # before the end of the campaign
SESSION_LASTS = timedelta(minutes=60)
MOST_UNFINISHED = 3  # promises without a card that one visitor may have open in one campaign
SESSION_LEAST = timedelta(minutes=31)  # Stripe wants 30 minutes at least; one more for the way there

# Slips of the finger in the providers most people here have; each is nobody's known mail domain.
MISTYPED = {
    "gmial.com": "gmail.com", "gmal.com": "gmail.com", "gmai.com": "gmail.com", "gamil.com": "gmail.com",
    "gmail.co": "gmail.com", "gmail.con": "gmail.com", "gmail.fr": "gmail.com", "gnail.com": "gmail.com",
    "hotmial.com": "hotmail.com", "hotmal.com": "hotmail.com", "hotmail.con": "hotmail.com",
    "hotmai.fr": "hotmail.fr", "hotmial.fr": "hotmail.fr", "outlok.com": "outlook.com", "outlook.con": "outlook.com",
    "outlok.fr": "outlook.fr", "yaho.fr": "yahoo.fr", "yahooo.fr": "yahoo.fr", "yahoo.con": "yahoo.com",
    "ornage.fr": "orange.fr", "orage.fr": "orange.fr", "oange.fr": "orange.fr", "wanado.fr": "wanadoo.fr",
    "laposte.com": "laposte.net", "lapost.net": "laposte.net", "laposte.fr": "laposte.net", "icoud.com": "icloud.com",
}  # fmt: skip


def meant_address(email: str) -> str:
    """The address that was probably meant: « a@gmial.com » → « a@gmail.com »; "" when nothing looks mistyped."""
    name, _at, domain = email.lower().rpartition("@")
    return f"{name}@{MISTYPED[domain]}" if name and domain in MISTYPED else ""


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
    _S.ABANDONED: frozenset({_S.DRAFT, _S.AUTHORISED, _S.PAID, _S.REFUNDED}),  # tried again, or completed late
    _S.AUTHORISED: frozenset({_S.WITHDRAWN, _S.RELEASED, _S.DUE}),
    _S.DUE: frozenset({_S.CHARGING, _S.DROPPED, _S.NEEDS_CARD, _S.PAID}),
    _S.CHARGING: frozenset({_S.PAID, _S.NEEDS_ACTION, _S.NEEDS_CARD, _S.DUE, _S.DROPPED}),
    _S.NEEDS_ACTION: frozenset({_S.CHARGING, _S.DROPPED, _S.PAID, _S.NEEDS_CARD, _S.DUE}),
    _S.NEEDS_CARD: frozenset({_S.CHARGING, _S.DROPPED, _S.PAID, _S.NEEDS_ACTION, _S.DUE}),
    _S.DROPPED: frozenset({_S.PAID}),  # the cancel found a success
    _S.PAID: frozenset({_S.PART_REFUNDED, _S.REFUNDED, _S.DISPUTED}),
    _S.PART_REFUNDED: frozenset({_S.REFUNDED, _S.DISPUTED, _S.PAID}),
    _S.REFUNDED: frozenset({_S.PAID, _S.PART_REFUNDED, _S.ABANDONED}),  # the refund failed at the bank
    _S.DISPUTED: frozenset({_S.PAID, _S.PART_REFUNDED, _S.REFUNDED, _S.LOST}),
}

WITHOUT_CARD = frozenset({_S.DRAFT, _S.ABANDONED})
REPAIRABLE = frozenset({_S.NEEDS_ACTION, _S.NEEDS_CARD})
OPEN_AFTER_VERDICT = frozenset({_S.DUE, _S.CHARGING, _S.NEEDS_ACTION, _S.NEEDS_CARD})
COUNTING = frozenset({_S.AUTHORISED, _S.PAID, _S.PART_REFUNDED}) | OPEN_AFTER_VERDICT
HOLDS_STOCK = COUNTING | {_S.DRAFT}
# States that follow the figure given back; ABANDONED: charged too late, it never counted.
REFUNDABLE = frozenset({_S.PAID, _S.PART_REFUNDED, _S.REFUNDED, _S.ABANDONED})


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
    check_amount(amount_cents, reward_cents)


def check_amount(amount_cents: int, reward_cents: int | None) -> None:
    """Errors: AmountTooSmall (outside the bounds of any promise), BelowReward."""
    if not MIN_CENTS <= amount_cents <= MAX_CENTS:
        raise AmountTooSmall
    if reward_cents is not None and amount_cents < reward_cents:
        raise BelowReward


def counted_cents(state: PledgeState, amount_cents: int, refunded_cents: int) -> int:
    """What a pledge adds to the total shown everywhere, in cents."""
    return amount_cents - refunded_cents if state in COUNTING else 0


# A draft written before the end counts while the verdict has not been given, even if moderators have paused the page.
ACCEPTS_COMPLETION = frozenset({CampaignState.LIVE, CampaignState.SUSPENDED, CampaignState.CLOSING})
STILL_CHANGEABLE = frozenset({CampaignState.LIVE, CampaignState.SUSPENDED})


def session_expiry(at: datetime, closes_at: datetime | None) -> datetime:
    """When a Checkout Session asked for at `at` ends: 60 minutes later, and 60 minutes after the end at most.

    `closes_at` None: a card replaced after the verdict, which no end limits.
    Errors: CampaignClosed when less than Stripe's least duration (30 minutes) would be left.
    """
    last = at + SESSION_LASTS if closes_at is None else min(at, closes_at) + SESSION_LASTS
    if last < at + SESSION_LEAST:
        raise CampaignClosed
    return last


def check_change(state: PledgeState, campaign: CampaignState, closes_at: datetime | None, at: datetime) -> None:
    """May the contributor withdraw, change the amount or the card of a promise at `at`?

    Errors: PledgeMoveNotAllowed (no promise), TooLateToChange (the end has come).
    """
    if state != PledgeState.AUTHORISED:
        raise PledgeMoveNotAllowed
    if campaign not in STILL_CHANGEABLE or closes_at is None or at >= closes_at:
        raise TooLateToChange


def is_given_up(state: PledgeState) -> bool:
    """The contributor took it back, or it never had a card: nothing of it is charged."""
    return state in (PledgeState.WITHDRAWN, PledgeState.ABANDONED)


def may_change(state: PledgeState, campaign: CampaignState, closes_at: datetime | None, at: datetime) -> bool:
    """`check_change` as a yes or no, for pages."""
    try:
        check_change(state, campaign, closes_at, at)
    except (PledgeMoveNotAllowed, TooLateToChange):
        return False
    return True


def may_try_again(state: PledgeState, campaign: CampaignState, closes_at: datetime | None, at: datetime) -> bool:
    """Whether a promise without a card may ask for the card page (again)."""
    if closes_at is None:
        return False
    if state == PledgeState.DRAFT:
        return campaign in ACCEPTS_COMPLETION and at + SESSION_LEAST <= min(at, closes_at) + SESSION_LASTS
    return state == PledgeState.ABANDONED and campaign == CampaignState.LIVE and at < closes_at


def repair_until(first_declined_at: datetime | None, hours: int, lost: timedelta) -> datetime | None:
    """The end of the window in which a failed charge can be repaired; None while none has failed.

    `lost`: time since then in which our worker or Stripe was down, which does not count.
    """
    return None if first_declined_at is None else first_declined_at + timedelta(hours=hours) + lost


def expires_before(card_exp: str, last_charge_at: datetime) -> bool:
    """Whether a card (« 2027-03 »: good until the end of March) is over when it may be charged for the last time."""
    return "" < card_exp < last_charge_at.strftime("%Y-%m")


def check_window(until: datetime | None, at: datetime) -> None:
    """Errors: TooLateToChange when the repair window is over."""
    if until is not None and at >= until:
        raise TooLateToChange


def check_take_back(
    kind: FundingKind, state: PledgeState, campaign: CampaignState, closes_at: datetime | None, at: datetime
) -> None:
    """May the contributor take a gift that was charged at once back at `at`? It is then refunded in full.

    Errors: PledgeMoveNotAllowed (no paid gift of a flexible campaign), TooLateToTakeBack (the end has come).
    """
    if kind != FundingKind.FLEXIBLE or state not in (_S.PAID, _S.PART_REFUNDED):
        raise PledgeMoveNotAllowed
    if campaign not in STILL_CHANGEABLE or closes_at is None or at >= closes_at:
        raise TooLateToTakeBack


def may_take_back(
    kind: FundingKind, state: PledgeState, campaign: CampaignState, closes_at: datetime | None, at: datetime
) -> bool:
    """`check_take_back` as a yes or no, for pages."""
    try:
        check_take_back(kind, state, campaign, closes_at, at)
    except (PledgeMoveNotAllowed, TooLateToTakeBack):
        return False
    return True


def transfer_group(campaign_id: int) -> str:
    """The name at Stripe of all charges and transfers of one campaign."""
    return f"campaign:{campaign_id}"
