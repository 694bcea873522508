"""Reads for the pages that belong to no other room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from app.core.database import db
from app.core.jobs import newest_beat


@dataclass(frozen=True)
class Health:
    """`worker_seconds`: since its last beat; None when it was never seen or nobody can say."""

    database_answers: bool
    worker_seconds: float | None
    worker_is_well: bool = False

    @property
    def is_good(self) -> bool:
        return self.database_answers and self.worker_is_well


def health(at: datetime) -> Health:
    """`at` in the system's time, like the worker's beat."""
    try:
        seen = newest_beat()
    except SQLAlchemyError:
        db.session.rollback()
        return Health(database_answers=False, worker_seconds=None)
    if seen is None:
        return Health(database_answers=True, worker_seconds=None)
    return Health(True, max(0.0, round((at - seen.at).total_seconds(), 1)), seen.is_well(at))
