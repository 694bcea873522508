"""Empty places to restore into: the app over a database and a storage that hold nothing, on the same Stripe."""

from __future__ import annotations

import dataclasses
import itertools
import shutil
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, make_url, text

from app import create_app
from app.core.database import db, enable_migrations
from config import Settings

_numbers = itertools.count(1)


class Elsewhere:
    """`elsewhere(**settings)` makes a place; `leave(app)` removes it; `close()` removes all that are left."""

    def __init__(self, settings: Settings, folder: Path):
        self._settings, self._folder = settings, folder
        self._url = make_url(settings.database_url)
        self.kind = self._url.get_backend_name()
        self._apps: list[Flask] = []

    def __call__(self, **changed: object) -> Flask:
        number = next(_numbers)
        if self.kind == "sqlite":
            at = f"sqlite:///{self._folder / f'elsewhere-{number}.sqlite'}"
        else:
            name = f"{self._url.database}_elsewhere_{number}"  # begins as the test's own: see tests/conftest.py
            self._run(f"CREATE DATABASE {name}")
            at = self._url.set(database=name).render_as_string(hide_password=False)
        files = f"file://{self._folder / f'files-{number}'}"
        given = {"database_url": at, "storage_url": files, **changed}
        app = create_app(dataclasses.replace(self._settings, **given))
        enable_migrations(app)
        self._apps.append(app)
        return app

    def leave(self, app: Flask) -> None:
        self._apps.remove(app)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        url = make_url(app.config["SETTINGS"].database_url)
        if self.kind == "sqlite":
            for path in Path(str(url.database)).parent.glob(f"{Path(str(url.database)).name}*"):
                path.unlink()
        else:
            self._run(f"DROP DATABASE {url.database} WITH (FORCE)")
        shutil.rmtree(app.config["SETTINGS"].storage_url.removeprefix("file://"), ignore_errors=True)

    def close(self) -> None:
        for app in list(self._apps):
            self.leave(app)

    def _run(self, statement: str) -> None:
        server = create_engine(self._url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(statement))
        server.dispose()
