"""The pages of a coach and of a reviewer with 50 000 coaching records behind them, beside the same with 500."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import create_app
from app.accounts.models import User
from app.campaigns.kept import KeptPages
from app.core.database import db, enable_migrations
from bench.postgres import postgres
from bench.region import LARGE, SMALL, Region, Size, settle
from bench.registry import Figure, Ground, measure
from config import Settings
from tests.builders import sign_in, with_second_factor
from tests.conftest import build_schema
from tests.support.statements import statements

MOST_STATEMENTS, MOST_RATIO = 8, 1.3
ROUNDS, A_ROUND, WARM = 5, 100, 30


@dataclass(frozen=True)
class Side:
    """One platform, with the people of one house signed in."""

    app: Flask
    region: Region
    coaches: tuple[FlaskClient, ...]
    moderator: FlaskClient
    backends: tuple[int, ...]  # process ids of the database's side of our connection; none for SQLite

    def cost(self, client: FlaskClient, address: str) -> tuple[float, float]:
        """(on the processor, on the clock) in seconds. Errors: AssertionError when the page does not answer 200."""
        clock, busy = time.perf_counter(), self._busy()
        answer = client.get(address)
        took = self._busy() - busy, time.perf_counter() - clock
        assert answer.status_code == 200, f"{address} answered {answer.status_code}"
        return took

    def _busy(self) -> float:
        """Seconds on the processor until now."""
        theirs = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in self.backends)
        return time.process_time() + theirs / 1e9

    def visits(self, page: str) -> Iterator[tuple[FlaskClient, str]]:
        """Who opens what, for ever: another record, another coach at each turn."""
        coaches, region = cycle(self.coaches), self.region
        each = len(region.references) // len(self.coaches)
        references = cycle([one for n in range(each) for one in region.references[n::each]])  # as the coaches come
        if page == "coaching.morning":
            return ((coach, "/accompagnement") for coach in coaches)
        if page == "coaching.show":
            return ((coach, f"/accompagnement/dossiers/{one}") for coach, one in zip(coaches, references, strict=False))
        if page == "moderation.queue":
            return cycle([(self.moderator, "/moderation")])
        return ((self.moderator, f"/moderation/{slug}") for slug in cycle(region.queue))


PAGES = ("coaching.morning", "coaching.show", "moderation.queue", "moderation.review")


@measure("many_records", goals="5")
def on_sqlite(ground: Ground) -> Iterator[Figure]:
    with ExitStack() as stack:
        small, large = (
            side(stack.enter_context(sqlite(ground.folder / f"records-{size.houses}")), size) for size in (SMALL, LARGE)
        )
        yield from compare(small, large, "SQLite")


@measure("many_records_postgres", goals="5")
def on_postgres(ground: Ground) -> Iterator[Figure]:
    with ExitStack() as stack:
        small, large = (side(stack.enter_context(postgres(ground.folder)).app, size) for size in (SMALL, LARGE))
        yield from compare(small, large, "PostgreSQL")


def compare(small: Side, large: Side, where: str) -> Iterator[Figure]:
    """Statements of one view, then the tail of many views taken in turns."""
    gc.collect()
    gc.freeze()  # the rows that were just written are nobody's request
    try:
        for page in PAGES:
            sent = max(counted(large, page), counted(small, page))
            yield Figure("5", f"SQL statements, {page}, {where}", sent, at_most=MOST_STATEMENTS)
            yield tail(small, large, page, where)
    finally:
        gc.unfreeze()


def tail(small: Side, large: Side, page: str, where: str) -> Figure:
    """The median of the rounds' ratios: 95 of 100 views cost less.

    Counted is the time on the processor, ours and the database's: a busy machine makes views late, not dear.
    """
    visits = {side: side.visits(page) for side in (small, large)}
    for side in visits:
        for _ in range(WARM):
            side.cost(*next(visits[side]))
    ratios, late, at_large = [], [], []
    for turn in range(ROUNDS):
        order = [small, large] if turn % 2 else [large, small]
        costs: dict[Side, list[tuple[float, float]]] = {small: [], large: []}
        for _ in range(A_ROUND):
            for side in order:
                costs[side].append(side.cost(*next(visits[side])))
        busy, wall = ({side: p95(one[n] for one in costs[side]) for side in order} for n in (0, 1))
        ratios.append(busy[large] / busy[small])
        late.append(wall[large] / wall[small])
        at_large.append(busy[large])
    note = f"{median(at_large) * 1000:.0f} ms; on the clock {median(late):.2f} ×"
    what = f"p95 of {page}, {large.region.records} records / {small.region.records}, {where}"
    return Figure("5", what, median(ratios), "×", MOST_RATIO, note, tuple(ratios))


def p95(seconds: Iterable[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def counted(side: Side, page: str) -> int:
    """The most that one of a few visits sends; the smaller of two, as once a minute a visit also notes its session."""
    most = 0
    for client, address in islice(side.visits(page), 12):
        twice = []
        for _ in range(2):
            with statements(side.app) as sent:
                side.cost(client, address)
            twice.append(len(sent))
        most = max(most, min(twice))
    return most


def side(app: Flask, size: Size) -> Side:
    app.extensions["kept_pages"] = KeptPages()
    with app.app_context():
        region = settle(size)
        assert (region.records, region.campaigns) == (size.records, size.campaigns)
        coaches = tuple(_browser(app, one) for one in region.coaches)
        moderator = _browser(app, region.moderator)
        db.session.remove()
        db.engine.dispose()  # one connection from here on
        is_postgres = db.engine.dialect.name == "postgresql"
        backends = tuple(db.session.scalars(text("SELECT pg_backend_pid()"))) if is_postgres else ()
        db.session.remove()
    return Side(app, region, coaches, moderator, backends)


def _browser(app: Flask, user_id: int) -> FlaskClient:
    """With a second factor: otherwise the notes of a record would stay closed, and cost nothing."""
    with_second_factor(db.session.get_one(User, user_id))
    return sign_in(app, db.session.get_one(User, user_id), proved=True).client


@contextmanager
def sqlite(folder: Path) -> Iterator[Flask]:
    """An empty platform that knows its territories, in a file of its own."""
    folder.mkdir()
    app = create_app(
        Settings.from_env(
            {
                "APP_ENV": "test", "SECRET_KEY": "only-for-the-bench-0123456789-abcdefghijkl",
                "DATABASE_URL": f"sqlite:///{folder / 'records.sqlite'}", "STORAGE_URL": f"file://{folder / 'files'}",
                "ARGON2_CHEAP": "1", "LOG_LEVEL": "WARNING",
            }
        )
    )  # fmt: skip
    enable_migrations(app)
    with app.app_context():
        build_schema()
    loaded = app.test_cli_runner().invoke(args=["network", "load"])
    assert loaded.exit_code == 0, loaded.output
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
