"""Times at which nobody could pay: the worker stood still, or Stripe gave no answer. No repair window runs then.

Measured in real time: moving the development clock is no outage.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, String, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from app.core import clock, jobs
from app.core.database import Model, db, transaction

log = structlog.get_logger()
SHORTEST = jobs.GAP  # less than this costs nobody anything
OLDEST = timedelta(days=90)  # an outage noted longer ago lengthens no window that could still be open


class Outage(Model):
    """`began_at`, `ended_at`: real time. `lost_seconds` lengthen the windows open at `noted_at` (platform time)."""

    __tablename__ = "outages"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # worker, stripe
    began_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    lost_seconds: Mapped[int] = mapped_column(default=0)
    noted_at: Mapped[datetime | None] = mapped_column(index=True)


def note_worker_gap(began_at: datetime, ended_at: datetime) -> None:
    """Inside the transaction of the worker's first beat."""
    lost = int((ended_at - began_at).total_seconds())
    db.session.add(Outage(kind="worker", began_at=began_at, ended_at=ended_at, lost_seconds=lost, noted_at=clock.now()))


def note_silence() -> None:
    """Stripe has given no answer: an outage begins, unless one is under way."""
    at = clock.real_now()
    with transaction():
        if not _silences():
            db.session.add(Outage(kind="stripe", began_at=at))


def note_answer() -> None:
    """Stripe answers: an outage under way is over. Time in which our worker was away as well is not counted twice."""
    if not _silences():
        db.session.rollback()
        return
    ended_at, noted_at = clock.real_now(), clock.now()
    with transaction():
        silences = _silences()
        if not silences:
            return
        first = silences[0]
        for one in silences[1:]:  # two workers have noted the same silence
            db.session.delete(one)
        lost = ended_at - first.began_at - _worker_away(first.began_at, ended_at)
        if lost <= SHORTEST:
            db.session.delete(first)
            return
        first.ended_at, first.noted_at, first.lost_seconds = ended_at, noted_at, int(lost.total_seconds())
        log.warning("stripe_was_silent", seconds=first.lost_seconds)


def _silences() -> Sequence[Outage]:
    return db.session.scalars(
        select(Outage).where(Outage.kind == "stripe", Outage.ended_at.is_(None)).order_by(Outage.id)
    ).all()


def _worker_away(since: datetime, until: datetime) -> timedelta:
    gaps = db.session.execute(
        select(Outage.began_at, Outage.ended_at).where(
            Outage.kind == "worker", Outage.ended_at > since, Outage.began_at < until
        )
    )
    return sum((min(until, ended) - max(since, began) for began, ended in gaps if ended), timedelta())


def lost_since(instant: datetime) -> timedelta:
    """What outages noted after `instant` (platform time) have cost, with the one under way."""
    noted = select(func.coalesce(func.sum(Outage.lost_seconds), 0)).where(Outage.noted_at > instant)
    return timedelta(seconds=int(db.session.scalar(noted) or 0)) + _under_way()


def _under_way() -> timedelta:
    """Of a silence of Stripe, or of a worker that does not beat: the longer one, from five minutes on.

    A worker that cron rings is not away between two of its turns.
    """
    now = clock.real_now()
    silences = [now - one.began_at - _worker_away(one.began_at, now) for one in _silences()]
    seen = jobs.last_beat()
    away = now - seen.at if seen is not None and now - seen.at > seen.quiet_for else timedelta()
    longest = max([*silences, away])
    return longest if longest > SHORTEST else timedelta()


def has_passed(column: InstrumentedAttribute[datetime | None], window: timedelta, at: datetime) -> ColumnElement[bool]:
    """The condition that `window`, not counting outages, has passed at `at` since the instant in `column`.

    The same as `column + window + lost_since(column) <= at`, without arithmetic in the database.
    """
    noted = db.session.execute(
        select(Outage.noted_at, Outage.lost_seconds)
        .where(Outage.noted_at > at - window - OLDEST)
        .order_by(Outage.noted_at.desc())
    )
    lost, before, parts = _under_way(), None, []
    for noted_at, seconds in noted:
        newer = column < before if before is not None else column.is_not(None)
        parts.append(and_(column >= noted_at, newer, column <= at - window - lost))
        lost, before = lost + timedelta(seconds=seconds), noted_at
    oldest = column < before if before is not None else column.is_not(None)
    return or_(*parts, and_(oldest, column <= at - window - lost))
