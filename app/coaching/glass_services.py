"""Breaking the glass: a lead reads the restricted notes of one record, for a day, and others know it."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.coaching import mails
from app.coaching.errors import ReasonMissing
from app.coaching.models import CoachingRecord
from app.coaching.note_models import GlassBreak
from app.core.database import db
from app.core.journal import record as journal

GLASS_HOURS = 24
SHORTEST_REASON = 10  # characters


def break_glass(record: CoachingRecord, *, reason: str, by: int, at: datetime) -> GlassBreak:
    """The referent and the organisation's other leads are told. Errors: ReasonMissing."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    look = GlassBreak(
        record_id=record.id, user_id=by, reason=reason.strip()[:300], started_at=at,
        ends_at=at + timedelta(hours=GLASS_HOURS),
    )  # fmt: skip
    db.session.add(look)
    journal("record.glass_broken", on=record, by=by, at=at, until=look.ends_at.isoformat())
    mails.glass_broken(record, look, at=at)
    return look
