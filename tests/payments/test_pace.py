"""Never above the set pace, half of it when Stripe asks for it, and back little by little."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from flask import Flask

from app import create_app
from app.payments.client import Pace, pace
from app.payments.gateway import Gateway
from config import Settings
from tests.payments.conftest import Feature


class Wire:
    """Sends nothing: answers what it is told to, and remembers when it was asked."""

    def __init__(self, status: int = 200, body: bytes = b"{}"):
        self.status, self.body = status, body
        self.asked: list[float] = []

    def request(self, *_given: object, **_named: object) -> tuple[bytes, int, dict[str, str]]:
        self.asked.append(time.monotonic())
        return self.body, self.status, {}


class Hand:
    """A clock that is moved by hand."""

    at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_calls_of_many_threads_are_spaced_as_one() -> None:
    pace, wire = Pace(200), Wire()
    pace.keep(wire)

    def some() -> None:
        for _ in range(10):
            wire.request("post", "/")

    threads = [threading.Thread(target=some) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = sorted(wire.asked)
    assert len(asked) == 80
    assert (len(asked) - 1) / (asked[-1] - asked[0]) <= 200 * 1.05


def test_no_limit_waits_for_nothing_and_has_room() -> None:
    pace, wire = Pace(0), Wire()
    pace.keep(wire)
    for _ in range(100):
        wire.request()
    pace.slow_down()
    assert (pace.per_second(), pace.room()) == (0, 1_000)


def test_a_429_halves_the_pace_once_for_calls_refused_together_and_it_grows_back() -> None:
    clock = Hand()
    pace = Pace(10, clock)
    for _ in range(5):
        pace.slow_down()
    assert pace.per_second() == 5
    clock.at += 2
    pace.slow_down()
    assert pace.per_second() == pytest.approx(2.67, abs=0.01)
    seen = []
    for _ in range(6):
        clock.at += 10
        seen.append(pace.per_second())
    assert all(later > earlier or later == 10 for earlier, later in pairwise(seen))
    assert seen[-1] == 10


def test_it_never_stops_altogether() -> None:
    clock = Hand()
    pace = Pace(10, clock)
    for _ in range(20):
        clock.at += 1.5
        pace.slow_down()
    assert 0.5 <= pace.per_second() < 2


def test_nobody_takes_more_than_may_begin_within_a_second() -> None:
    clock = Hand()
    pace = Pace(10, clock)
    assert pace.room() == 10
    pace.slow_down()
    assert pace.room() == 5


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (429, b'{"error": {"code": "rate_limit"}}', 50),
        (429, b'{"error": {"code": "lock_timeout"}}', 100),  # one object is busy: the others go on
        (409, b'{"error": {"code": "lock_timeout"}}', 100),
        (500, b"", 100),
        (200, b"{}", 100),
    ],
)
def test_only_a_real_slow_down_slows_everybody(status: int, body: bytes, expected: float) -> None:
    pace, wire = Pace(100), Wire(status, body)
    pace.keep(wire).request("post", "/v1/payment_intents")
    assert pace.per_second() == pytest.approx(expected, abs=2)


class Counted(Pace):
    turns = 0

    def wait(self) -> None:
        self.turns += 1


def test_what_the_library_repeats_keeps_the_pace_too(feature: Feature) -> None:
    counted = Counted(10)
    own = Gateway(feature.stripe.key, feature.stripe.url, counted)
    feature.fault("/v1/account", "status", method="GET", status=503, times=1)
    own.own_account()
    assert counted.turns == 2, "asked, refused, asked again"


def test_the_process_has_one_pace_from_its_settings(settings: Settings) -> None:
    app: Flask = create_app(replace(settings, stripe_calls_per_second=7))
    with app.app_context():
        assert pace() is pace()
        assert pace().per_second() == 7
