"""A fresh database for each test, in milliseconds: the migrated one is copied as a whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, make_url, text


class Database(Protocol):
    """`url` stays the same for the whole session; what is behind it is replaced by `renew`."""

    url: str

    def freeze(self) -> None:
        """Keep what is in the database now as the state that every test starts from."""

    def renew(self) -> None:
        """Back to the frozen state. No connection of ours may be open."""

    def keep(self, name: str) -> None:
        """Keep what is in it now under a name, for `go_back`. No connection of ours may be open."""

    def go_back(self, name: str) -> None: ...

    def close(self) -> None: ...


class SqliteDatabase:
    def __init__(self, folder: Path):
        self._file = folder / "test.sqlite"
        self.url = f"sqlite:///{self._file}"

    def freeze(self) -> None:
        self.keep("frozen")

    def renew(self) -> None:
        self.go_back("frozen")

    def keep(self, name: str) -> None:
        shutil.copyfile(self._file, self._file.with_name(f"{name}.sqlite"))

    def go_back(self, name: str) -> None:
        for leftover in ("-wal", "-shm", "-journal"):
            self._file.with_name(self._file.name + leftover).unlink(missing_ok=True)
        # A new file rather than new content: a thread that still holds the old one cannot spoil it.
        self._file.unlink(missing_ok=True)
        shutil.copyfile(self._file.with_name(f"{name}.sqlite"), self._file)

    def close(self) -> None:
        self._file.unlink(missing_ok=True)


class PostgresDatabase:
    """Databases of its own on a given server, one pair per xdist worker."""

    def __init__(self, server_url: str, worker: str):
        self._admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
        self._name, self._worker, self._kept = f"graine_test_{worker}", worker, set[str]()
        self.url = make_url(server_url).set(database=self._name).render_as_string(hide_password=False)
        self._run(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)", f"CREATE DATABASE {self._name}")

    def freeze(self) -> None:
        self.keep("frozen")

    def renew(self) -> None:
        self.go_back("frozen")

    def keep(self, name: str) -> None:
        self._kept.add(name)
        self._copy(self._name, self._named(name))

    def go_back(self, name: str) -> None:
        self._copy(self._named(name), self._name)

    def close(self) -> None:
        for name in (self._name, *map(self._named, self._kept)):
            self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._admin.dispose()

    def _named(self, name: str) -> str:
        return f"graine_{name}_{self._worker}"

    def _copy(self, old: str, new: str) -> None:
        # Copied as files: half the time of the server's own choice, which writes every page to its log.
        self._run(
            f"DROP DATABASE IF EXISTS {new} WITH (FORCE)", f"CREATE DATABASE {new} TEMPLATE {old} STRATEGY FILE_COPY"
        )

    def _run(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
