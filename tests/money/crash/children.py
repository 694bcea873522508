"""What the forked children do until they are killed: web, worker, one run of one job, the fake Stripe."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

import fake_stripe.__main__ as stand_in
from app.core.jobs import Job, run_once
from fake_stripe.api import Api
from fake_stripe.faults import Faults, Rule
from fake_stripe.http import Request
from tests.money.crash.board import LOST
from tests.money.crash.fuse import Fuse
from tests.support.quiet import money_jobs

IDLE_SECONDS = 0.1
LATE_SECONDS, TOO_LATE_SECONDS = 0.15, 1.4
READ_TIMEOUT_SECONDS = 1.0
QUESTIONS_ARE_SAFER = 4
# (weight, name on the board, what the fake does)
HARM: list[tuple[int, str, dict[str, Any]]] = [
    (6, "drop_after", {"action": "drop", "phase": "after"}),
    (4, "drop_before", {"action": "drop"}),
    (3, "half_after", {"action": "half", "phase": "after"}),
    (1, "half_before", {"action": "half"}),
    (1, "html_after", {"action": "html", "phase": "after"}),
    (1, "html_before", {"action": "html"}),
    (1, "too_late", {"action": "delay", "phase": "after", "seconds": TOO_LATE_SECONDS}),
    (2, "late", {"action": "delay", "seconds": LATE_SECONDS}),
    (2, "429", {"action": "status", "status": 429}),
    (1, "409", {"action": "status", "status": 409}),
    (1, "500", {"action": "status", "status": 500}),
    (1, "sticky_before", {"action": "sticky"}),
    (2, "sticky_after", {"action": "sticky", "phase": "after"}),
]


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any, **__: Any) -> None:
        """The app logs its requests itself."""


def web(app: Flask, fuse: Fuse, *, port: int, burns_at: int, seed: int) -> None:
    """The real application behind a real socket."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    fuse.light("web", burns_at, seed)
    server.serve_forever(poll_interval=0.05)


def worker(app: Flask, fuse: Fuse, *, seat: str, burns_at: int, seed: int) -> None:
    """Every bell that money may hear, again and again."""
    bells = money_jobs(app)
    fuse.light(seat, burns_at, seed)
    with app.app_context():
        while True:
            run_once(bells)
            time.sleep(IDLE_SECONDS)


def job(app: Flask, fuse: Fuse, *, names: list[str], rounds: int, burns_at: int, report: str) -> None:
    """Ring some bells (all when `names` is empty) until they are silent or `rounds` are over; write what they said."""
    bells: list[Job] = [bell for bell in app.extensions["jobs"] if not names or bell.name in names]
    fuse.light("job", burns_at, seed=0)
    said: list[dict[str, str]] = []
    with app.app_context():
        for _ in range(rounds):
            said.append(run_once(bells))
            if not any(said[-1].values()):
                break
    Path(report).write_text(json.dumps({"said": said, "answers": fuse.answers}), "utf-8")


def fake(app: Flask, fuse: Fuse, *, port: int, database: str, seed: int) -> None:
    """The fake Stripe's own program, with weather: a part of the orders is harmed on the way."""
    board, dice = fuse.board, random.Random(seed)
    board["under_way"] = 0
    true_pick, true_answer = Faults.pick, Api.answer

    def pick(rules: Faults, request: Request) -> Rule | None:
        rule, is_order = true_pick(rules, request), request.method != "GET"
        chance = board["harmed_per_mille"] if is_order else board["harmed_per_mille"] // QUESTIONS_ARE_SAFER
        if rule is not None or dice.randrange(1000) >= chance:
            return rule
        harm = [one for one in HARM if is_order or "sticky" not in one[1]]
        _, name, how = dice.choices(harm, weights=[weight for weight, _, _ in harm])[0]
        board.add(name)
        if is_order and name in LOST:
            board.add("lost_orders")
        return Rule(**how)

    def answer(api: Api, request: Request) -> Any:
        board.add("under_way")
        try:
            return true_answer(api, request)
        finally:
            board.add("under_way", -1)

    Faults.pick, Api.answer = pick, answer  # type: ignore[method-assign]  # the weather
    sys.exit(stand_in.main(["--port", str(port), "--database", database]))


ROLES: dict[str, Callable[..., None]] = {"web": web, "worker": worker, "job": job, "fake": fake}
