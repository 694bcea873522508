"""Many rows at once: ids of our own, large batches, on both databases."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, insert, select, text

from app.core.database import db


class Rows:
    """Rows by table, with ids of our own, sent in large batches."""

    def __init__(self) -> None:
        self._rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        self._ids: dict[Any, Iterator[int]] = {}

    def add(self, model: Any, **values: Any) -> int:
        """The id that the row will have."""
        if model not in self._ids:
            self._ids[model] = itertools.count(int(db.session.scalar(select(func.max(model.id))) or 0) + 1)
        row_id = next(self._ids[model])
        self._rows[model].append({"id": row_id, **values})
        return row_id

    def send(self, *, at_least: int = 1) -> None:
        """In the order in which the kinds were first used: what is pointed at comes first."""
        if sum(map(len, self._rows.values())) < at_least:
            return
        for model, rows in self._rows.items():
            if rows:
                db.session.execute(insert(model.__table__), rows)
                rows.clear()

    def finish(self) -> None:
        """What the database gives next begins after ours."""
        self.send()
        if db.engine.dialect.name == "postgresql":
            for model in self._ids:
                name = model.__tablename__
                db.session.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
                )
