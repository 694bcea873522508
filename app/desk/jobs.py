"""The clock's part. Safe to stop, repeat, or run twice at once."""

from __future__ import annotations

from app.core import clock
from app.core.database import transaction
from app.desk import services

A_BATCH = 50


def post_messages() -> int:
    """Write the mails of messages that wait; the occasion of each keeps two workers from writing it twice."""
    total, posted = 0, A_BATCH
    while posted == A_BATCH:
        with transaction():
            posted = services.post_next_mails(at=clock.now(), limit=A_BATCH)
        total += posted
    return total


def forget_addresses() -> int:
    with transaction():
        return services.forget_addresses(at=clock.now())
