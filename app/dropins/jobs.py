"""Runs: plan the coming weeks, remind the day before, erase what is old."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.database import db, transaction
from app.dropins import booking_services, mails, services
from app.dropins.models import DropInBooking, DropInSeries
from app.dropins.rules import Status
from app.network.models import Organisation


def plan_ahead() -> int:
    """Add the sessions that miss, series by series; how many were added."""
    today, added = clock.paris_day(clock.now()).date(), 0
    query = select(DropInSeries.id).join(DropInSeries.organisation).where(Organisation.is_active)
    ids = db.session.scalars(query.order_by(DropInSeries.id)).all()
    db.session.rollback()
    for key in ids:
        with transaction():
            series = db.session.scalars(
                select(DropInSeries).where(DropInSeries.id == key).with_for_update()
            ).one_or_none()
            added += services.plan(series, today) if series else 0
    return added


def remind() -> int:
    """A mail the day before, once a booking; not to whom booked a few hours ago. How many people."""
    at = clock.now()
    with transaction():
        bookings = _due(at)
        for booking in bookings:
            mails.remind(booking, booking.session, at=at)
            booking.reminded_at = at
    return len(bookings)


def _due(at: datetime) -> list[DropInBooking]:
    tomorrow = clock.end_of_paris_day(at, days_later=1)
    return list(
        db.session.scalars(
            select(DropInBooking)
            .where(
                DropInBooking.status == Status.BOOKED,
                DropInBooking.email != "",
                DropInBooking.reminded_at.is_(None),
                DropInBooking.slot_at > clock.end_of_paris_day(at),
                DropInBooking.slot_at <= tomorrow,
                DropInBooking.booked_at < at - timedelta(hours=12),
            )
            .order_by(DropInBooking.id)
            .limit(200)
        )
    )


def erase_old() -> int:
    with transaction():
        return booking_services.erase_old(at=clock.now())
