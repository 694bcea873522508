"""Limits on tries: counted across processes, forgotten in time, without anybody's address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.core import limits
from app.core.database import db
from app.core.errors import TooManyTries
from app.core.limits import LIMITS, Limit, LimitHit


@pytest.fixture
def three_an_hour(ctx, monkeypatch):
    monkeypatch.setitem(LIMITS, "test", Limit(3, 3600))


def tries():
    return db.session.scalar(select(func.count()).select_from(LimitHit))


def test_one_too_many_is_refused_and_told_when_to_come_back(three_an_hour):
    for _ in range(3):
        limits.check("test", "a")
        limits.hit("test", "a")
    with pytest.raises(TooManyTries) as refusal:
        limits.check("test", "a")
    assert 3590 <= refusal.value.retry_after_seconds <= 3600


def test_keys_do_not_disturb_each_other(three_an_hour):
    for _ in range(3):
        limits.hit("test", "a", "b")
    limits.check("test", "ab")
    limits.check("test", "b", "a")
    limits.check("test", "a")


def test_tries_are_forgotten_one_by_one(three_an_hour):
    for _ in range(3):
        limits.hit("test", "a")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=3601)):
        limits.check("test", "a")


def test_a_success_gives_them_back(three_an_hour):
    for _ in range(3):
        limits.hit("test", "a")
    limits.hit("test", "other")
    limits.give_back("test", "a")
    limits.check("test", "a")
    assert tries() == 1


def test_one_try_can_be_given_back_alone(three_an_hour):
    for _ in range(3):
        limits.hit("test", "a")
    limits.give_back_one("test", "a")
    limits.check("test", "a")
    assert tries() == 2


def test_old_tries_leave_the_table(three_an_hour):
    limits.hit("test", "a")
    assert limits.forget_old() == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, seconds=1)):
        assert limits.forget_old() == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("a socket", "unknown"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
    ],
)
def test_a_town_hall_is_one_network(app, address, network):
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert limits.network() == network


def test_every_rule_lets_an_honest_person_try_several_times():
    assert all(limit.times >= 5 and limit.seconds >= 60 for limit in LIMITS.values())
