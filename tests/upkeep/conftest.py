from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from app import create_app
from app.core.database import db, enable_migrations
from config import Settings
from tests.fake_stripe.process import FakeStripe
from tests.support.mailbox import Mailbox
from tests.support.scene import Scene

_numbers = itertools.count(1)
Elsewhere = Callable[..., Flask]


@pytest.fixture
def scene(app: Flask, stripe_server: FakeStripe, mailbox: Mailbox) -> Scene:
    return Scene(app, stripe_server, mailbox)


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path, worker_name: str) -> Iterator[Elsewhere]:
    """`elsewhere(**settings)`: the app over a database and a storage that hold nothing at all, on the same Stripe."""
    apps: list[Flask] = []
    names: list[str] = []
    url = make_url(settings.database_url)

    def make(**changed: object) -> Flask:
        number = next(_numbers)
        if url.get_backend_name() == "sqlite":
            at = f"sqlite:///{tmp_path / f'elsewhere-{number}.sqlite'}"
        else:
            names.append(f"graine_test_{worker_name}_elsewhere_{number}")
            run(f"CREATE DATABASE {names[-1]}")
            at = url.set(database=names[-1]).render_as_string(hide_password=False)
        files = f"file://{tmp_path / f'files-{number}'}"
        given = {"database_url": at, "storage_url": files, **changed}
        app = create_app(dataclasses.replace(settings, **given))
        enable_migrations(app)
        apps.append(app)
        return app

    def run(statement: str) -> None:
        server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(statement))
        server.dispose()

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    for name in names:
        run(f"DROP DATABASE {name} WITH (FORCE)")
