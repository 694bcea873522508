"""Ten working days without an answer: whoever was asked is reminded once, and who sent it on is told."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.coaching import mails
from app.coaching.models import CoachingRecord
from app.coaching.relay_models import Referral
from app.core import clock
from app.core.calendar import working_days_between
from app.core.database import db, transaction
from app.core.journal import record as journal

REMIND_WORKING_DAYS = 10


def remind_unanswered() -> str:
    """Safe to stop, repeat, or run twice at once."""
    at = clock.now()
    today, told = clock.paris_day(at).date(), 0
    ids = db.session.scalars(
        select(Referral.id).where(
            Referral.state == "sent", Referral.reminded_at.is_(None), Referral.to_organisation_id.is_not(None),
            Referral.sent_at <= at - timedelta(days=REMIND_WORKING_DAYS),
        ).limit(500)
    ).all()  # fmt: skip
    db.session.rollback()
    for referral_id in ids:
        with transaction():
            sent = db.session.get(Referral, referral_id, with_for_update=True, populate_existing=True)
            if sent is None or sent.state != "sent" or sent.reminded_at is not None:
                continue
            if working_days_between(clock.paris_day(sent.sent_at).date(), today) < REMIND_WORKING_DAYS:
                continue
            sent.reminded_at, told = at, told + 1
            journal("referral.reminded", on=sent, by=None, at=at, record=sent.record_id)
            mails.referral_unanswered(db.session.get_one(CoachingRecord, sent.record_id), sent, at=at)
    return f"{told} reminded" if told else ""
