"""The one clock: aware UTC, moved only forwards and only with the fake Stripe, Paris days with their seams."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from app import create_app
from app.core import clock
from app.core.clock import ClockOffset, ClockRefused
from app.core.database import db, transaction
from app.core.jobs import WorkerBeat


def test_the_clock_is_aware_and_utc(ctx):
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - clock.real_now()) < timedelta(seconds=5)


def test_the_clock_moves_forward_and_only_forward(ctx):
    with transaction():
        clock.set_offset(3600)
    assert timedelta(minutes=59) < clock.now() - clock.real_now() < timedelta(minutes=61)
    with pytest.raises(ClockRefused), transaction():
        clock.set_offset(3599)
    assert clock.offset_seconds() == 3600


def test_a_demo_may_begin_in_the_past(ctx):
    with transaction():
        clock.set_offset(-86_400)
    assert clock.now() < clock.real_now()


def test_there_is_one_offset(ctx):
    with transaction():
        clock.set_offset(1)
    with pytest.raises(IntegrityError), transaction():
        db.session.add(ClockOffset(id=2, seconds=5))


def test_with_a_real_key_the_clock_is_the_systems(settings, ctx):
    real = create_app(
        dataclasses.replace(settings, stripe_secret_key="sk_test_x", stripe_api_base="https://api.stripe.com")
    )
    with transaction():
        clock.set_offset(86_400)
    with real.app_context():
        assert clock.offset_seconds() == 0
        with pytest.raises(ClockRefused):
            clock.set_offset(172_800)


@pytest.mark.parametrize(
    ("at", "days", "end"),
    [
        ("2027-01-10T12:00", 0, "2027-01-10T22:59:59"),  # winter: Paris is one hour ahead
        ("2027-07-10T12:00", 0, "2027-07-10T21:59:59"),  # summer: two
        ("2027-01-10T23:30", 0, "2027-01-11T22:59:59"),  # already tomorrow in Paris
        ("2027-03-27T12:00", 1, "2027-03-28T21:59:59"),  # across the spring seam
        ("2027-10-30T12:00", 1, "2027-10-31T22:59:59"),  # across the autumn seam
        ("2028-02-28T12:00", 1, "2028-02-29T22:59:59"),  # a leap day
        ("2026-12-31T12:00", 30, "2027-01-30T22:59:59"),
    ],
)
def test_a_campaign_ends_at_the_last_second_of_a_paris_day(at, days, end):
    begin = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert clock.end_of_paris_day(begin, days_later=days) == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_a_naive_time_never_reaches_the_database(ctx):
    naive = datetime(2027, 1, 1)  # noqa: DTZ001  # what must be refused
    db.session.add(WorkerBeat(name="x", at=naive))
    with pytest.raises(StatementError, match="naive"):
        db.session.flush()
