"""Who pays what, which refusal may be tried again, and when. Pure: cents, codes and instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# From the first refusal: Visa counts 15 to 20 tries in 30 days; three in seven days is far below
# (payments design §5). The last one leaves a day to act before the window ends.
RETRY_AFTER = (timedelta(days=3), timedelta(days=6))
REMIND_AFTER_HOURS = (48, 96, 144)
# Money may wait at most 90 days between its charge and its transfer (payments design §5, "Manual payouts").
OVERDUE_REMINDER_DAYS = (60, 75)
OVERDUE_DAYS = 90


class DeclineKind(StrEnum):
    AUTHENTICATION = "authentication"  # the bank wants to see the contributor
    SOFT = "soft"  # may succeed later with the same card
    HARD = "hard"  # never again with this card


AUTHENTICATION = frozenset({"authentication_required", "payment_intent_authentication_failure", "approve_with_id"})
SOFT = frozenset(
    {
        "generic_decline", "insufficient_funds", "processing_error", "try_again_later", "issuer_not_available",
        "card_velocity_exceeded", "withdrawal_count_limit_exceeded", "do_not_honor", "reenter_transaction",
        "no_action_taken", "service_not_allowed", "call_issuer",
    }
)  # fmt: skip


def decline_kind(code: str, decline_code: str) -> DeclineKind:
    """What a refusal means. Unknown codes are hard: a card is never tried again on a guess.

    Source: docs.stripe.com/declines/codes.
    """
    if AUTHENTICATION & {code, decline_code}:
        return DeclineKind.AUTHENTICATION
    return DeclineKind.SOFT if SOFT & {code, decline_code} else DeclineKind.HARD


def next_retry(first_declined_at: datetime, at: datetime, until: datetime) -> datetime | None:
    """When the worker tries the same card again by itself; None after the last time or the window."""
    for after in RETRY_AFTER:
        if at < first_declined_at + after < until:
            return first_declined_at + after
    return None


def reminder_hours(first_declined_at: datetime, at: datetime) -> int | None:
    """The newest reminder whose time has come: 48, 96 or 144 hours after the first refusal."""
    passed = [hours for hours in REMIND_AFTER_HOURS if first_declined_at + timedelta(hours=hours) <= at]
    return passed[-1] if passed else None


def overdue_reminder(charged_at: datetime, at: datetime) -> int | None:
    """The newest reminder, in days, whose time has come for money that waits since `charged_at`."""
    passed = [days for days in OVERDUE_REMINDER_DAYS if charged_at + timedelta(days=days) <= at]
    return passed[-1] if passed else None


def overdue_at(charged_at: datetime) -> datetime:
    """When money that still waits for its holder goes back."""
    return charged_at + timedelta(days=OVERDUE_DAYS)


def is_too_little(collected_cents: int, goal_cents: int, percent: int) -> bool:
    """True when less than `percent` of the goal could be collected, and the rules of the campaign refund then."""
    return percent > 0 and collected_cents * 100 < goal_cents * percent


def platform_fee_cents(collected_cents: int, rate_bps: int) -> int:
    """Return what the platform keeps on a successful campaign.

    Units: euro cents in and out; `rate_bps` in basis points (500 = 5 %).
    Rounding: half up, once, on the campaign's collected total; never pledge by pledge.
    Errors: ValueError on a negative amount or a rate outside 0..10 000.
    Source: domain, « Money in six sentences ».
    """
    if collected_cents < 0 or not 0 <= rate_bps <= 10_000:
        raise ValueError(f"bad fee input: {collected_cents=} {rate_bps=}")
    return (collected_cents * rate_bps + 5_000) // 10_000


def part_cents(whole_cents: int, gone_cents: int, of_cents: int) -> int:
    """The part of `whole_cents` that belongs to `gone_cents` out of `of_cents`, half up; cents.

    Asked with growing `gone_cents`, the differences add up to the whole, to the cent.
    Errors: ValueError when more is gone than there was.
    """
    if not 0 <= gone_cents <= of_cents or whole_cents < 0:
        raise ValueError(f"bad part: {whole_cents=} {gone_cents=} {of_cents=}")
    return 0 if of_cents == 0 else (2 * whole_cents * gone_cents + of_cents) // (2 * of_cents)


def next_part_cents(whole_cents: int, before_cents: int, more_cents: int, of_cents: int) -> int:
    """The part of `whole_cents` for `more_cents` that go after `before_cents` have gone."""
    after = part_cents(whole_cents, before_cents + more_cents, of_cents)
    return after - part_cents(whole_cents, before_cents, of_cents)


@dataclass(frozen=True)
class Collected:
    """A charge to share a fee over: `pledge_id` breaks ties; cents."""

    pledge_id: int
    amount_cents: int
    stripe_fee_cents: int


def share_fee(fee_cents: int, charges: list[Collected]) -> list[int]:
    """Share the platform's fee over the charges, in their order: the parts add up to the whole, to the cent.

    Largest remainder; ties go to the lower pledge id. No part is larger than what Stripe's own fee
    leaves of its charge: what does not fit goes to the next charges with room, and what fits nowhere
    is not taken (rates of more than about 70 % on contributions of 1 €).
    Errors: ValueError on a negative fee, or a fee larger than what was collected.
    """
    total = sum(charge.amount_cents for charge in charges)
    if not 0 <= fee_cents <= total:
        raise ValueError(f"bad fee to share: {fee_cents=} {total=}")
    if total == 0:
        return []
    parts = [fee_cents * charge.amount_cents // total for charge in charges]
    left = fee_cents - sum(parts)
    order = sorted(
        range(len(charges)),
        key=lambda i: (-(fee_cents * charges[i].amount_cents % total), charges[i].pledge_id),
    )
    for i in order[:left]:
        parts[i] += 1
    return _fit(parts, charges)


def _fit(parts: list[int], charges: list[Collected]) -> list[int]:
    room = [max(0, charge.amount_cents - charge.stripe_fee_cents) for charge in charges]
    too_much = sum(max(0, part - most) for part, most in zip(parts, room, strict=True))
    fitted = [min(part, most) for part, most in zip(parts, room, strict=True)]
    for i in sorted(range(len(charges)), key=lambda i: charges[i].pledge_id):
        more = min(too_much, room[i] - fitted[i])
        fitted[i] += more
        too_much -= more
    return fitted
