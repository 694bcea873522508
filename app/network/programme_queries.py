"""Reads about programmes: the steps of each version."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.database import db
from app.network.models import ProgrammeTemplate


def templates_of(programme_id: int) -> Sequence[ProgrammeTemplate]:
    """Every version, newest first."""
    query = select(ProgrammeTemplate).where(ProgrammeTemplate.programme_id == programme_id)
    return db.session.scalars(query.order_by(ProgrammeTemplate.version.desc())).all()


def steps_of(programme_id: int, version: int) -> tuple[str, ...]:
    """The steps a record began with; none when the version is unknown."""
    found = db.session.scalar(
        select(ProgrammeTemplate).where(
            ProgrammeTemplate.programme_id == programme_id, ProgrammeTemplate.version == version
        )
    )
    return tuple(found.steps) if found else ()
