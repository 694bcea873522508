"""The worker: rings a bell for each job in turn. What is due is decided by each job's own query."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType

import click
import structlog
from flask import Flask, current_app
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Model, db, insert_unless_there, transaction
from app.core.limits import forget_old
from app.core.outbox import deliver_waiting

log = structlog.get_logger()
TICK_SECONDS = 0.25


@dataclass(frozen=True)
class Job:
    """`run` is safe to stop, repeat, or run twice at once; it is rung every `every_seconds`.

    `is_long`: it has a thread of its own in the worker, so that mail and bells do not wait behind it.
    """

    name: str
    run: Callable[[], object]
    every_seconds: float
    is_long: bool = False


GAP = timedelta(minutes=5)  # real time without a beat after which a worker that runs all the time was away

SEEN = timedelta(minutes=1)  # a worker that runs all the time beats every few seconds


class WorkerBeat(Model):
    """When the worker was last seen alive, for /health. One row a worker name."""

    __tablename__ = "worker_beats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column()
    every_seconds: Mapped[int | None] = mapped_column()  # rung by cron this often; None: it runs all the time

    @property
    def quiet_for(self) -> timedelta:
        """How long it may be silent without being away: one missed turn of cron is none."""
        return max(GAP, 2 * timedelta(seconds=self.every_seconds or 0))

    def is_well(self, now: datetime) -> bool:
        """Seen this minute, or at its last turn. `now`: the system's time."""
        return now - self.at < (self.quiet_for if self.every_seconds else SEEN)


GapHearer = Callable[[datetime, datetime], None]


def on_gap(app: Flask, hear: GapHearer) -> None:
    """`hear(last_beat, this_beat)`, real times, in the transaction of the first beat after the worker was away."""
    app.extensions.setdefault("gap_hearers", []).append(hear)


def last_beat(name: str = "worker") -> WorkerBeat | None:
    """When a worker was last seen, in real time; None before the first start."""
    return db.session.scalar(select(WorkerBeat).where(WorkerBeat.name == name))


def newest_beat() -> WorkerBeat | None:
    """Of all workers, the one seen last."""
    return db.session.scalar(select(WorkerBeat).order_by(WorkerBeat.at.desc()).limit(1))


def beat(name: str = "worker", *, every_seconds: int | None = None) -> None:
    """The worker is here. `every_seconds`: it ends now, and cron rings it again after so long."""
    now = clock.real_now()
    with transaction():
        known = db.session.get(WorkerBeat, name, with_for_update=True, populate_existing=True)
        if known is None:
            first = {"name": name, "at": now, "every_seconds": every_seconds}
            db.session.execute(insert_unless_there(WorkerBeat, "name"), first)
            return
        before, quiet_for = known.at, known.quiet_for
        known.at, known.every_seconds = now, every_seconds
        if now - before > quiet_for:
            log.warning("worker_was_away", seconds=int((now - before).total_seconds()))
            for hear in current_app.extensions.get("gap_hearers", []):
                hear(before, now)


def run_once(jobs: list[Job]) -> dict[str, str]:
    """Ring every bell once, in order. A job that fails is logged and does not stop the others."""
    return {job.name: _ring(job) for job in jobs}


def _ring(job: Job) -> str:
    started = time.perf_counter()
    try:
        result = job.run()
    except Exception as error:
        db.session.rollback()
        log.error("job_failed", job=job.name, kind=type(error).__name__, exc_info=True)
        return "failed"
    finally:
        db.session.remove()
    if result:
        log.info("job", job=job.name, result=str(result), ms=round((time.perf_counter() - started) * 1000))
    return str(result or "")


class _Stop:
    """True from SIGTERM or SIGINT on. A plain value: a signal may come while any lock is held."""

    asked = False

    @classmethod
    def ask(cls, _number: int, _frame: FrameType | None) -> None:
        cls.asked = True


def is_stopping() -> bool:
    """Told to stop: a long job begins nothing new and ends what it has begun."""
    return _Stop.asked


def run_forever(jobs: list[Job]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _Stop.ask)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy means nothing in another thread
    rounds = [[job for job in jobs if not job.is_long], *([job] for job in jobs if job.is_long)]
    threads = [threading.Thread(target=_go_round, args=(app, some), name=some[0].name) for some in rounds[1:]]
    for thread in threads:
        thread.start()
    _go_round(app, rounds[0])
    for thread in threads:
        thread.join()


def _go_round(app: Flask, jobs: list[Job]) -> None:
    """Ring in turn what is due, until told to stop; the job under way is finished first."""
    due = {job.name: 0.0 for job in jobs}
    with app.app_context():
        while not _Stop.asked:
            for job in jobs:
                if not _Stop.asked and time.monotonic() >= due[job.name]:
                    _ring(job)
                    due[job.name] = time.monotonic() + job.every_seconds
            time.sleep(TICK_SECONDS)


def init_app(app: Flask, jobs: list[Job]) -> None:
    app.extensions["jobs"] = [
        Job("beat", beat, 5),
        Job("mail", deliver_waiting, 1),
        *jobs,
        Job("old tries", forget_old, 3600),
    ]

    @app.cli.command("worker")
    @click.option("--once", is_flag=True, help="Ring every bell once, then end: for cron.")
    @click.option("--every", default=60, type=click.IntRange(1), show_default=True, metavar="MINUTES",
                  help="With --once: how often cron calls; twice as long without a call is an outage.")  # fmt: skip
    def worker(once: bool, every: int) -> None:
        """Do what is due, until told to stop: mail, Stripe, verdicts, collection, transfers."""
        if once:
            bells = [job for job in current_app.extensions["jobs"] if job.run is not beat]
            bells.insert(0, Job("beat", lambda: beat(every_seconds=every * 60), 5))
            for name, result in run_once(bells).items():
                click.echo(f"{name}: {result or 'nothing to do'}")
            return
        run_forever(current_app.extensions["jobs"])
