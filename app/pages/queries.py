"""Reads for the pages that belong to no other room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import db
from app.core.jobs import WorkerBeat

SILENT_AFTER_SECONDS = 60


@dataclass(frozen=True)
class Health:
    """`worker_seconds`: since its last beat; None when it was never seen or nobody can say."""

    database_answers: bool
    worker_seconds: float | None

    @property
    def is_good(self) -> bool:
        return self.database_answers and self.worker_seconds is not None and self.worker_seconds < SILENT_AFTER_SECONDS


def health(at: datetime) -> Health:
    """`at` in the system's time, like the worker's beat."""
    try:
        seen_at = db.session.scalar(select(func.max(WorkerBeat.at)))
    except SQLAlchemyError:
        db.session.rollback()
        return Health(database_answers=False, worker_seconds=None)
    return Health(True, None if seen_at is None else max(0.0, round((at - seen_at).total_seconds(), 1)))
