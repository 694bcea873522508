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

    def close(self) -> None: ...


class SqliteDatabase:
    def __init__(self, folder: Path):
        self._file, self._frozen = folder / "test.sqlite", folder / "frozen.sqlite"
        self.url = f"sqlite:///{self._file}"

    def freeze(self) -> None:
        shutil.copyfile(self._file, self._frozen)

    def renew(self) -> None:
        for leftover in ("-wal", "-shm", "-journal"):
            self._file.with_name(self._file.name + leftover).unlink(missing_ok=True)
        # A new file rather than new content: a thread that still holds the old one cannot spoil it.
        self._file.unlink(missing_ok=True)
        shutil.copyfile(self._frozen, self._file)

    def close(self) -> None:
        self._file.unlink(missing_ok=True)


class PostgresDatabase:
    """Databases of its own on a given server, one pair per xdist worker."""

    def __init__(self, server_url: str, worker: str):
        self._admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
        self._name, self._frozen = f"graine_test_{worker}", f"graine_frozen_{worker}"
        self.url = make_url(server_url).set(database=self._name).render_as_string(hide_password=False)
        self._run(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)", f"CREATE DATABASE {self._name}")

    def freeze(self) -> None:
        self._run(
            f"DROP DATABASE IF EXISTS {self._frozen} WITH (FORCE)",
            f"CREATE DATABASE {self._frozen} TEMPLATE {self._name}",
        )

    def renew(self) -> None:
        self._run(
            f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)",
            f"CREATE DATABASE {self._name} TEMPLATE {self._frozen}",
        )

    def close(self) -> None:
        self._run(
            f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)",
            f"DROP DATABASE IF EXISTS {self._frozen} WITH (FORCE)",
        )
        self._admin.dispose()

    def _run(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
