"""What the coaching record hears of its campaigns: by a query, never by a copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core.database import db
from app.core.journal import JournalEntry

ACTIONS = (
    "started", "submitted", "resubmitted", "appealed", "request_changes", "approve", "refuse", "open", "suspend",
    "lift", "close", "succeed", "fail", "settle", "fulfil", "withdraw", "cancel",
)  # fmt: skip


@dataclass(frozen=True)
class Milestone:
    """One thing that happened to a campaign: a journal action, or `share.25`, `share.50`, `share.100` of its goal."""

    campaign_id: int
    action: str
    at: datetime


def of_record(record_id: int) -> list[Milestone]:
    """Of every campaign that hangs on the record, oldest first. One statement."""
    rows = db.session.execute(
        select(JournalEntry.subject_id, JournalEntry.action, JournalEntry.at)
        .join(Campaign, Campaign.id == JournalEntry.subject_id)
        .where(
            JournalEntry.subject_kind == "campaigns",
            Campaign.coaching_record_id == record_id,
            JournalEntry.action.in_([f"campaign.{action}" for action in ACTIONS]),
        )
        .order_by(JournalEntry.id)
        .limit(500)
    )
    return [Milestone(row[0], row[1], row[2]) for row in rows]
