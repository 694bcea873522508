"""Collecting ten thousand promises at once: how near to the ideal, how large in memory, never above the set pace."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask

from app import create_app
from app.core.database import db
from app.core.garbage import settle
from app.pledges.rules import PledgeState
from app.settlement.collect_jobs import collect_due
from bench.registry import Figure, Ground, measure
from fake_stripe import shopper
from tests.fake_stripe.process import FakeStripe
from tests.money.many import place
from tests.support.due import due_pledges, states
from tests.support.many import Calls

COUNT, CALL_SECONDS, IN_FLIGHT = 10_000, 0.4, 32
PACED_COUNT, PER_SECOND = 1_000, 50
CAMPAIGNS = 20
MIB = 1024 * 1024


@measure("collect", goals="9", is_slow=True)
def collect(_ground: Ground) -> Iterator[Figure]:
    """One process; the fake Stripe answers each call after 400 ms, many at once."""
    with _due(COUNT, IN_FLIGHT) as (app, stripe):
        slow(stripe)
        early, seconds, late = _collect(app, COUNT)
    ideal = 2 * COUNT * CALL_SECONDS / IN_FLIGHT
    note = f"{seconds:.0f} s for {COUNT} promises"
    what = f"collecting, {IN_FLIGHT} calls of 400 ms in flight: ideal / wall"
    yield Figure("9", what, ideal / seconds, "×", note=note, at_least=0.80)
    note = f"{late / MIB:.0f} MiB at the end"
    yield Figure("9", "memory at the end / after a tenth", late / early, "×", 1.05, note)
    with _due(PACED_COUNT, 8, PER_SECOND) as (app, stripe):
        _collect(app, PACED_COUNT)
        calls = Calls.of(stripe.control("orders")["orders"])
    yield Figure("9", "most calls within ten seconds / the set pace", calls.most_in(10) / 10 / PER_SECOND, "×", 1.03)
    share = (len(calls.at) - 1) / calls.seconds / PER_SECOND
    yield Figure("9", f"share used of {PER_SECOND} calls a second", share, "×", at_least=0.80)


@contextmanager
def _due(count: int, in_flight: int, per_second: int = 0) -> Iterator[tuple[Flask, FakeStripe]]:
    with place(on_postgresql=False) as here:
        paced = replace(here.settings, stripe_calls_in_flight=in_flight, stripe_calls_per_second=per_second)
        app = create_app(paced)
        with app.app_context():
            due_pledges(here.stripe.url, count, campaigns=CAMPAIGNS)
        yield app, here.stripe
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def slow(stripe: FakeStripe) -> None:
    rule = {"path": "/v1/payment_intents*", "action": "delay", "seconds": CALL_SECONDS, "times": 0}
    shopper.request("POST", f"{stripe.url}/_control/faults", json.dumps(rule).encode(), "application/json")


def _collect(app: Flask, count: int) -> tuple[int, float, int]:
    """(bytes after a tenth, seconds, bytes at the end) of this process."""
    settle()  # as wsgi.py does when a worker has started
    early, began = 0, time.perf_counter()
    with app.app_context():
        while (paid := states()[PledgeState.PAID]) < count:
            if not early and paid >= count // 10:
                early = _memory()
            collect_due()
    return early or _memory(), time.perf_counter() - began, _memory()


def _memory() -> int:
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    return next(int(words[1]) * 1024 for words in lines if words[0] == "VmRSS:")
