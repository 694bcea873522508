"""Renouncing a purchase made from a distance: when one may. Pure.

Fourteen days from the day the thing is received (code de la consommation, art. L221-18); before that day the time has
not begun to run, so that it is open. Only a reward that is sold (« prévente ») is a purchase; a gift is none.
"""

from __future__ import annotations

from datetime import datetime

from app.campaigns.rules import RewardNature
from app.pledges.rules import PledgeState

DAYS = 14
PAID = frozenset({PledgeState.PAID, PledgeState.PART_REFUNDED})


def is_sale(nature: str | None, state: str) -> bool:
    """A purchase that was paid and not given back whole."""
    return nature == RewardNature.PRE_SALE and state in PAID


def is_open(until: datetime | None, at: datetime) -> bool:
    """`until`: the last second of the time, None while nobody has said that the thing was received."""
    return until is None or at <= until
