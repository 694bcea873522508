"""Reviews: who has the file, what was asked, what was decided by whom and why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.campaigns.models import Campaign
from app.core.database import Model


class ReviewPhase(StrEnum):
    IN_REVIEW = "in_review"
    WAITING_FOR_HOLDER = "waiting_for_holder"
    PROPOSED = "proposed"  # a first person proposed approval or refusal; a second decides
    DECIDED = "decided"
    ENDED = "ended"  # withdrawn by the holder


class Verdict(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"


IS_OPEN = text("phase NOT IN ('decided', 'ended')")


class Review(Model):
    """One passage of a campaign through moderation. Submitted campaigns without open review are the queue."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index(
            "uq_reviews_one_open", "campaign_id", unique=True,
            sqlite_where=IS_OPEN, postgresql_where=IS_OPEN,
        ),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name="two_distinct_people"),
        CheckConstraint("proposal <> 'refuse' OR alternative <> ''", name="refusal_has_an_alternative"),
        CheckConstraint("proposal = '' OR reason <> '' OR proposal = 'approve'", name="refusal_has_a_reason"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    phase: Mapped[ReviewPhase] = mapped_column(String(20), default=ReviewPhase.IN_REVIEW)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    taken_at: Mapped[datetime | None] = mapped_column()
    checklist_version: Mapped[int] = mapped_column()
    checklist: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # item code → ok / to_fix / not_applicable
    interests_checked_at: Mapped[datetime | None] = mapped_column()
    coach_opinion: Mapped[str] = mapped_column(Text, default="")
    opinion_waived_reason: Mapped[str] = mapped_column(String(300), default="")
    proposal: Mapped[str] = mapped_column(String(10), default="")
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime | None] = mapped_column()
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    alternative: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column()
    version: Mapped[int] = mapped_column()

    campaign: Mapped[Campaign] = relationship()
    requests: Mapped[list[ChangeRequest]] = relationship(order_by="ChangeRequest.id", back_populates="review")

    __mapper_args__ = {"version_id_col": version}


class ChangeRequest(Model):
    """A change asked on one named field, answered by the holder."""

    __tablename__ = "change_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), index=True)
    field: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(20))  # incorrect, incomplete, outdated
    text: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column()
    sent_at: Mapped[datetime | None] = mapped_column()  # None: noted, not yet sent to the holder
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column()
    cancelled_at: Mapped[datetime | None] = mapped_column()

    review: Mapped[Review] = relationship(back_populates="requests")


class Recusal(Model):
    """A reviewer who steps aside: may no longer decide nor read the internal part."""

    __tablename__ = "recusals"
    __table_args__ = (UniqueConstraint("review_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column()
