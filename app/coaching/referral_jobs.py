"""A referral that waits: whoever should act is reminded once, and who sent it on is told. Safe to stop, repeat, or run
twice at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.coaching import referral_mails
from app.coaching.models import CoachingRecord
from app.coaching.relay_models import Referral
from app.core import clock
from app.core.calendar import working_days_between
from app.core.database import db, transaction
from app.core.journal import record as journal

REMIND_WORKING_DAYS = 10


@dataclass(frozen=True)
class Reminder:
    """After ten working days in `state` since the instant in the column `since`; `done` is the column of its own."""

    state: str
    since: str
    done: str
    verb: str
    tell: Callable[..., None]

    def is_due(self, sent: Referral) -> bool:
        since: Any = getattr(sent, self.since)
        if sent.state != self.state or since is None or getattr(sent, self.done) is not None:
            return False
        today = clock.paris_day(clock.now()).date()
        return working_days_between(clock.paris_day(since).date(), today) >= REMIND_WORKING_DAYS


REMINDERS = (
    Reminder("sent", "sent_at", "reminded_at", "referral.reminded", referral_mails.unanswered),
    Reminder("accepted", "answered_at", "contact_reminded_at", "referral.contact_reminded",
             referral_mails.contact_awaited),
    Reminder("accepted", "contact_reminded_at", "sender_told_at", "referral.contact_missing",
             referral_mails.contact_missing),
)  # fmt: skip


def remind() -> str:
    told = sum(_remind(one, referral_id) for one in REMINDERS for referral_id in _waiting(one))
    return f"{told} reminded" if told else ""


def _waiting(reminder: Reminder) -> list[int]:
    since = getattr(Referral, reminder.since)
    ids = db.session.scalars(
        select(Referral.id).where(
            Referral.state == reminder.state, getattr(Referral, reminder.done).is_(None),
            since <= clock.now() - timedelta(days=REMIND_WORKING_DAYS),
        ).order_by(Referral.id).limit(500)
    ).all()  # fmt: skip
    db.session.rollback()
    return list(ids)


def _remind(reminder: Reminder, referral_id: int) -> bool:
    with transaction():
        at = clock.now()
        sent = db.session.get(Referral, referral_id, with_for_update=True, populate_existing=True)
        if sent is None or not reminder.is_due(sent):
            return False
        setattr(sent, reminder.done, at)
        journal(reminder.verb, on=sent, by=None, at=at, record=sent.record_id)
        reminder.tell(db.session.get_one(CoachingRecord, sent.record_id), sent, at=at)
        return True
