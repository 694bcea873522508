"""Verbs about series and sessions: draw, plan ahead, move, cancel, add. The caller commits."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from app.core import clock
from app.core.database import db
from app.core.journal import record
from app.core.text import slugify
from app.dropins import mails
from app.dropins.errors import DayTaken, HoursWrong, ReasonMissing, SessionCancelled, SessionOver, SlugTaken
from app.dropins.models import DropInBooking, DropInSeries, DropInSession
from app.dropins.rules import WEEKS_AHEAD, Mode, Status, days_of, instant
from app.network.errors import OverwriteRefused
from app.network.models import Organisation, Programme
from app.network.rules import USUAL_PROGRAMME

FIRST = Path(__file__).parent / "data" / "permanences.json"
USUAL = {"starts_min": 9 * 60, "ends_min": 17 * 60, "slot_min": 45, "seats": 1, "kept_free": 2}


def load_first() -> int:
    """The series of the start, each once: those that exist are people's to change. How many there are now."""
    known = set(db.session.scalars(select(DropInSeries.slug)))
    organisations = {o.slug: o.id for o in db.session.scalars(select(Organisation))}
    programme = db.session.scalars(select(Programme).where(Programme.code == USUAL_PROGRAMME)).one()
    lines = json.loads(FIRST.read_text("utf-8"))["series"]
    for line in lines:
        if line["slug"] not in known and line["organisation"] in organisations:
            db.session.add(
                DropInSeries(
                    slug=line["slug"], organisation_id=organisations[line["organisation"]], programme_id=programme.id,
                    commune_code=line["commune"], weekdays=line["weekdays"], modes=[m.value for m in Mode],
                    to_confirm=True, **USUAL,
                )
            )  # fmt: skip
    db.session.flush()
    return len(db.session.scalars(select(DropInSeries.id)).all())


def create_series(*, organisation: Organisation, town: str, by: int, at: datetime, **about: Any) -> DropInSeries:
    """A new series, with its first sessions. Errors: HoursWrong, SlugTaken (a second one in a town is named)."""
    _check_hours(about["starts_min"], about["ends_min"], about["slot_min"])
    slug = slugify(about.get("place") or town, 80)
    if db.session.scalar(select(DropInSeries.id).where(DropInSeries.slug == slug)) is not None:
        raise SlugTaken
    series = DropInSeries(slug=slug, organisation_id=organisation.id, **about)
    db.session.add(series)
    record("dropin.series_created", on=series, by=by, at=at, organisation=organisation.id)
    plan(series, clock.paris_day(at).date())
    return series


def change_series(series: DropInSeries, *, version: int, by: int, at: datetime, **about: Any) -> None:
    """Save what was edited from `version`. Coming sessions that nobody booked are planned anew.

    Errors: OverwriteRefused, HoursWrong.
    """
    if series.version != version:
        raise OverwriteRefused
    _check_hours(about["starts_min"], about["ends_min"], about["slot_min"])
    for name, value in about.items():
        setattr(series, name, value)
    record("dropin.series_changed", on=series, by=by, at=at)
    booked = select(DropInBooking.session_id)
    db.session.execute(
        delete(DropInSession).where(
            DropInSession.series_id == series.id, DropInSession.starts_at > at, DropInSession.id.not_in(booked),
            DropInSession.cancelled_at.is_(None), DropInSession.moved_at.is_(None), DropInSession.is_extra.is_(False),
        )
    )  # fmt: skip
    plan(series, clock.paris_day(at).date())


def _check_hours(starts_min: int, ends_min: int, slot_min: int) -> None:
    if not 0 <= starts_min < ends_min <= 24 * 60 or ends_min - starts_min < slot_min:
        raise HoursWrong


def plan(series: DropInSeries, today: date) -> int:
    """Add the sessions that miss in the coming weeks; public holidays are left out. How many were added."""
    first = max(today, series.first_on or today)
    last = min(today + timedelta(weeks=WEEKS_AHEAD), series.last_on or date.max)
    if last < first:
        return 0
    known = set(db.session.scalars(select(DropInSession.planned_on).where(DropInSession.series_id == series.id)))
    missing = [day for day in days_of(series.weekdays, first, last) if day not in known]
    db.session.add_all(_session(series, day, series.starts_min, series.ends_min) for day in missing)
    db.session.flush()
    return len(missing)


def _session(series: DropInSeries, day: date, starts_min: int, ends_min: int, **more: Any) -> DropInSession:
    return DropInSession(
        series_id=series.id, planned_on=day, starts_at=instant(day, starts_min), ends_at=instant(day, ends_min),
        slot_min=series.slot_min, seats=series.seats, kept_free=series.kept_free, **more,
    )  # fmt: skip


def add_session(
    series: DropInSeries, day: date, starts_min: int, ends_min: int, *, by: int, at: datetime
) -> DropInSession:
    """One more date. Errors: HoursWrong, SessionOver, DayTaken."""
    _check_hours(starts_min, ends_min, series.slot_min)
    if instant(day, ends_min) <= at:
        raise SessionOver
    twin = select(DropInSession.id).where(DropInSession.series_id == series.id, DropInSession.planned_on == day)
    if db.session.scalar(twin) is not None:
        raise DayTaken
    session = _session(series, day, starts_min, ends_min, is_extra=True)
    db.session.add(session)
    record("dropin.session_added", on=session, by=by, at=at, series=series.id)
    return session


def lock_session(session_id: int) -> DropInSession:
    """The row as it is now, held until the commit."""
    query = select(DropInSession).where(DropInSession.id == session_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def cancel_session(session: DropInSession, *, reason: str, by: int, at: datetime) -> int:
    """It does not take place; everybody booked is told why. How many were booked.

    Errors: ReasonMissing, SessionCancelled, SessionOver.
    """
    if not reason:
        raise ReasonMissing
    _check_coming(session, at)
    session.cancelled_at, session.cancel_reason = at, reason
    booked = _booked(session)
    for booking in booked:
        booking.status, booking.status_at = Status.CANCELLED_BY_US, at
        mails.tell_cancelled(booking, session, at=at)
    record("dropin.session_cancelled", on=session, by=by, at=at, booked=len(booked))
    return len(booked)


def move_session(session: DropInSession, day: date, starts_min: int, *, by: int, at: datetime) -> int:
    """Another day or hour, as long as before; each booking moves along and is told. How many were booked.

    Errors: SessionCancelled, SessionOver (before or after the move).
    """
    _check_coming(session, at)
    starts_at = instant(day, starts_min)
    if starts_at <= at:
        raise SessionOver
    shift = starts_at - session.starts_at
    session.starts_at, session.ends_at, session.moved_at = starts_at, session.ends_at + shift, at
    booked = _booked(session)
    # The database checks the seats row by row: all leave their hours before any takes a new one.
    hours = {booking.id: booking.slot_at for booking in booked}
    for booking in booked:
        booking.slot_at = None
    db.session.flush()
    for booking in booked:
        before = hours[booking.id]
        booking.slot_at, booking.reminded_at = (before + shift if before else None), None
        mails.tell_moved(booking, session, at=at)
    record("dropin.session_moved", on=session, by=by, at=at, booked=len(booked))
    return len(booked)


def _check_coming(session: DropInSession, at: datetime) -> None:
    if session.cancelled_at is not None:
        raise SessionCancelled
    if session.ends_at <= at:
        raise SessionOver


def _booked(session: DropInSession) -> list[DropInBooking]:
    query = select(DropInBooking).where(DropInBooking.session_id == session.id, DropInBooking.status == Status.BOOKED)
    return list(db.session.scalars(query.order_by(DropInBooking.id)))
