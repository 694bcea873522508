"""Hundreds of promises due at once, a worker that is killed, stopped and started: each is charged once."""

from __future__ import annotations

import signal
from pathlib import Path

from sqlalchemy import func, select

from app.core.database import db
from app.payments.models import StripeOperation
from app.payments.rules import OperationState
from app.pledges.rules import PledgeState
from config import Settings
from tests.money.many import until_paid
from tests.support.due import due_pledges, states
from tests.support.many import Calls, Worker, environment_of
from tests.support.scene import Scene

COUNT, PER_SECOND, IN_FLIGHT = 300, 100, 16


def under_way(scene: Scene) -> int:
    """Calls that somebody has begun and not ended."""
    with scene.app.app_context():
        sent = StripeOperation.state == OperationState.SENT
        return db.session.scalar(select(func.count()).where(sent)) or 0


def test_case_57_hundreds_due_at_once_while_the_worker_is_killed_and_restarted(
    scene: Scene, settings: Settings, tmp_path: Path
) -> None:
    with scene.app.app_context():
        due_pledges(scene.stripe.url, COUNT, campaigns=3)
    environment = environment_of(settings, stripe_calls_per_second=PER_SECOND, stripe_calls_in_flight=IN_FLIGHT)
    log = tmp_path / "worker.log"
    with Worker(environment, log) as worker:
        until_paid(scene.app, COUNT // 5, worker)
        worker.end(signal.SIGKILL)
    lost = under_way(scene)
    assert lost <= IN_FLIGHT, "no more than were in the air"
    scene.travel(seconds=61)  # what the dead one held is free again
    with Worker(environment, log) as worker:
        until_paid(scene.app, COUNT // 2, worker)
        assert worker.end(signal.SIGTERM) == 0
    assert under_way(scene) == 0, "told to stop, it waits for the answers and writes them down"
    scene.travel(seconds=61)
    with Worker(environment, log) as worker:
        until_paid(scene.app, COUNT, worker)
        assert worker.end(signal.SIGTERM) == 0
    with scene.app.app_context():
        assert states() == {PledgeState.PAID: COUNT}
    charged = [one["metadata"]["pledge"] for one in scene.charges()]
    assert len(charged) == len(set(charged)) == COUNT
    calls = Calls.of(scene.stripe.control("orders")["orders"])
    assert calls.created + calls.confirmed <= 2 * COUNT + 2 * lost, "nothing was asked twice without need"
    assert calls.most_in(2.0) <= 2 * PER_SECOND * 1.2
    checked = scene.check()
    assert checked.exit_code == 0, checked.output
    assert "database is locked" not in log.read_text()
    assert "deadlock" not in log.read_text()


def test_what_is_asked_by_two_workers_at_once_is_asked_once(scene: Scene, settings: Settings, tmp_path: Path) -> None:
    count = 60
    with scene.app.app_context():
        due_pledges(scene.stripe.url, count, campaigns=2)
    environment = environment_of(settings, stripe_calls_in_flight=8)
    log = tmp_path / "workers.log"
    with Worker(environment, log) as first, Worker(environment, log) as second:
        until_paid(scene.app, count, first, second)
        assert first.end() == second.end() == 0
    calls = Calls.of(scene.stripe.control("orders")["orders"])
    assert (calls.created, calls.confirmed) == (count, count), "the lease of a promise and of a call is one worker's"
    assert len(scene.charges()) == count
    assert "database is locked" not in log.read_text()
    assert "deadlock" not in log.read_text()
