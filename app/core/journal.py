"""The one journal: who did what to which object, when and why. Append-only, same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, Index, String, event, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Model, db, table_of


class JournalEntry(Model):
    """One fact. `data` holds ids, codes and amounts in cents; never names, addresses or texts."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column()
    actor_id: Mapped[int | None] = mapped_column(index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


_LINE = insert(table_of(JournalEntry)).inline()  # nobody asks for the id of a line

APPEND_ONLY_TABLES: list[str] = []  # filled by `append_only`; a restore asks the database for each of them
APPEND_ONLY_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
APPEND_ONLY_POSTGRESQL = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""


def record(action: str, *, on: Model, by: int | None, at: datetime, **data: int | str | bool | None) -> None:
    """Write a line about a row that has an id. `by`: user id, or None for the clock."""
    db.session.flush()
    line = {
        "at": at, "action": action, "subject_kind": on.__tablename__,
        "subject_id": on.id,  # type: ignore[attr-defined]  # every table has it
        "actor_id": by, "data": data,
    }  # fmt: skip
    db.session.execute(_LINE, line)


def history(on: Model, *, limit: int = 200) -> list[JournalEntry]:
    """The lines about a row, newest first."""
    return list(
        db.session.scalars(
            db.select(JournalEntry)
            .where(
                JournalEntry.subject_kind == on.__tablename__,
                JournalEntry.subject_id == on.id,  # type: ignore[attr-defined]  # every table has it
            )
            .order_by(JournalEntry.id.desc())
            .limit(limit)
        )
    )


def append_only(model: type[Model]) -> None:
    """Let both databases themselves refuse any change of a row once written.

    `create_all` and the migrations use the same statements (`append_only_statements`).
    """
    APPEND_ONLY_TABLES.append(model.__tablename__)
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_statements(model.__tablename__, dialect):
            ddl: Any = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy gives no type
            event.listen(model.__table__, "after_create", ddl.execute_if(dialect=dialect))


def append_only_statements(table: str, dialect: str) -> list[str]:
    """The SQL that makes `table` append-only on `dialect` (sqlite, postgresql)."""
    if dialect == "sqlite":
        return [APPEND_ONLY_SQLITE.format(table=table, verb=verb) for verb in ("UPDATE", "DELETE")]
    function = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
    )
    return [function] + [APPEND_ONLY_POSTGRESQL.format(table=table, verb=verb) for verb in ("UPDATE", "DELETE")]


append_only(JournalEntry)
