"""The only source of time. In development it can be moved forward: one row, read by web and worker."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Model, db
from app.core.errors import DomainError

PARIS = ZoneInfo("Europe/Paris")
REREAD_AFTER_SECONDS = 0.5
_known: dict[str, tuple[float, int]] = {}


class ClockOffset(Model):
    """How far the development clock is from the system's, in seconds. One row at most."""

    __tablename__ = "clock_offset"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    seconds: Mapped[int] = mapped_column()


class ClockRefused(DomainError):
    message = "L’horloge ne se déplace que vers l’avant, et seulement avec le faux Stripe."


def real_now() -> datetime:
    """The system's time: for sessions and limits, which a development journey must not end."""
    return datetime.now(UTC)


def now() -> datetime:
    """The platform's time, aware UTC, whole microseconds."""
    return real_now() + timedelta(seconds=offset_seconds())


def offset_seconds() -> int:
    """The development offset; 0 with a real Stripe key. Read at most twice a second a process."""
    if not current_app.config["SETTINGS"].uses_fake_stripe:
        return 0
    key = current_app.config["SQLALCHEMY_DATABASE_URI"]
    read_at, seconds = _known.get(key, (0.0, 0))
    if time.monotonic() - read_at < REREAD_AFTER_SECONDS and read_at:
        return seconds
    with db.engine.connect() as connection:
        seconds = connection.execute(select(ClockOffset.seconds)).scalar() or 0
    _known[key] = (time.monotonic(), seconds)
    return seconds


def set_offset(seconds: int) -> None:
    """Move the clock to `seconds` from the system's. Errors: ClockRefused when it would go back.

    The caller commits, then tells the fake Stripe. A first row may be negative (a demo's past).
    """
    if not current_app.config["SETTINGS"].uses_fake_stripe:
        raise ClockRefused
    row = db.session.get(ClockOffset, 1)
    if row is None:
        db.session.add(ClockOffset(id=1, seconds=seconds))
    elif seconds < row.seconds:
        raise ClockRefused
    else:
        row.seconds = seconds
    forget()


def forget() -> None:
    """Read the row again at the next `now()`."""
    _known.clear()


def paris_day(at: datetime) -> datetime:
    """The same instant as a Paris wall clock time."""
    return at.astimezone(PARIS)


def end_of_paris_day(at: datetime, *, days_later: int = 0) -> datetime:
    """23:59:59 in Paris, `days_later` calendar days after the Paris day of `at`, as UTC."""
    day = at.astimezone(PARIS).date() + timedelta(days=days_later)
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=PARIS).astimezone(UTC)
