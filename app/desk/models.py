"""Deliveries of rewards with their sealed addresses, and messages to contributors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.core.database import Model
from app.desk.rules import DeliveryState
from app.pledges.models import Pledge


class Delivery(Model):
    """What became of one reward. No row: to prepare. `address_sealed` "" when none is kept."""

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('to_prepare','sent','received','problem')", name="state_is_known"),
        Index("ix_deliveries_forget_at", "forget_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    state: Mapped[DeliveryState] = mapped_column(String(12), default=DeliveryState.TO_PREPARE)
    note: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[datetime] = mapped_column()
    address_sealed: Mapped[str] = mapped_column(Text, default="")
    address_asked_at: Mapped[datetime | None] = mapped_column()
    address_given_at: Mapped[datetime | None] = mapped_column()
    forget_at: Mapped[datetime | None] = mapped_column()

    pledge: Mapped[Pledge] = relationship()


class Message(Model):
    """Words of the team to contributors. `form_key`: one per form shown, a second click finds the first."""

    __tablename__ = "contributor_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subject: Mapped[str] = mapped_column(String(150))
    text: Mapped[str] = mapped_column(Text)
    is_thanks: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column()

    campaign: Mapped[Campaign] = relationship()
    author: Mapped[User] = relationship()


class MessageRecipient(Model):
    """One contribution that a message goes to; `posted_at` once its mail is written."""

    __tablename__ = "contributor_message_recipients"
    __table_args__ = (
        UniqueConstraint("message_id", "pledge_id"),
        Index("ix_contributor_message_recipients_posted_at", "posted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("contributor_messages.id"))
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True)
    posted_at: Mapped[datetime | None] = mapped_column()

    message: Mapped[Message] = relationship()
    pledge: Mapped[Pledge] = relationship()


class Curve(Model):
    """The drawn curve of a campaign: `names` of the files by language, `drawn_for` what it was drawn from."""

    __tablename__ = "curves"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    drawn_for: Mapped[str] = mapped_column(String(120))
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    drawn_at: Mapped[datetime] = mapped_column(index=True)
