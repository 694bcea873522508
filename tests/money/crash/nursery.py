"""The warm parent: the app is built and warmed once, then each child is a fork, ready in milliseconds.

A program of its own with one thread and no open connection, because only such a process may fork
safely. It reads one order a line (JSON) and answers one line. When its input ends, its children end.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import close_all_sessions

from app import create_app
from app.core import clock
from app.core.database import db
from app.core.jobs import run_once
from app.payments import gateway, patience
from app.payments.dispatch import registry
from app.pledges import way_to_card
from config import Settings
from fake_stripe import shopper
from tests.fake_stripe.process import FakeStripe
from tests.money.crash.board import Board
from tests.money.crash.children import READ_TIMEOUT_SECONDS, ROLES
from tests.money.crash.fuse import Fuse
from tests.money.crash.plants import PLANTS
from tests.support.mailbox import Mailbox
from tests.support.quiet import leave_pictures_out
from tests.support.scene import ALWAYS_3DS, Scene

PR_SET_PDEATHSIG = 1


class Nursery:
    def __init__(self, app: Flask, fuse: Fuse):
        self.app, self.fuse = app, fuse
        self.children: set[int] = set()
        self.orders = {
            "fork": self.fork, "kill": self.kill, "wait": self.wait, "ended": self.ended, "warm": self.warm,
            "plant": self.plant,
        }  # fmt: skip

    def fork(self, role: str, **how: Any) -> int:
        pid = os.fork()
        if pid == 0:
            self._live(role, how)
        self.children.add(pid)
        return pid

    def _live(self, role: str, how: dict[str, Any]) -> None:
        status = 1
        try:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, 0)
            os.dup2(nothing, 1)
            ROLES[role](self.app, self.fuse, **how)
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)

    def kill(self, pid: int) -> int:
        """How it ended: -9, or what it did before the signal came."""
        if pid not in self.children:
            return -signal.SIGKILL
        os.kill(pid, signal.SIGKILL)
        return self.wait(pid)

    def wait(self, pid: int) -> int:
        _, status = os.waitpid(pid, 0)
        self.children.discard(pid)
        return os.waitstatus_to_exitcode(status)

    def ended(self) -> dict[int, int]:
        """Children that are no more since the last question, and how they ended."""
        found = {}
        for pid in list(self.children):
            gone, status = os.waitpid(pid, os.WNOHANG)
            if gone:
                self.children.discard(pid)
                found[pid] = os.waitstatus_to_exitcode(status)
        return found

    def warm(self, stripe_url: str, smtp_port: int) -> bool:
        """One journey through the pages and the jobs: templates and statements are compiled for all children."""
        scene = Scene(self.app, _Reached(stripe_url), Mailbox(smtp_port))
        slug = scene.campaign(goal_cents=100_00)
        for _ in range(3):
            scene.give(slug)
        asked = scene.give(slug, card=ALWAYS_3DS)
        scene.travel_to(scene.row(slug).closes_at)
        self._ring()
        scene.press(asked, "/confirmer")
        for _ in range(2):
            scene.travel(days=8)
            self._ring()
        scene.check()
        self._cool()
        return True

    def _ring(self) -> None:
        with self.app.app_context():
            for _ in range(4):
                run_once(self.app.extensions["jobs"])

    def plant(self, name: str) -> bool:
        """Take a protection away, in all children that come after."""
        PLANTS[name](self.fuse)
        return True

    def _cool(self) -> None:
        """Nothing that is open may be inherited."""
        close_all_sessions()
        with self.app.app_context():
            db.engine.dispose()
            pool = registry().kept.pop("seats", None)
            if pool is not None:  # a fork copies no thread but the one that forks
                pool.shutdown()
            registry().kept.clear()
        clock.forget()
        shopper.close()


class _Reached(FakeStripe):
    """A fake Stripe that runs already."""

    def __init__(self, url: str):
        self.url = url


def main() -> None:
    # A second here is a minute there: who waits for the other click's call does not wait long.
    gateway.TIMEOUT_SECONDS = (2, READ_TIMEOUT_SECONDS)
    way_to_card.PATIENCE_SECONDS = patience.PATIENCE_SECONDS = READ_TIMEOUT_SECONDS / 2
    app = create_app(Settings.from_env(os.environ))
    leave_pictures_out(app)
    app.config["LIMITS_OFF"] = True  # all citizens come from one address
    fuse = Fuse(Board(Path(os.environ["CRASH_BOARD"])))
    with app.app_context():
        fuse.hang(db.engine)
    nursery = Nursery(app, fuse)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer: dict[str, Any] = {"answer": nursery.orders[order.pop("do")](**order)}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in list(nursery.children):
        nursery.kill(pid)


if __name__ == "__main__":
    main()
