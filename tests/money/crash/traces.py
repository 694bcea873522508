"""What a death leaves behind, in values that two deaths at the same point share: nothing drawn, no instant."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Boolean, Column, Integer, Select, Table, case, func, select

from app.core.database import db
from tests.money.crash.ends import end_of
from tests.money.crash.world import World

WORDS = ("state", "kind", "status")


def trace_of(world: World) -> str:
    """Every table: its rows, the sum of each number, how often each column is filled, and each state and kind;
    Stripe's things by their status; and the end as it stands now."""
    stripe = world.fake.control("state")
    with world.app.app_context():
        tables = {table.name: _of_table(table) for table in db.metadata.sorted_tables}
        db.session.rollback()
    at_stripe = {
        name: sorted(Counter(str(one.get("status")) for one in things).items())
        for name, things in stripe.items()
        if isinstance(things, list) and all(isinstance(one, dict) for one in things)
    }
    end = end_of(world, compared=False)
    return repr((tables, sorted(at_stripe.items()), sorted((name, repr(said)) for name, said in end.items())))


def _of_table(table: Table) -> list[Any]:
    columns = [column for column in table.columns if not column.primary_key]
    row = db.session.execute(select(func.count(), *map(_measure, columns)).select_from(table)).one()
    if not row[0]:
        return []
    return [tuple(row), *(sorted(db.session.execute(_words(table, name)).all()) for name in WORDS if name in table.c)]


def _measure(column: Column[Any]) -> Any:
    """Ids and instants differ from one life to the next: only whether there are any."""
    if isinstance(column.type, Boolean):
        return func.sum(case((column, 1), else_=0))
    if isinstance(column.type, Integer) and not column.foreign_keys and not column.name.endswith(("_at", "created")):
        return func.sum(column)
    return func.count(column)


def _words(table: Table, name: str) -> Select[Any]:
    word = table.c[name]
    return select(word, func.count()).where(word.is_not(None)).group_by(word)
