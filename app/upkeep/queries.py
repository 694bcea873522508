"""What a copy says of itself, asked of that very copy through a connection that the caller holds."""

from __future__ import annotations

from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Select, String, column, func, inspect, select, table
from sqlalchemy.orm import InstrumentedAttribute

from app.campaigns.models import Picture, StoryPicture
from app.coaching.document_models import RecordDocument
from app.payments.models import PspEnvironment
from app.upkeep.rules import Facts

# Every column whose rows name stored files. A test looks for names elsewhere.
NAMING: tuple[InstrumentedAttribute[Any], ...] = (Picture.renditions, StoryPicture.renditions, RecordDocument.files)
VERSIONS = "alembic_version"


def facts_of(connection: Connection) -> Facts:
    """The head of the migrations, the Stripe account, row counts and names of files. An empty database: no head."""
    tables = inspect(connection).get_table_names()
    rows = {name: count(connection, name) for name in sorted(tables) if name != VERSIONS}
    return Facts(
        head=MigrationContext.configure(connection).get_current_revision() or "",
        psp_env=_psp_env(connection) if PspEnvironment.__tablename__ in rows else "",
        rows=rows,
        names=stored_names(connection),
    )


def count(connection: Connection, name: str) -> int:
    return int(connection.execute(select(func.count()).select_from(table(name))).scalar() or 0)


def _psp_env(connection: Connection) -> str:
    known: Select[str] = (
        select(column("psp_env", String)).select_from(table(PspEnvironment.__tablename__)).where(column("is_current"))
    )
    return str(connection.execute(known).scalar() or "")


def stored_names(connection: Connection) -> frozenset[str]:
    """The files that rows of this database name, as the storage knows them. An older copy has fewer tables."""
    found: set[str] = set()
    known = set(inspect(connection).get_table_names())
    for naming in (one for one in NAMING if one.class_.__tablename__ in known):
        for renditions in connection.execute(select(naming)).scalars():
            found |= {str(one["name"]) for one in renditions or []}
    return frozenset(found)
