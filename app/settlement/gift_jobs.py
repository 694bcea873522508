"""Runs over gifts charged at once. Each is safe to stop, repeat, or run twice at once."""

from __future__ import annotations

from app.core import clock
from app.core.database import transaction
from app.settlement import gift_queries
from app.settlement import gift_services as gifts
from app.settlement.jobs import each
from app.settlement.sync import sync_intent


def book_paid() -> str:
    """What Checkout has taken and no bell has booked: the process ended between the two, or Stripe was silent."""

    def one(pledge_id: int) -> str:
        sync_intent(pledge_id)
        return "booked"

    return each(gift_queries.ids_unbooked(), one)


def tell_ends() -> str:
    """A flexible campaign has succeeded: each contributor is told, once."""

    def one(pledge_id: int) -> str:
        with transaction():
            return "told" if gifts.tell_verdict(pledge_id, at=clock.now()) else ""

    return each(gift_queries.ids_to_tell(), one)
