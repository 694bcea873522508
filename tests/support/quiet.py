"""What a test that rings every bell of the worker does without.

The worker of real life rings each bell every so often, for ever. A test rings all of them, again and again, until a
whole round is silent; most of these rings ask the database once more what it has just answered. `Ears` leaves out the
rings of which the answer is known, and no other: a bell is not rung again in the same stretch of work when, at its last
ring, it said nothing, wrote nothing and spoke to nobody over HTTP; no table that it read has been written since by
anybody in this process; and the platform's clock has not yet moved on by the bell's own interval, before which the
worker would not ring it either. Other processes are not heard: what `Ears` knows is good for one stretch of work, in
which the test itself stands still.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.core import clock
from app.core.clock import ClockOffset
from app.core.database import db
from app.core.jobs import Job, run_once

SLOW = ("curves",)  # a second a picture, in a process of its own: tests/desk draws them
FAR_FROM_MONEY = {"coaching", "dropins", "threads", "following", "desk"}  # rooms whose jobs never ask Stripe, nor book
AS_FAR = {
    "old sessions",
    "old tries",
    "words of campaigns",
    "reviews that wait too long",
    "contributors of suspended campaigns",
}  # jobs of the other rooms that neither ask nor book


def leave_pictures_out(app: Flask) -> None:
    app.extensions["jobs"] = [job for job in app.extensions["jobs"] if job.name not in SLOW]


def money_jobs(app: Flask) -> list[Job]:
    """The bells of the worker, but for those that know nothing of money; in their order."""
    near = [job for job in app.extensions["jobs"] if job.run.__module__.split(".")[1] not in FAR_FROM_MONEY]
    return [job for job in near if job.name not in AS_FAR]


class Wire:
    """Everything that this process says to its database, and how often it speaks over HTTP. One an app."""

    def __init__(self, app: Flask):
        self.read: set[str] = set()
        self.written: Counter[str] = Counter()
        self.http = 0
        self._known: dict[str, frozenset[str]] = {}
        tables = set(db.metadata.tables) - {ClockOffset.__tablename__}  # the clock itself is looked at
        self._tables = re.compile(rf"\b(?:{'|'.join(sorted(tables, key=len, reverse=True))})\b")
        with app.app_context():
            event.listen(db.engine, "after_cursor_execute", self._hear)
            event.listen(db.engine, "commit", self._hear_commit)
        sys.addaudithook(self._hear_http)

    def _hear(self, connection: Any, cursor: Any, statement: str, *_: object) -> None:
        if statement not in self._known:
            self._known[statement] = frozenset(self._tables.findall(statement))
        tables = self._known[statement]
        self.read |= tables
        if not statement.startswith("SELECT") and tables and cursor.rowcount != 0:
            self.written.update(tables)  # also those that it only reads: too many is never wrong
            connection.info.setdefault("written", set()).update(tables)

    def _hear_commit(self, connection: Any) -> None:
        """Once more: whoever looked between the writing and its end has not seen it."""
        self.written.update(connection.info.pop("written", ()))

    def _hear_http(self, name: str, _given: tuple[object, ...]) -> None:
        if name == "http.client.send":
            self.http += 1


class Ears:
    """One stretch of work: `ring` as often as one likes, with nothing between two rounds but time."""

    def __init__(self, app: Flask):
        self._wire: Wire = app.extensions.get("wire") or app.extensions.setdefault("wire", Wire(app))
        self._silent: dict[str, tuple[datetime, frozenset[str], int]] = {}  # bell → when, what it read, its writings

    def ring(self, jobs: Sequence[Job]) -> dict[str, str]:
        """Every bell of which the answer is not known, in order. What each said; a known answer is « »."""
        return {job.name: "" if self._is_known(job) else self._ring(job) for job in jobs}

    def _is_known(self, job: Job) -> bool:
        if job.name not in self._silent:
            return False
        at, read, writings = self._silent[job.name]
        return self._writings(read) == writings and clock.now() - at < timedelta(seconds=job.every_seconds)

    def _ring(self, job: Job) -> str:
        wire, at = self._wire, clock.now()
        before, calls, wire.read = wire.written.total(), wire.http, set()
        said = run_once([job])[job.name]
        self._silent.pop(job.name, None)
        if not said and wire.written.total() == before and wire.http == calls:
            self._silent[job.name] = at, frozenset(wire.read), self._writings(wire.read)
        return said

    def _writings(self, tables: Iterable[str]) -> int:
        return sum(self._wire.written[table] for table in tables)
