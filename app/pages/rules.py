"""How far a development journey goes, and what a collection costs. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_PART = re.compile(r"(?<!\d)(\d{1,5})(?!\d)\s*([djhms]?)", re.IGNORECASE)
_UNITS = {"": "days", "d": "days", "j": "days", "h": "hours", "m": "minutes", "s": "seconds"}

# Stripe's public price for standard European cards, only used to give an idea before real fees exist.
# Source: stripe.com/fr/pricing.
CARD_BPS = 150
CARD_FIXED_CENTS = 25


def read_duration(text: str) -> timedelta:
    """« 12 », « 12d 3h », « 90m » → how long; days when no unit is given. Errors: ValueError."""
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).strip():
        raise ValueError(f"not a duration: {text!r}")
    total = timedelta()
    for number, unit in parts:
        total += timedelta(**{_UNITS[unit.lower()]: int(number)})
    return total


@dataclass(frozen=True)
class FeeExample:
    """What becomes of a collection, in cents: collected = stripe + platform + received."""

    collected_cents: int
    contributions: int
    stripe_cents: int
    platform_cents: int

    @property
    def received_cents(self) -> int:
        return self.collected_cents - self.stripe_cents - self.platform_cents


def card_fees_cents(collected_cents: int, contributions: int) -> int:
    """Stripe's fees if all contributions were equal and paid by standard European cards, each rounded half up."""
    each, rest = divmod(collected_cents, contributions)
    amounts = [each + 1] * rest + [each] * (contributions - rest)
    return sum((cents * CARD_BPS + 5_000) // 10_000 + CARD_FIXED_CENTS for cents in amounts)
