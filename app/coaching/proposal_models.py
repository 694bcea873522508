"""What the platform proposes about a record: a person confirms or puts it aside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Model


class RecordProposal(Model):
    """`outcome`: after the campaign `campaign_id`, with a `suggested` kind; `closing`: after a long silence."""

    __tablename__ = "record_proposals"
    __table_args__ = (
        UniqueConstraint("campaign_id"),
        CheckConstraint("kind IN ('outcome', 'closing')", name="kind_is_known"),
        CheckConstraint("(kind = 'outcome') = (campaign_id IS NOT NULL)", name="an_outcome_has_its_campaign"),
        CheckConstraint("answer IN ('', 'confirmed', 'dismissed', 'lapsed')", name="answer_is_known"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered_has_its_day"),
        Index("ix_record_proposals_record_id_answered_at", "record_id", "answered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"))
    kind: Mapped[str] = mapped_column(String(10))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    suggested: Mapped[str] = mapped_column(String(30), default="")
    made_at: Mapped[datetime] = mapped_column()
    answer: Mapped[str] = mapped_column(String(10), default="")
    answered_at: Mapped[datetime | None] = mapped_column()
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
