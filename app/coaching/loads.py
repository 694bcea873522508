"""How many records each organisation follows now, for the routing of the network."""

from __future__ import annotations

from sqlalchemy import func, select

from app.coaching.models import CoachingRecord
from app.coaching.rules import OPEN
from app.core.database import db


def open_records() -> dict[tuple[int, int], int]:
    """(organisation id, programme id) → its open records."""
    rows = db.session.execute(
        select(CoachingRecord.organisation_id, CoachingRecord.programme_id, func.count())
        .where(CoachingRecord.state.in_(OPEN))
        .group_by(CoachingRecord.organisation_id, CoachingRecord.programme_id)
    )
    return {(organisation, programme): count for organisation, programme, count in rows}
