"""The whole database as it was at an instant, kept under a name and brought back in milliseconds."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

SIDES = ("", "-wal", "-shm")


class Stills(Protocol):
    """No process may use the database while one of these runs."""

    url: str

    def keep(self, name: str) -> None: ...

    def bring_back(self, name: str) -> None: ...

    def close(self) -> None: ...


def copy_file(source: Path, target: Path) -> None:
    """A SQLite file; what a killed process has left in its log is part of it."""
    sqlite3.connect(source).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    for side in SIDES:
        target.with_name(target.name + side).unlink(missing_ok=True)
    shutil.copyfile(source, target)


class SqliteStills:
    def __init__(self, folder: Path):
        self._folder, self._file = folder, folder / "ours.sqlite"
        self.url = f"sqlite:///{self._file}"

    def keep(self, name: str) -> None:
        copy_file(self._file, self._folder / f"ours-{name}.sqlite")

    def bring_back(self, name: str) -> None:
        copy_file(self._folder / f"ours-{name}.sqlite", self._file)

    def close(self) -> None:
        """Nothing is open; the folder goes with the world."""


class PostgresStills:
    """Databases beside each other on one server."""

    def __init__(self, server_url: str):
        self._admin = create_engine(server_url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self._name = "graine_crash"
        self.url = make_url(server_url).set(database=self._name).render_as_string(hide_password=False)
        self._run(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
        self._run(f"CREATE DATABASE {self._name}")

    def keep(self, name: str) -> None:
        self._copy(self._name, f"{self._name}_{name}")

    def bring_back(self, name: str) -> None:
        self._copy(f"{self._name}_{name}", self._name)

    def _copy(self, source: str, target: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
        self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'")
        self._run(f"CREATE DATABASE {target} TEMPLATE {source}")

    def close(self) -> None:
        self._admin.dispose()

    def _run(self, statement: str) -> None:
        """Once more when the process of a connection that was just ended is still on its way out."""
        for attempt in range(50):
            try:
                with self._admin.connect() as connection:
                    connection.execute(text(statement))
                return
            except OperationalError:
                if attempt == 49:
                    raise
                time.sleep(0.1)
