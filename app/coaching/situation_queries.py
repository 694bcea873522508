"""Reads of situations: each asks `readable` and passes `only_readable`."""

from __future__ import annotations

from sqlalchemy import select

from app.coaching.level_queries import readable
from app.coaching.levels import Relation, only_readable
from app.coaching.situation_models import SituationSnapshot
from app.core.database import db


def situations_of(record_id: int, relation: Relation) -> list[SituationSnapshot]:
    """What this viewer may read, by person and day. One statement."""
    rows = db.session.scalars(
        select(SituationSnapshot)
        .where(SituationSnapshot.record_id == record_id, readable(SituationSnapshot, relation))
        .order_by(SituationSnapshot.about_id, SituationSnapshot.happened_on, SituationSnapshot.id)
        .limit(100)
    )
    return only_readable(relation, rows)
