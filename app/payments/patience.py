"""A page lets the worker, or another click, finish the call it is making about the same row."""

from __future__ import annotations

import time

from app.core import clock
from app.core.database import db
from app.payments import operations

PATIENCE_SECONDS = 4.0
LOOK_EVERY_SECONDS = 0.1


def wait_for_other_hands(subject_kind: str, subject_id: int) -> None:
    """Until nobody asks Stripe about this row any more, or patience ends. Outside any transaction."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        is_held = operations.is_in_other_hands(subject_kind, subject_id, clock.now())
        db.session.rollback()
        if not is_held:
            return
        time.sleep(LOOK_EVERY_SECONDS)
