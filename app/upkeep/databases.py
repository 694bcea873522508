"""The database of this app as a thing to copy and to put back, whichever of the two kinds it is."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from flask import current_app
from sqlalchemy import make_url

from app.core import clock
from app.core.database import db
from app.upkeep.postgres_copy import PostgresSide
from app.upkeep.rules import Facts
from app.upkeep.sqlite_copy import SqliteSide


class Side(Protocol):
    """`name`: what the operator types to say that this very database may be replaced."""

    kind: str
    name: str

    def version(self) -> str:
        """The version of the database program."""

    def copy_to(self, path: Path) -> Facts:
        """A new file with one committed instant of the database, and what it says. Errors: UpkeepRefused."""

    def row_count(self) -> int:
        """All rows of all tables; 0 when there is no table, or no database file yet."""

    def in_use(self) -> str:
        """Who holds the database besides us, in words; empty when nobody does."""

    def put(self, path: Path) -> None:
        """Take the content of a copy, at once or not at all, and keep what was there aside. Errors: UpkeepRefused."""

    def put_back(self) -> None:
        """Undo `put`."""

    def forget_former(self) -> None:
        """What `put` kept aside is not needed any more."""


def of_this_app() -> Side:
    """The database that the settings name."""
    url = make_url(current_app.config["SETTINGS"].database_url)
    if url.get_backend_name() == "sqlite":
        return SqliteSide(Path(url.database or ""))
    return PostgresSide(str(url.database or ""))


def let_go() -> None:
    """Forget every connection and everything read from the database: another content is coming."""
    db.session.remove()
    db.engine.dispose()
    clock.forget()
