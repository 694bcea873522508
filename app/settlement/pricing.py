"""What a charge passes on: what is left of it, less Stripe's fee that is left, less its part of the platform's fee."""

from __future__ import annotations

from dataclasses import dataclass

from app.campaigns.models import Campaign
from app.settlement import queries, rules
from app.settlement.models import Charge
from app.settlement.rules import Collected


@dataclass(frozen=True)
class Price:
    """Cents. `base_cents` = the holder's + Stripe's fee + the platform's."""

    base_cents: int
    platform_fee_cents: int
    holder_cents: int


def prices(campaign: Campaign, charges: list[Charge]) -> list[Price]:
    """For these charges, in their order; all others count as they were passed on.

    The platform's fee is computed on all that has been or is now passed on; a charge that comes after the
    others bears what the whole still lacks. Of Stripe's fee, the part of what was given back is borne by the
    platform already.
    """
    lefts = [charge.amount_cents - charge.refunded_cents for charge in charges]
    base, taken = queries.transferred_base(campaign.id, but={charge.id for charge in charges})
    whole = rules.platform_fee_cents(base + sum(lefts), campaign.fee_bps)
    lacking = min(max(0, whole - taken), sum(lefts))
    fees = [stripe_fee_left(charge) for charge in charges]
    shared = rules.share_fee(
        lacking,
        [Collected(charge.pledge_id, left, fee) for charge, left, fee in zip(charges, lefts, fees, strict=True)],
    )
    parts = shared or [0] * len(charges)
    return [Price(left, part, max(0, left - fee - part)) for left, fee, part in zip(lefts, fees, parts, strict=True)]


def stripe_fee_left(charge: Charge) -> int:
    """Of Stripe's fee on a charge, in cents: what the platform does not bear already for what was given back."""
    return charge.fee_cents - rules.part_cents(charge.fee_cents, charge.refunded_cents, charge.amount_cents)
