"""A small platform and its Stripes, put back in milliseconds: each example begins in one of a few kept moments."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import flask_migrate
from flask import Flask
from sqlalchemy.orm import close_all_sessions

from app import create_app
from app.core import clock
from app.core.clock import ClockOffset
from app.core.database import db, enable_migrations, transaction
from app.core.errors import DomainError
from app.payments import environment
from app.payments.client import Pace
from app.payments.dispatch import registry
from app.payments.errors import GatewayRefused, GatewayUnavailable
from app.payments.gateway import API_VERSION, Gateway
from config import Settings
from fake_stripe import shopper
from tests.fake_stripe.process import FakeStripe, start_fake_stripe
from tests.money.machine.wire import LEASE_SECONDS, Crash, Fuse, Wire
from tests.support.databases import SqliteDatabase
from tests.support.places import quick_folder
from tests.support.quiet import money_jobs

DEAF = {"mail", "beat", "poll", "books", "old tries", "payees"}  # rung by name, or of no interest to money


@dataclass
class Moment:
    """A state of everything to begin from: the name of our copy, the Stripe that kept its own, and when."""

    name: str
    fake: FakeStripe
    kept_at: float
    offset_seconds: int


class World:
    """One a process. `begin(kind)` puts everything back; `act()` surrounds whatever a rule does."""

    def __init__(self) -> None:
        self.folder = quick_folder()
        (self.folder / "files").mkdir()
        self.database = SqliteDatabase(self.folder)
        self.settings = Settings.from_env(
            {
                "APP_ENV": "test",
                "PUBLIC_URL": "http://127.0.0.1:8000",
                "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnop",
                "DATABASE_URL": self.database.url,
                "STRIPE_SECRET_KEY": FakeStripe.key,
                "STRIPE_API_BASE": "http://127.0.0.1:9",
                "STRIPE_CALLS_IN_FLIGHT": "4",
                "STORAGE_URL": f"file://{self.folder / 'files'}",
                "ARGON2_CHEAP": "1",
                "LOG_LEVEL": os.environ.get("MACHINE_LOG", "CRITICAL"),
            }
        )
        self.app: Flask = create_app(self.settings)
        self.fuse = Fuse()
        self.wire = Wire(self.fuse, lambda: time.time() + self.offset_seconds)
        self.offset_seconds = 0
        self.moments: dict[str, Moment] = {}
        self.fakes: list[FakeStripe] = []
        self.fake: FakeStripe
        self._migrate()
        with self.app.app_context():
            self.fuse.hang(db.engine)
            self.jobs = {job.name: job.run for job in self.app.extensions["jobs"]}

    def _migrate(self) -> None:
        enable_migrations(self.app)
        with self.app.app_context():
            flask_migrate.upgrade()
        loaded = self.app.test_cli_runner().invoke(args=["network", "load"])
        assert loaded.exit_code == 0, loaded.output
        self._let_go()
        self.database.freeze()

    # -- moments ---------------------------------------------------------------------------------

    def make(self, name: str, tell: Callable[[World], None]) -> None:
        """A moment to begin examples from; `tell` leads there from an empty platform."""
        (self.folder / name).mkdir()
        self.fakes.append(start_fake_stripe(self.folder / name))
        self.fake = self.fakes[-1]
        self._let_go()
        self.database.renew()
        self._meet()
        self.offset_seconds = 0
        with self.app.app_context():
            environment.ensure()
            tell(self)
        self._let_go()
        self.database.keep(name)
        self.fake.control("keep", "POST")
        self.moments[name] = Moment(name, self.fake, time.time(), self.offset_seconds)

    def begin(self, name: str) -> None:
        """Everything as it was at the moment of that name, the simulated time included."""
        moment = self.moments[name]
        self.restart()
        self.fake = moment.fake
        self._let_go()
        self.database.go_back(name)
        self.fake.control("back", "POST")
        gone = int(time.time() - moment.kept_at)
        self.offset_seconds = moment.offset_seconds - gone
        self._meet()
        with self.app.app_context():
            with transaction():
                db.session.merge(ClockOffset(id=1, seconds=self.offset_seconds))
            clock.forget()
        self.fake.control("clock", offset_seconds=self.offset_seconds)
        self.wire.twice.clear()

    def _meet(self) -> None:
        """The app speaks to this Stripe, over the wire with the steps."""
        with self.app.app_context():
            kept = registry().kept
            kept.pop("account", None)
            kept["gateway"] = Gateway(FakeStripe.key, self.fake.url, Pace(0), self.wire)

    def _let_go(self) -> None:
        close_all_sessions()
        with self.app.app_context():
            db.engine.dispose()
        clock.forget()

    def restart(self) -> None:
        """A process that died begins anew: nothing is left of it but what was committed."""
        self.wire.meanwhile.clear()
        with self.app.app_context():
            pool = registry().kept.pop("seats", None)
            if pool is not None and self.fuse.is_dead:
                pool.shutdown(wait=True)
            elif pool is not None:
                registry().kept["seats"] = pool
            self.fuse.reset()
            with suppress(Exception):
                db.session.rollback()
            db.session.remove()

    # -- acting ----------------------------------------------------------------------------------

    @contextmanager
    def act(self) -> Iterator[None]:
        """A verb, page or job: it may be refused or find Stripe silent, it may die; nothing else may happen."""
        self.wire.is_excused = False
        with self.app.app_context():
            try:
                yield
            except (DomainError, GatewayUnavailable, GatewayRefused):
                pass
            except Crash:
                pass
            finally:
                self.wire.meanwhile.clear()
                if self.fuse.is_dead:
                    self.restart()
                self.fuse.reset()
                with suppress(Exception):
                    db.session.rollback()
                db.session.remove()

    def ring(self, *names: str) -> None:
        """Jobs, as the worker rings them; errors that the worker would only log are findings here."""
        for name in names:
            said = str(self.jobs[name]() or "")
            assert "failed" not in said, f"a job fails: {name}: {said}"
            db.session.remove()

    def ring_all(self) -> None:
        self.ring(*(job.name for job in money_jobs(self.app) if job.name not in DEAF))

    def alongside(self, act: Callable[[], None]) -> Callable[[], None]:
        """`act` as another process does it meanwhile: in a context and with a session of its own."""

        def run() -> None:
            with self.app.app_context():
                try:
                    act()
                except (DomainError, GatewayUnavailable, GatewayRefused):
                    db.session.rollback()
                finally:
                    db.session.remove()

        return run

    # -- time ------------------------------------------------------------------------------------

    def travel(self, **delta: float) -> None:
        """Our clock and Stripe's, forward together."""
        seconds = int(timedelta(**delta).total_seconds())
        self.offset_seconds += seconds
        self.wire.is_excused = self.wire.is_excused or seconds >= LEASE_SECONDS
        with transaction():
            clock.set_offset(self.offset_seconds)
        clock.forget()
        self.fake.control("clock", offset_seconds=self.offset_seconds)

    def travel_to(self, instant: datetime) -> None:
        left = (instant - clock.now()).total_seconds()
        if left > 0:
            self.travel(seconds=int(left) + 1)

    def harm(self, path: str, how: str, *, method: str = "POST", times: int = 1, **more: Any) -> None:
        """The next orders to `path` suffer; `how` is a word of `HARMS`."""
        rule = {"method": method, "path": path, "times": times, **HARMS[how], **more}
        url = f"{self.fake.url}/_control/faults"
        status, _, answer = shopper.request("POST", url, json.dumps(rule).encode(), "application/json")
        assert status == 200, answer

    def by_hand(self, path: str, **fields: object) -> None:
        """An order given in Stripe's own dashboard: without our marks; what Stripe refuses is not done."""
        headers = {"Authorization": f"Bearer {FakeStripe.key}", "Stripe-Version": API_VERSION,
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        connection = http.client.HTTPConnection(urlsplit(self.fake.url).netloc, timeout=20)
        with suppress(OSError, http.client.HTTPException):  # harm laid for us meets whoever comes first
            connection.request("POST", path, urlencode(fields), headers)
            connection.getresponse().read()
        connection.close()

    def heal(self) -> None:
        self.fake.control("faults", "DELETE")

    def close(self) -> None:
        self._let_go()
        for fake in self.fakes:
            fake.stop()
        self.wire.close()
        shopper.close()
        assert threading.active_count() >= 1
        shutil.rmtree(self.folder, ignore_errors=True)


HARMS: dict[str, dict[str, Any]] = {
    "lost_before": {"action": "drop", "phase": "before"},
    "lost_after": {"action": "drop", "phase": "after"},
    "half": {"action": "half", "phase": "after"},
    "html": {"action": "html", "phase": "after"},
    "409": {"action": "status", "status": 409, "phase": "before"},
    "429": {"action": "status", "status": 429, "phase": "before"},
    "500": {"action": "status", "status": 500, "phase": "before"},
    "500_after": {"action": "status", "status": 500, "phase": "after"},
    "sticky": {"action": "sticky", "phase": "before"},
    "sticky_after": {"action": "sticky", "phase": "after"},
}
