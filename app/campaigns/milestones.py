"""What the coaching record hears of its campaigns: by a query, never by a copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from app.campaigns.models import Campaign
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


def entries(record_id: int) -> Select[int, str, datetime]:
    """(campaign id, action, at) of every campaign that hangs on the record, as a part of one statement."""
    return (
        select(JournalEntry.subject_id, JournalEntry.action, JournalEntry.at)
        .join(Campaign, Campaign.id == JournalEntry.subject_id)
        .where(
            JournalEntry.subject_kind == "campaigns",
            Campaign.coaching_record_id == record_id,
            JournalEntry.action.in_([f"campaign.{action}" for action in ACTIONS]),
        )
    )
