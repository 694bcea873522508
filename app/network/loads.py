"""How many records an organisation follows now: counted by the room that knows them, asked by the routing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from flask import Flask, current_app

from app.network.models import Offer

# (organisation id, programme id) → records followed now
Loads = Mapping[tuple[int, int], int]
Count = Callable[[], Loads]
NO_LOADS: Loads = {}


def register(app: Flask, count: Count) -> None:
    """A room says how to count what it follows."""
    app.extensions.setdefault("load_counters", []).append(count)


def loads_for(offers: Iterable[Offer]) -> Loads:
    """The loads, when one of these offers has a limit to compare them with; else nothing is read."""
    if not any(offer.capacity for offer in offers):
        return NO_LOADS
    total: Counter[tuple[int, int]] = Counter()
    for count in current_app.extensions.get("load_counters", []):
        total.update(count())
    return total
