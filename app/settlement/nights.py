"""Work of the night: once a night whatever the number of workers and restarts, and later when the night was missed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import String, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.clock import paris_day
from app.core.database import Model, db, transaction

BEGINS_AT = timedelta(hours=3)  # in Paris: when nobody gives and no campaign ends
LEASE = timedelta(hours=2)
AGAIN_AFTER = timedelta(minutes=10)


class Later(Exception):
    """Raised inside `once_a_night`: the moment was not right, the same night is tried again in ten minutes."""


class NightRun(Model):
    """The last night of which a work was done. `night`: its day in Paris, ISO."""

    __tablename__ = "night_runs"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    night: Mapped[str] = mapped_column(String(10), default="")
    claimed_until: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()


def night_of(at: datetime) -> str:
    """The night that `at` belongs to: until three in the morning it is still the one before."""
    return paris_day(at - BEGINS_AT).date().isoformat()


@contextmanager
def once_a_night(name: str) -> Iterator[bool]:
    """True in the body for the one run that does it; left without an error, the night is done. `Later` ends here.

    with once_a_night("books") as mine:
        if mine: …
    """
    at = clock.now()
    night = night_of(at)
    if not _claim(name, night, at):
        yield False
        return
    ended: datetime | None = None
    free_at: datetime | None = None
    try:
        yield True
        ended = clock.now()
    except Later:
        free_at = clock.now() + AGAIN_AFTER
    finally:
        db.session.rollback()
        with transaction():
            row = db.session.get_one(NightRun, name)
            row.claimed_until = free_at
            if ended is not None:
                row.night, row.ended_at = night, ended


def _claim(name: str, night: str, at: datetime) -> bool:
    known = db.session.get(NightRun, name)
    is_done = known is not None and known.night == night
    db.session.rollback()
    if is_done:
        return False
    if known is None:
        try:
            with transaction():
                db.session.add(NightRun(name=name, night=""))
        except IntegrityError:  # another worker's first night
            return False
    with transaction():
        taken = db.session.execute(
            update(NightRun)
            .where(
                NightRun.name == name, NightRun.night != night,
                or_(NightRun.claimed_until.is_(None), NightRun.claimed_until <= at),
            )
            .values(claimed_until=at + LEASE)
        )  # fmt: skip
        return bool(taken.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE's result has it
