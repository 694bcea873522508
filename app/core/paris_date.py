"""The Paris day of an instant, told by the database: the same on SQLite and PostgreSQL, whatever its session's zone."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Date, event
from sqlalchemy.engine import Engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.core.clock import PARIS


class paris_date(FunctionElement[Any]):  # noqa: N801  # read in a query like func.date
    """Of one `UtcDateTime` expression; empty for an empty one."""

    name = "paris_date"
    type = Date()
    inherit_cache = True


@compiles(paris_date)
def _by_zone(element: paris_date, compiler: SQLCompiler, **more: Any) -> str:
    instant = compiler.process(element.clauses, **more)
    return f"CAST(timezone('{PARIS.key}', {instant}) AS DATE)"


@compiles(paris_date, "sqlite")
def _by_function(element: paris_date, compiler: SQLCompiler, **more: Any) -> str:
    return f"paris_date({compiler.process(element.clauses, **more)})"


def _of_text(stored: str | None) -> str | None:
    """`stored`: UTC without a zone, as SQLite keeps it."""
    if stored is None:
        return None
    return datetime.fromisoformat(stored).replace(tzinfo=UTC).astimezone(PARIS).date().isoformat()


@event.listens_for(Engine, "connect")
def _teach_sqlite(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("paris_date", 1, _of_text, deterministic=True)
