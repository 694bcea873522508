"""The ground of every test: one app per session, a fresh database per test, real mail, real HTTP.

`TEST_DATABASE` chooses the database: `sqlite` (default), `postgresql` (a throw-away server is
started) or the URL of a PostgreSQL server that may be used freely.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import flask_migrate
import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import close_all_sessions

from app import create_app
from app.campaigns.kept import KeptPages
from app.core import clock
from app.core.database import db, enable_migrations
from config import Settings
from tests.access import count
from tests.access.fixtures import scenes, world, world_later
from tests.fake_stripe.process import FakeStripe, start_fake_stripe
from tests.support import again
from tests.support.databases import Database, PostgresDatabase, SqliteDatabase
from tests.support.mailbox import Mailbox
from tests.support.places import quick_folder
from tests.support.ports import free_port
from tests.support.postgres import start_cluster
from tests.support.quiet import leave_pictures_out

# A busy machine is not a finding: examples are not timed, and in CI they are the same at each run.
hypothesis.settings.register_profile(
    "busy",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
hypothesis.settings.load_profile("busy")
__all__ = ["scenes", "world", "world_later"]  # the scene of the matrix of roles is a fixture for every test


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many cells the matrix of roles has, when it was in this run."""
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    if words := count.of_run([pair for report in reports for pair in report.user_properties]):
        terminalreporter.write_line(words)


def pytest_configure(config: pytest.Config) -> None:
    if folder := os.environ.get("NOTE_STATEMENTS"):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        config.pluginmanager.register(again.Notes(Path(folder), worker))


@pytest.hookimpl(trylast=True)  # what `-m` leaves out must not be chosen
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On another database than the first one, of the tests that use a database those that say something new to it;
    without notes of what they say, the first and the last case of each function."""
    if os.environ.get("TEST_DATABASE", "sqlite") == "sqlite":
        return
    names = [item.nodeid for item in items if "database" in getattr(item, "fixturenames", ())]
    if folder := os.environ.get("NOTED_STATEMENTS"):
        wanted = again.chosen(names, again.read(Path(folder)))
    else:
        tables: dict[str, list[str]] = {}
        for name in names:
            tables.setdefault(name.partition("[")[0], []).append(name)
        wanted = {name for cases in tables.values() for name in (cases[0], cases[-1])}
    alike = [item for item in items if item.nodeid not in wanted]
    if wanted and alike:
        config.hook.pytest_deselected(items=alike)
        items[:] = [item for item in items if item.nodeid in wanted]


@pytest.fixture(scope="session")
def worker_name() -> str:
    """gw0, gw1, … under xdist; alone otherwise."""
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A folder for what is written and synced all the time."""
    folder = quick_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database(memory: Path, worker_name: str) -> Iterator[Database]:
    asked, cluster = os.environ.get("TEST_DATABASE", "sqlite"), None
    if asked == "postgresql":
        cluster = start_cluster()
        asked = cluster.url
    made: Database = SqliteDatabase(memory) if asked == "sqlite" else PostgresDatabase(asked, worker_name)
    yield made
    made.close()
    if cluster:
        cluster.stop()


@pytest.fixture(scope="session")
def settings(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Those of the app under test; the ports of the mail box and of the fake Stripe are reserved."""
    files = tmp_path_factory.mktemp("files")
    return Settings.from_env(
        {
            "APP_ENV": "test",
            "PUBLIC_URL": "http://127.0.0.1:8000",
            "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnop",
            "DATABASE_URL": database.url,
            "STRIPE_SECRET_KEY": "sk_test_local_tests",
            "STRIPE_API_BASE": f"http://127.0.0.1:{free_port()}",
            "STRIPE_WEBHOOK_SECRET_FILE": str(files.parent / "webhook-secret"),
            "STORAGE_URL": f"file://{files}",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(free_port()),
            "ARGON2_CHEAP": "1",
            "LOG_LEVEL": os.environ.get("TEST_LOG_LEVEL", "WARNING"),
        }
    )


@pytest.fixture(scope="session")
def migrated_app(settings: Settings, database: Database) -> Iterator[Flask]:
    """The app over a database at the last migration with the reference data; use `app` instead."""
    made = create_app(settings)
    enable_migrations(made)
    leave_pictures_out(made)
    with made.app_context():
        build_schema()
    loaded = made.test_cli_runner().invoke(args=["network", "load"])
    assert loaded.exit_code == 0, loaded.output
    with made.app_context():
        db.engine.dispose()
    database.freeze()
    yield made
    with made.app_context():
        db.engine.dispose()


def build_schema() -> None:
    """The migrations; with TEST_SCHEMA=models the models as they stand, while a migration is written."""
    if os.environ.get("TEST_SCHEMA") == "models":
        db.create_all()
    else:
        flask_migrate.upgrade()


@pytest.fixture
def app(migrated_app: Flask, database: Database, settings: Settings) -> Iterator[Flask]:
    """The app with a fresh database (territories and organisations loaded), no stored file and no kept page.

    No app context is pushed: each request of `client` gets its own, as in production.
    """
    with migrated_app.app_context():
        db.engine.dispose()
    database.renew()
    empty(Path(settings.storage_url.removeprefix("file://")))
    # A page kept for a campaign of the test before, of the same name, number and version, is another's here.
    migrated_app.extensions["kept_pages"] = KeptPages(migrated_app.extensions["kept_pages"].mark)
    clock.forget()
    yield migrated_app
    close_all_sessions()  # those of threads that a test left behind hold a connection each
    with migrated_app.app_context():
        db.engine.dispose()
    close_left_connections()


_servers: list[Any] = []


@event.listens_for(Engine, "connect")
def _remember_connection(connection: Any, _record: object) -> None:
    """A second app made by a test keeps connections to the server; the driver warns when they are forgotten."""
    if not isinstance(connection, sqlite3.Connection) and connection.info.dbname.startswith("graine_test_"):
        _servers.append(connection)


def close_left_connections() -> None:
    while _servers:
        _servers.pop().close()


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.fixture
def ctx(app: Flask) -> Iterator[None]:
    """An app context around the whole test: for verbs, queries and models. Not with `client`."""
    with app.app_context():
        yield
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor without an account. More visitors: `app.test_client()`."""
    return app.test_client()


@pytest.fixture(scope="session")
def smtp_server(settings: Settings) -> Iterator[Mailbox]:
    """The server behind `mailbox`, started once."""
    box = Mailbox(settings.smtp_port)
    box.start()
    yield box
    box.stop()


@pytest.fixture
def mailbox(smtp_server: Mailbox, app: Flask) -> Mailbox:
    """An empty mail box that receives what the app sends, over SMTP."""
    smtp_server.app = app
    smtp_server.start()
    smtp_server.clear()
    return smtp_server


@pytest.fixture(scope="session")
def stripe_process(settings: Settings, memory: Path) -> Iterator[FakeStripe]:
    """The fake Stripe that the app's settings name, started once; use `stripe_server` instead."""
    port = urlsplit(settings.stripe_api_base).port
    assert port is not None
    fake = start_fake_stripe(memory, port)
    yield fake
    fake.stop()


@pytest.fixture
def stripe_server(stripe_process: FakeStripe) -> FakeStripe:
    """A fake Stripe without objects, faults or clock offset, at `settings.stripe_api_base`.

    No webhook is registered: tests deliver events through the inbox or the poller.
    """
    stripe_process.control("reset", "POST")
    return stripe_process
