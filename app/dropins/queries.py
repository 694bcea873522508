"""Reads about drop-in days: the public list by distance, the sheet of a day, what waits for a coach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.core.database import db
from app.core.errors import NotFound
from app.dropins import keys
from app.dropins.models import CoachFeed, DropInBooking, DropInSeries, DropInSession
from app.dropins.rules import SEATED, Status, bookable, kilometres, slots
from app.network.models import Organisation, Territory

DATES_SHOWN = 3
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Town:
    """A series with its next sessions; `km` from the commune that was asked, None without one."""

    series: DropInSeries
    sessions: tuple[DropInSession, ...]
    km: int | None


def towns(at: datetime, *, near: tuple[float, float] | None = None, limit: int = 60) -> list[Town]:
    """Every series with its next dates, the nearest to `near` (longitude, latitude) first, else by town.

    Two statements.
    """
    found: dict[int, list[DropInSession]] = defaultdict(list)
    for session in _upcoming(at):
        if len(found[session.series_id]) < DATES_SHOWN:
            found[session.series_id].append(session)
    lines = []
    for sessions in found.values():
        series = sessions[0].series
        place = series.commune
        here = (place.longitude or 0.0, place.latitude or 0.0)
        lines.append(Town(series, tuple(sessions), round(kilometres(near, here)) if near else None))
    lines.sort(key=lambda t: (t.km if t.km is not None else 0, t.series.commune.search_name, t.series.id))
    return lines[:limit]


def _upcoming(at: datetime, *more: object) -> Sequence[DropInSession]:
    query = (
        select(DropInSession)
        .join(DropInSession.series)
        .join(DropInSeries.organisation)
        .options(
            contains_eager(DropInSession.series).joinedload(DropInSeries.commune),
            contains_eager(DropInSession.series).contains_eager(DropInSeries.organisation),
        )
        .where(
            DropInSession.cancelled_at.is_(None), DropInSession.ends_at > at, Organisation.is_active,
            *more,  # type: ignore[arg-type]  # conditions of any kind
        )
        .order_by(DropInSession.starts_at, DropInSession.id)
        .limit(1_000)
    )  # fmt: skip
    return db.session.scalars(query).all()


def get_series(slug: str) -> DropInSeries:
    """Errors: NotFound."""
    query = select(DropInSeries).options(joinedload(DropInSeries.commune), joinedload(DropInSeries.organisation))
    found = db.session.scalar(query.where(DropInSeries.slug == slug)) if slug.isprintable() else None
    if found is None or not found.organisation.is_active:
        raise NotFound
    return found


def sessions_of(series_id: int, at: datetime) -> Sequence[DropInSession]:
    """The coming sessions of a series."""
    return _upcoming(at, DropInSession.series_id == series_id)


def sessions_in(commune_code: str, at: datetime) -> Sequence[DropInSession]:
    """The coming sessions in a town, whatever the organisation."""
    return _upcoming(at, DropInSeries.commune_code == commune_code)


def free_slots(sessions: Iterable[DropInSession], at: datetime) -> dict[int, list[datetime]]:
    """Session id → the slots that can still be booked; one statement."""
    sessions = list(sessions)
    rows = db.session.execute(
        select(DropInBooking.session_id, DropInBooking.slot_at, func.count())
        .where(
            DropInBooking.session_id.in_([s.id for s in sessions]),
            DropInBooking.slot_at.is_not(None),
            DropInBooking.status.in_(SEATED),
        )
        .group_by(DropInBooking.session_id, DropInBooking.slot_at)
    )
    taken = {(session_id, slot_at): count for session_id, slot_at, count in rows}
    return {
        s.id: [
            slot
            for slot in bookable(slots(s.starts_at, s.ends_at, s.slot_min), s.kept_free, at)
            if taken.get((s.id, slot), 0) < s.seats
        ]
        for s in sessions
    }


def get_session(session_id: int) -> DropInSession:
    """With its series, town and organisation. Errors: NotFound."""
    query = (
        select(DropInSession)
        .join(DropInSession.series)
        .options(
            contains_eager(DropInSession.series).joinedload(DropInSeries.commune),
            contains_eager(DropInSession.series).joinedload(DropInSeries.organisation),
            contains_eager(DropInSession.series).joinedload(DropInSeries.programme),
        )
        .where(DropInSession.id == session_id)
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def get_session_of(slug: str, session_id: int) -> DropInSession:
    """A session that belongs to this series. Errors: NotFound."""
    found = get_session(session_id)
    if found.series.slug != slug or not found.series.organisation.is_active:
        raise NotFound
    return found


def get_booking(token: str) -> DropInBooking:
    """By its signed address. Errors: NotFound."""
    key = keys.booking_key(token)
    query = select(DropInBooking).options(
        joinedload(DropInBooking.session).joinedload(DropInSession.series).joinedload(DropInSeries.commune)
    )
    found = db.session.scalar(query.where(DropInBooking.key == key)) if key else None
    if found is None:
        raise NotFound
    return found


def get_line(session_id: int, booking_id: int) -> DropInBooking:
    """Somebody on the sheet of this session. Errors: NotFound."""
    found = db.session.get(DropInBooking, booking_id)
    if found is None or found.session_id != session_id:
        raise NotFound
    return found


def sheet_lines(session_id: int) -> Sequence[DropInBooking]:
    """Everybody of a session, by hour; those without appointment last."""
    return db.session.scalars(
        select(DropInBooking)
        .options(joinedload(DropInBooking.commune), joinedload(DropInBooking.record))
        .where(DropInBooking.session_id == session_id)
        .order_by(DropInBooking.slot_at.is_(None), DropInBooking.slot_at, DropInBooking.id)
    ).all()


@dataclass(frozen=True)
class DeskLine:
    """A session on the coach's page: how many are expected, how many have no status yet."""

    session: DropInSession
    expected: int
    unset: int


