"""The database: the base of every table, aware UTC times, and the one `with transaction():`."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, Table, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, registry

BUSY_SECONDS = 15  # how long a writer waits for its turn on SQLite
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time in, an aware UTC time out: SQLite alone would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime must never reach the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UtcDateTime()},
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


@event.listens_for(Engine, "connect")
def _harden_sqlite(connection: Any, _record: object) -> None:
    """Foreign keys, WAL and full sync; the driver's own BEGIN is replaced by ours (below)."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in (
        "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_SECONDS * 1000}",
        "secure_delete=ON",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    """One writer at a time from the first statement on, so that a read-then-write never deadlocks."""
    if connection.dialect.name == "sqlite":
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


TWICE = {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}  # what both databases call it


def is_twin(error: IntegrityError) -> bool:
    """True when the row is there already: another person, or a second click, was first. False for every other rule."""
    names = (getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorname", None))
    return any(name in TWICE for name in names)


def table_of(model: type[Model]) -> Table:
    """The table behind a model, for lines that are written once and never looked at as objects: the unit of work
    costs three times the statement."""
    return cast(Table, model.__table__)


def insert_unless_there(model: type[Model], *unique: str) -> Any:
    """An INSERT that leaves alone the row of the same `unique` columns, whoever wrote it: no look before is needed."""
    return _insert_unless_there(db.engine.dialect.name, table_of(model), unique)


@cache
def _insert_unless_there(dialect: str, table: Table, unique: tuple[str, ...]) -> Any:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing(index_elements=unique)


REST_SECONDS = 1.0


@event.listens_for(Engine, "checkin")
def _rest(_connection: object, record: Any) -> None:
    record.info["rests_since"] = time.monotonic()


@event.listens_for(Engine, "checkout")
def _wake(connection: Any, record: Any, _proxy: object) -> None:
    """A server that was started anew is noticed before the first statement: whoever rested is asked for a sign of life.

    Not between two transactions of one visit: that would double the questions to the database.
    """
    rests_since = record.info.get("rests_since")
    is_awake = rests_since is None or time.monotonic() - rests_since < REST_SECONDS
    if is_awake or isinstance(connection, sqlite3.Connection):
        return
    was = connection.autocommit
    try:
        connection.autocommit = True  # no transaction is begun for it
        connection.execute("SELECT 1")
        connection.autocommit = was
    except Exception as error:
        raise InvalidatePoolError from error  # the pool connects anew


class NestedTransaction(RuntimeError):
    """Verbs never commit, and an edge opens one transaction only."""


@contextmanager
def transaction() -> Iterator[None]:
    """The one unit of work of an edge (view, webhook, job): commits, or leaves nothing behind."""
    session = db.session()
    if session.info.get("in_transaction"):
        raise NestedTransaction
    session.rollback()  # what was read before must not be an older snapshot than what we write
    session.info["in_transaction"], session.info["kept"] = True, {}
    with _turn_to_write():
        try:
            session.connection(execution_options={"writing": True})
            yield
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info["in_transaction"], session.info["kept"] = False, {}


_writing = threading.Lock()


@contextmanager
def _turn_to_write() -> Iterator[None]:
    """SQLite lets one write at a time and leaves the order to chance: the threads of a process queue up here.

    Nobody waits longer than SQLite itself would; other processes are SQLite's business.
    """
    is_ours = db.engine.dialect.name == "sqlite" and _writing.acquire(timeout=BUSY_SECONDS)
    try:
        yield
    finally:
        if is_ours:
            _writing.release()


def kept() -> dict[str, Any]:
    """What need be read only once in the transaction under way, because nobody else can change it; outside: nothing."""
    info = db.session().info
    found: dict[str, Any] = info["kept"] if info.get("in_transaction") else {}
    return found


@event.listens_for(Session, "after_soft_rollback")
def _keep_nothing(session: Session, _previous: object) -> None:
    """What was read or noted under a savepoint that is undone must be read and noted again."""
    session.info["kept"] = {}


def in_transaction() -> bool:
    """True between the opening and the commit of `transaction()`; the gateway refuses to run then."""
    return bool(db.session().info.get("in_transaction"))


def init_app(app: Flask) -> None:
    db.init_app(app)
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        enable_migrations(app)


def enable_migrations(app: Flask) -> None:
    """Alembic costs half a second at start: only the commands and tests that need it pay."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(app.config["ROOT"] / "migrations"))
