"""A campaign cancelled by two persons: proposed with reasons, then approved or given up."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.campaigns.models import Campaign
from app.core.database import Model


class CancellationState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"  # by a second person: the campaign is cancelled in the same transaction
    GIVEN_UP = "given_up"


class Cancellation(Model):
    """Everybody is released or refunded once a second person has approved. `words` are said to the holder."""

    __tablename__ = "cancellations"
    __table_args__ = (
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> proposed_by_id", name="two_distinct_persons"),
        CheckConstraint("state IN ('proposed','approved','given_up')", name="state_is_known"),
        CheckConstraint("state <> 'approved' OR approved_by_id IS NOT NULL", name="approved_by_somebody"),
        Index(
            "uq_cancellations_one_proposed", "campaign_id", unique=True,
            sqlite_where=text("state = 'proposed'"), postgresql_where=text("state = 'proposed'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[CancellationState] = mapped_column(String(12), default=CancellationState.PROPOSED)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column()
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()

    campaign: Mapped[Campaign] = relationship()
