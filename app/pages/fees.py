"""The example of the fees page, by the function that really computes the platform's fee."""

from __future__ import annotations

from app.core.texts import platform_fee_bps
from app.pages.rules import FeeExample, card_fees_cents
from app.settlement.rules import platform_fee_cents

USUAL_CENTS = 50_00


def example_of(collected_cents: int, contributions: int | None) -> FeeExample:
    """`contributions` None: as many as if each gave 50 €."""
    count = min(contributions or max(1, collected_cents // USUAL_CENTS), collected_cents // 100)
    return FeeExample(
        collected_cents, count, card_fees_cents(collected_cents, count),
        platform_fee_cents(collected_cents, platform_fee_bps()),
    )  # fmt: skip
