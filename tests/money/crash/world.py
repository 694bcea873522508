"""The platform of a run: database, fake Stripe, mail, and the children that are killed, on one simulated clock."""

from __future__ import annotations

import json
import random
import shutil
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import flask_migrate
import stripe
from sqlalchemy import select
from sqlalchemy.orm import close_all_sessions

from app import create_app
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, enable_migrations
from app.core.errors import DomainError
from app.payments import environment, gateway
from app.payments.client import pace
from app.payments.dispatch import registry
from config import Settings
from tests.fake_stripe.process import FakeStripe
from tests.money.crash.board import Board
from tests.money.crash.family import Family, ForkedFake
from tests.money.crash.stills import PostgresStills, SqliteStills, Stills, copy_file
from tests.support.mailbox import Mailbox
from tests.support.places import quick_folder
from tests.support.ports import free_port
from tests.support.postgres import Cluster, start_cluster
from tests.support.quiet import leave_pictures_out
from tests.support.scene import Scene

KILLED = -9
SETTLE_SECONDS = 5.0


@dataclass(frozen=True)
class Report:
    """How a child ended (0: well), what its jobs said in each round, the steps right after an answer of Stripe."""

    status: int
    said: list[dict[str, str]]
    answers: list[int]


class World:
    """`kind`: sqlite or postgresql. `plant`: the name of a protection to take away. Close it."""

    def __init__(self, kind: str, *, plant: str = "", seed: int = 1):
        self.kind, self.dice, self.lock = kind, random.Random(seed), threading.RLock()
        self.folder = quick_folder()
        self.cluster: Cluster | None = None
        self.stills = self._stills()
        self.web_port, smtp_port, stripe_port = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.web_port}"
        (self.folder / "files").mkdir()
        settings = {
            "APP_ENV": "test",
            "PUBLIC_URL": self.url,
            "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnop",
            "DATABASE_URL": self.stills.url,
            "STRIPE_SECRET_KEY": FakeStripe.key,
            "STRIPE_API_BASE": f"http://127.0.0.1:{stripe_port}",
            "STRIPE_WEBHOOK_SECRET_FILE": str(self.folder / "webhook-secret"),
            "STORAGE_URL": f"file://{self.folder / 'files'}",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(smtp_port),
            "ARGON2_CHEAP": "1",
            "LOG_LEVEL": "WARNING",
        }
        self.app = create_app(Settings.from_env(settings))
        leave_pictures_out(self.app)
        # Our own line to Stripe, for the calm: known, so that it can be closed.
        self._line = stripe.RequestsClient(timeout=gateway.TIMEOUT_SECONDS)
        with self.app.app_context():
            registry().kept["gateway"] = gateway.Gateway(
                FakeStripe.key, settings["STRIPE_API_BASE"], pace(), self._line
            )
        self._migrate()
        self.board = Board(self.folder / "board")
        self.log = self.folder / "log"
        self.family = Family(settings | {"CRASH_BOARD": str(self.folder / "board")}, self.log)
        self.fake = ForkedFake(self.family, self.folder / "stripe.sqlite", stripe_port)
        self.mailbox = Mailbox(smtp_port)
        self.mailbox.app = self.app
        self.mailbox.start()
        self.fake.restart()
        self.family.ask("warm", stripe_url=self.fake.url, smtp_port=smtp_port)
        if plant:
            self.family.ask("plant", name=plant)
        self.pids: dict[str, int] = {}
        self.renew()

    def _stills(self) -> Stills:
        if self.kind == "sqlite":
            return SqliteStills(self.folder)
        # A commit that was answered must survive the server's death: only the disk itself is trusted here.
        self.cluster = start_cluster(synchronous_commit="on")
        return PostgresStills(self.cluster.url)

    def _migrate(self) -> None:
        enable_migrations(self.app)
        with self.app.app_context():
            flask_migrate.upgrade()
        loaded = self.app.test_cli_runner().invoke(args=["network", "load"])
        assert loaded.exit_code == 0, loaded.output
        self._let_go()
        self.stills.keep("blank")

    # -- the state of everything -----------------------------------------------------------------

    def renew(self) -> None:
        """An empty platform and an empty Stripe."""
        self.stop_all()
        self._let_go()
        self.stills.bring_back("blank")
        self.calm()
        self.fake.control("reset", "POST")
        self.mailbox.clear()
        self.scene = Scene(self.app, self.fake, self.mailbox)

    def keep(self, name: str) -> None:
        """Remember both databases, ours and Stripe's."""
        self.stop_all()
        self.fake.kill()
        self._let_go()
        self.stills.keep(name)
        copy_file(self.fake.database, self.folder / f"stripe-{name}.sqlite")
        self.fake.restart()

    def bring_back(self, name: str) -> None:
        self.stop_all()
        self.fake.kill()
        self._let_go()
        self.stills.bring_back(name)
        copy_file(self.folder / f"stripe-{name}.sqlite", self.fake.database)
        self.fake.restart()

    def _let_go(self) -> None:
        """We hold no connection, and know nothing of before."""
        close_all_sessions()
        with self.app.app_context():
            db.engine.dispose()
            environment.forget()
        clock.forget()

    # -- the children ----------------------------------------------------------------------------

    def start(self, seat: str, burns_at: int = 0) -> None:
        """web, worker or second_worker; it dies by itself at step `burns_at` (0: never)."""
        seed = self.dice.randrange(10**9)
        if seat == "web":
            self.pids[seat] = self.family.fork("web", port=self.web_port, burns_at=burns_at, seed=seed)
        else:
            self.pids[seat] = self.family.fork("worker", seat=seat, burns_at=burns_at, seed=seed)

    def stop(self, seat: str) -> int:
        """kill -9; how it ended."""
        pid = self.pids.pop(seat, 0)
        return self.family.kill(pid) if pid else KILLED

    def stop_all(self) -> list[str]:
        """The seats that were taken."""
        with self.lock:
            seats = list(self.pids)
            for seat in seats:
                self.stop(seat)
            return seats

    def wait_for_web(self) -> None:
        until = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.web_port)) == 0:
                    return
            time.sleep(0.01)
        raise RuntimeError("the web child does not listen")

    def job(self, *names: str, rounds: int = 1, burns_at: int = 0) -> Report:
        """Ring some bells (none: all) in a child of its own."""
        place = self.folder / "report.json"
        place.write_text('{"said": [], "answers": []}', "utf-8")
        pid = self.family.fork("job", names=list(names), rounds=rounds, burns_at=burns_at, report=str(place))
        status = self.family.wait(pid)
        return Report(status, **json.loads(place.read_text("utf-8")))

    def let_pay_out(self) -> None:
        """What two people of the money desk must do before a transfer; where something is open, they wait."""
        with self.app.app_context():
            over = Campaign.state.in_((CampaignState.SUCCEEDED, CampaignState.SETTLED))
            slugs = db.session.scalars(select(Campaign.slug).where(over)).all()
        for slug in slugs:
            with suppress(DomainError):
                self.scene.approve_payout(slug)

    def restart_database(self) -> None:
        """PostgreSQL only: `pg_ctl -m immediate`, as if the power had gone."""
        assert self.cluster is not None
        self.cluster.restart_immediately()

    # -- time and weather --------------------------------------------------------------------------

    def weather(self, *, harmed_per_mille: int, doubled_per_mille: int) -> None:
        self.board["harmed_per_mille"], self.board["doubled_per_mille"] = harmed_per_mille, doubled_per_mille

    def calm(self) -> None:
        self.weather(harmed_per_mille=0, doubled_per_mille=0)

    def jump(self, **delta: float) -> list[str]:
        """The clock goes on while nobody is at work: a lease outlives any call that it covers, as in life.

        Returns the seats whose child was killed for it.
        """
        with self.lock:
            seats = self.stop_all()
            until = time.monotonic() + SETTLE_SECONDS
            while self.board["under_way"] > 0 and time.monotonic() < until:
                time.sleep(0.01)
            self.scene.travel(**delta)
            return seats

    def leave_at(self, place: Path) -> None:
        """Logs and databases, for whoever looks into a finding."""
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.folder, place, ignore=shutil.ignore_patterns("files", "board"))

    def close(self) -> None:
        self.stop_all()
        self.fake.kill()
        self.family.close()
        self.mailbox.stop()
        self._let_go()
        self._line.close()
        self.stills.close()
        if self.cluster:
            self.cluster.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def words(self) -> str:
        """The end of what parent and children have written."""
        return self.log.read_text("utf-8", "replace")[-4000:]
