"""Colleagues are reminded once of an opinion that is due."""

from __future__ import annotations

from app.coaching.opinion_models import RecordOpinion
from app.coaching.opinion_queries import to_remind
from app.coaching.opinion_services import remind
from app.core import clock
from app.core.database import db, transaction


def remind_due() -> str:
    at = clock.now()
    ids = to_remind(clock.paris_day(at).date())
    db.session.rollback()
    for opinion_id in ids:
        with transaction():
            opinion = db.session.get(RecordOpinion, opinion_id, with_for_update=True, populate_existing=True)
            if opinion is not None and opinion.is_open and opinion.reminded_at is None:
                remind(opinion, at=at)
    return f"{len(ids)} reminded" if ids else ""
