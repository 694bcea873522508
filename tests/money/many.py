"""Thousands of promises due at once, the worker killed again and again: `python -m tests.money.many --count 10000`

Prints how long it took, at what pace the fake was asked, and what the worker held in memory; ends with 1
when a promise was charged twice or not at all, the pace was passed, or less than four fifths of it were used.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from flask import Flask

from app import create_app
from app.core.database import db, enable_migrations
from app.pledges.rules import PledgeState
from config import Settings
from tests.conftest import build_schema
from tests.fake_stripe.process import FakeStripe, start_fake_stripe
from tests.support.due import due_pledges, states
from tests.support.mailbox import Mailbox
from tests.support.many import Calls, Worker, environment_of
from tests.support.places import quick_folder
from tests.support.ports import free_port
from tests.support.postgres import start_cluster

PATIENCE_SECONDS = 240.0
LOOK_EVERY_SECONDS = 0.25
LEAST_SHARE, MOST_SHARE = 0.80, 1.03  # of the pace; a stalled machine may bunch a few calls within ten seconds
PAUSE_SECONDS, SETTLED_SECONDS = 2.0, 10.0
MIB = 1024 * 1024
MOST_MIB, MOST_GROWTH = 200, 1.10


def until_paid(app: Flask, count: int, *workers: Worker, patience: float = PATIENCE_SECONDS) -> None:
    """Wait until so many are paid. Errors: AssertionError when a worker dies or it takes too long."""
    until = time.monotonic() + patience
    while True:
        with app.app_context():
            found = states()
        if found[PledgeState.PAID] >= count:
            return
        assert all(worker.is_alive for worker in workers), f"a worker has ended by itself: {found}"
        assert time.monotonic() < until, f"not paid in time: {found}"
        time.sleep(LOOK_EVERY_SECONDS)


@dataclass
class Place:
    """An installation of its own: database, fake Stripe, mail box."""

    app: Flask
    settings: Settings
    stripe: FakeStripe
    folder: Path


@contextlib.contextmanager
def place(*, on_postgresql: bool) -> Iterator[Place]:
    folder = quick_folder()
    with contextlib.ExitStack() as ends:
        ends.callback(shutil.rmtree, folder, ignore_errors=True)
        url = f"sqlite:///{folder}/many.sqlite"
        if on_postgresql:
            cluster = start_cluster()
            ends.callback(cluster.stop)
            url = cluster.url
        stripe = start_fake_stripe(folder)
        ends.callback(stripe.stop)
        given = {
            "APP_ENV": "test", "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnop", "DATABASE_URL": url,
            "STRIPE_SECRET_KEY": stripe.key, "STRIPE_API_BASE": stripe.url, "STORAGE_URL": f"file://{folder}/files",
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(free_port()), "ARGON2_CHEAP": "1", "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        settings = Settings.from_env(given)
        app = create_app(settings)
        enable_migrations(app)
        with app.app_context():
            build_schema()
        assert app.test_cli_runner().invoke(args=["network", "load"]).exit_code == 0
        mailbox = Mailbox(settings.smtp_port)
        mailbox.start()
        ends.callback(mailbox.stop)
        yield Place(app, settings, stripe, folder)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.money.many", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--campaigns", type=int, default=20)
    parser.add_argument("--per-second", type=int, default=40, help="the pace set (default: 40)")
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--restart-every", type=float, default=60.0, help="seconds; killed and stopped in turn")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args()
    with place(on_postgresql=asked.database == "postgresql") as here:
        return 0 if run(here, asked) else 1


def run(here: Place, asked: argparse.Namespace) -> bool:
    """True when everything holds."""
    with here.app.app_context():
        due_pledges(here.stripe.url, asked.count, campaigns=asked.campaigns)
    environment = environment_of(
        here.settings, stripe_calls_per_second=asked.per_second, stripe_calls_in_flight=asked.in_flight
    )
    began, lives, memory = time.monotonic(), 0, Memory()
    paid, is_done = 0, False
    while not is_done:
        lives, paid_before = lives + 1, paid
        memory.begin_life()
        with Worker(environment, here.folder / "worker.log") as worker:
            ends_at = time.monotonic() + asked.restart_every
            while not is_done and time.monotonic() < ends_at:
                time.sleep(LOOK_EVERY_SECONDS)
                assert worker.is_alive, (here.folder / "worker.log").read_text()[-2000:]
                with here.app.app_context():
                    paid = states()[PledgeState.PAID]
                memory.note(worker.memory_bytes(), has_begun=paid > paid_before)
                is_done = paid >= asked.count
            worker.end(signal.SIGKILL if lives % 2 and not is_done else signal.SIGTERM)
    return _report(here, asked, lives, memory, time.monotonic() - began)


class Memory:
    """What a worker holds, in bytes: the most ever, and how much it grew while it worked.

    A worker that is still loading its libraries does not work yet: on a busy machine that takes half a minute.
    """

    def __init__(self) -> None:
        self.most, self.growth = 0, 1.0
        self._life: list[int] = []

    def begin_life(self) -> None:
        self._life = []

    def note(self, held: int, *, has_begun: bool) -> None:
        self.most = max(self.most, held)
        if has_begun:
            self._life.append(held)
        a_quarter = len(self._life) // 4
        if a_quarter * LOOK_EVERY_SECONDS >= SETTLED_SECONDS:
            self.growth = max(self.growth, held / self._life[a_quarter])


def share_of_pace(calls: Calls, per_second: int) -> float:
    """How much of the pace was used while there was something to ask: pauses (a worker that starts, a lease that
    must end first) are not counted."""
    pauses = [later - at for at, later in pairwise(calls.at) if later - at > PAUSE_SECONDS]
    return (len(calls.at) - 1 - len(pauses)) / (calls.seconds - sum(pauses)) / per_second


def _report(here: Place, asked: argparse.Namespace, lives: int, memory: Memory, seconds: float) -> bool:
    state = here.stripe.control("state")
    charged = [one["metadata"]["pledge"] for one in state["charges"] if one["status"] == "succeeded"]
    calls = Calls.of(here.stripe.control("orders")["orders"])
    share, most = share_of_pace(calls, asked.per_second), calls.most_in(10.0) / 10 / asked.per_second
    check = here.app.test_cli_runner().invoke(args=["payments", "check", "--all"])
    troubles = [word for word in ("database is locked", "deadlock") if word in (here.folder / "worker.log").read_text()]
    lines = {
        f"{asked.count} promises due at once, {asked.database}, worker lives": (lives, True),
        "charged": (len(charged), len(charged) == asked.count),
        "charged twice": (len(charged) - len(set(charged)), len(charged) == len(set(charged))),
        "calls to Stripe, created + confirmed": (calls.created + calls.confirmed, True),
        "seconds, restarts included": (round(seconds), True),
        f"share used of {asked.per_second} calls a second (at least {LEAST_SHARE})": (
            f"{share:.2f}",
            share >= LEAST_SHARE,
        ),
        f"most in ten seconds, share of the pace (at most {MOST_SHARE})": (f"{most:.3f}", most <= MOST_SHARE),
        f"memory of the worker, MiB (at most {MOST_MIB})": (memory.most // MIB, memory.most <= MOST_MIB * MIB),
        f"growth while it works (at most {MOST_GROWTH})": (f"{memory.growth:.2f}", memory.growth <= MOST_GROWTH),
        "books equal": (check.exit_code == 0, check.exit_code == 0),
        "locked or deadlocked": (", ".join(troubles) or "never", not troubles),
    }
    for name, (value, is_good) in lines.items():
        sys.stdout.write(f"{'✓' if is_good else '✗'} {name:<66} {value}\n")
    return all(is_good for _value, is_good in lines.values())


if __name__ == "__main__":
    sys.exit(main())
