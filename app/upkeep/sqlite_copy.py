"""SQLite: the library's own online copy, consistent while others write, in both directions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import NullPool, create_engine

from app.upkeep.disk import new_file
from app.upkeep.errors import UpkeepRefused
from app.upkeep.queries import facts_of
from app.upkeep.rules import Facts

PATIENCE_SECONDS = 15.0
FORMER = ".before-restore"
COMPANIONS = ("-wal", "-shm", "-journal")


class SqliteSide:
    """A database file. See `databases.Side` for what each method promises."""

    kind = "sqlite"

    def __init__(self, path: Path):
        self._path, self.name = path, path.name
        self._former = path.with_name(path.name + FORMER)
        self._had_one = False

    def version(self) -> str:
        return sqlite3.sqlite_version

    def copy_to(self, path: Path) -> Facts:
        if not self._path.exists():
            raise UpkeepRefused(f"There is no database file {self._path}.")
        new_file(path).close()
        _copy(self._path, path)
        engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
        with engine.connect() as connection:
            found = facts_of(connection)
        engine.dispose()
        with closing(_open(path)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, which a reader need not write beside
            damage = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
        if damage != ["ok"]:
            raise UpkeepRefused("The database is damaged: " + "; ".join(damage))
        return found

    def row_count(self) -> int:
        if not self._path.exists():
            return 0
        engine = create_engine(f"sqlite:///{self._path}", poolclass=NullPool)
        with engine.connect() as connection:
            total = sum(facts_of(connection).rows.values())
        engine.dispose()
        return total

    def in_use(self) -> str:
        if not self._path.exists():
            return ""
        try:
            with closing(_open(self._path, timeout=1.0)) as connection:
                connection.execute("BEGIN EXCLUSIVE")
                connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return f"a process is writing to {self._path}"
        return ""

    def put(self, path: Path) -> None:
        if self._former.exists():
            raise UpkeepRefused(
                f"A restore was cut before its checks were done: what was there before it is in {self._former}. "
                "Move that file away to go on, or over the database (both programs stopped) to undo that restore."
            )
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._had_one = self._path.exists()
        if self._had_one:
            new_file(self._former).close()
            _copy(self._path, self._former)
        _copy(path, self._path)

    def put_back(self) -> None:
        if self._had_one:
            _copy(self._former, self._path)
            self._forget(self._former)
        else:
            self._forget(self._path)

    def forget_former(self) -> None:
        self._forget(self._former)

    @staticmethod
    def _forget(path: Path) -> None:
        for end in ("", *COMPANIONS):
            path.with_name(path.name + end).unlink(missing_ok=True)


def _open(path: Path, timeout: float = PATIENCE_SECONDS) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=timeout, isolation_level=None)


def _copy(source: Path, target: Path) -> None:
    """All pages in one step: a reader of one committed instant, and one transaction of the target."""
    with closing(_open(source)) as giver, closing(_open(target)) as taker:
        giver.backup(taker, pages=-1)