def desk(organisation_ids: frozenset[int], at: datetime) -> tuple[list[DeskLine], list[DeskLine]]:
    """(coming, past with people whose status nobody wrote) of some organisations; two statements."""
    sessions = db.session.scalars(
        select(DropInSession)
        .join(DropInSession.series)
        .options(contains_eager(DropInSession.series).joinedload(DropInSeries.commune))
        .where(
            DropInSeries.organisation_id.in_(organisation_ids),
            DropInSession.cancelled_at.is_(None),
            DropInSession.ends_at > at - timedelta(days=60),
            DropInSession.starts_at < at + timedelta(days=28),
        )
        .order_by(DropInSession.starts_at, DropInSession.id)
    ).all()
    rows = db.session.execute(
        select(DropInBooking.session_id, func.count())
        .where(DropInBooking.session_id.in_([s.id for s in sessions]), DropInBooking.status == Status.BOOKED)
        .group_by(DropInBooking.session_id)
    )
    booked = {row[0]: int(row[1]) for row in rows}
    lines = [DeskLine(s, booked.get(s.id, 0), booked.get(s.id, 0) if s.ends_at <= at else 0) for s in sessions]
    return [x for x in lines if x.session.ends_at > at], [x for x in lines if x.unset]


def series_of(organisation_ids: frozenset[int]) -> Sequence[DropInSeries]:
    """Every series of some organisations, by town."""
    query = select(DropInSeries).join(DropInSeries.commune).options(contains_eager(DropInSeries.commune))
    return db.session.scalars(
        query.where(DropInSeries.organisation_id.in_(organisation_ids)).order_by(Territory.search_name)
    ).all()


def feed_version(user_id: int) -> int:
    """The version that a coach's calendar address must hold; 0 when none was asked for yet."""
    found = db.session.get(CoachFeed, user_id)
    return found.version if found else 0


def lines_for_feed(organisation_ids: frozenset[int], at: datetime) -> Sequence[DropInBooking]:
    """Expected people of some organisations from the last month on, for a private calendar."""
    return db.session.scalars(
        select(DropInBooking)
        .join(DropInBooking.session)
        .join(DropInSession.series)
        .options(
            contains_eager(DropInBooking.session).contains_eager(DropInSession.series).joinedload(DropInSeries.commune)
        )
        .where(
            DropInSeries.organisation_id.in_(organisation_ids),
            DropInBooking.slot_at.is_not(None),
            DropInBooking.status == Status.BOOKED,
            DropInSession.ends_at > at - timedelta(days=30),
            DropInBooking.erased_at.is_(None),
        )
        .order_by(DropInBooking.slot_at, DropInBooking.id)
        .limit(2_000)
    ).all()


def sessions_for_feed(organisation_ids: frozenset[int], at: datetime) -> Sequence[DropInSession]:
    """The coming sessions of some organisations, cancelled ones too, so that calendars learn it."""
    return db.session.scalars(
        select(DropInSession)
        .join(DropInSession.series)
        .options(contains_eager(DropInSession.series).joinedload(DropInSeries.commune))
        .where(DropInSeries.organisation_id.in_(organisation_ids), DropInSession.ends_at > at - timedelta(days=30))
        .order_by(DropInSession.starts_at, DropInSession.id)
        .limit(1_000)
    ).all()
