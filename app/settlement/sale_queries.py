"""What a contributor may still renounce of what they bought, and whether they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.clock import end_of_paris_day
from app.core.database import db
from app.core.journal import JournalEntry
from app.pledges.models import Pledge
from app.settlement.sale_rules import DAYS, is_open, is_sale

RENOUNCED = "pledge.renounced"


@dataclass(frozen=True)
class Sale:
    """`until`: end of the time to renounce, None before the thing is received; `asked_at`: when it was renounced."""

    until: datetime | None
    is_open: bool
    asked_at: datetime | None


def find_sale(pledge: Pledge, *, received_at: datetime | None, at: datetime) -> Sale | None:
    """None when nothing was bought, or nothing paid. `received_at`: as the team or the contributor said."""
    if not is_sale(pledge.reward.nature if pledge.reward else None, pledge.state):
        return None
    until = end_of_paris_day(received_at, days_later=DAYS) if received_at else None
    return Sale(until, is_open(until, at), asked_at(pledge.id))


def asked_at(pledge_id: int) -> datetime | None:
    return db.session.scalar(
        select(JournalEntry.at)
        .where(
            JournalEntry.subject_kind == Pledge.__tablename__,
            JournalEntry.subject_id == pledge_id,
            JournalEntry.action == RENOUNCED,
        )
        .limit(1)
    )
