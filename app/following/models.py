"""Readers and what they follow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.campaigns.models import Campaign
from app.core.database import Model


class Reader(Model):
    """An address and which mails it wants. `public_id` (128 random bits) is its name in signed links."""

    __tablename__ = "readers"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    locale: Mapped[str] = mapped_column(String(5))
    wants_reminders: Mapped[bool] = mapped_column()
    wants_digest: Mapped[bool] = mapped_column()
    wants_news: Mapped[bool] = mapped_column()  # what a team writes to those who gave
    coach_digest: Mapped[str] = mapped_column(String(8), default="weekly", server_default="weekly")
    digested_week: Mapped[str] = mapped_column(String(8))  # « 2027-W09 », the last one summed up
    created_at: Mapped[datetime] = mapped_column()


class Follow(Model):
    """One reader follows one campaign, once the address has said yes."""

    __tablename__ = "follows"
    __table_args__ = (
        UniqueConstraint("reader_id", "campaign_id"),
        Index("ix_follows_campaign_id_reminded_at", "campaign_id", "reminded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    asked_at: Mapped[datetime] = mapped_column()
    confirmed_at: Mapped[datetime | None] = mapped_column()
    reminded_at: Mapped[datetime | None] = mapped_column()

    reader: Mapped[Reader] = relationship()
    campaign: Mapped[Campaign] = relationship()
