"""What the worker does for accounts."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.session_services import forget_sessions
from app.core import clock
from app.core.database import transaction

KEPT = timedelta(days=30)


def forget_old_sessions() -> str:
    """Sessions that ended a month ago leave the table."""
    with transaction():
        count = forget_sessions(before=clock.real_now() - KEPT)
    return f"{count} forgotten" if count else ""
