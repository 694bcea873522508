"""Reviews: who has the file, what was asked, what was decided by whom and why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.campaigns.models import Campaign
from app.core.database import Model
from app.core.journal import append_only


class ReviewPhase(StrEnum):
    TAKEN = "taken"  # somebody has it, nothing is answered yet
    ADMISSIBILITY = "admissibility"  # may it be read at all? Its part of the checklist is open
    IN_REVIEW = "in_review"
    WAITING_FOR_HOLDER = "waiting_for_holder"
    PROPOSED = "proposed"  # a first person proposed approval or refusal; a second decides
    DECIDED = "decided"
    ENDED = "ended"  # withdrawn by the holder


class DecisionKind(StrEnum):
    CHANGES = "changes"
    APPROVED = "approved"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    SUSPENSION_CONFIRMED = "suspension_confirmed"
    LIFTED = "lifted"
    CANCELLED = "cancelled"  # by the clock, after a suspension that nobody lifted
    REPORT_KEPT = "report_kept"
    REPORT_UPHELD = "report_upheld"


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
    phase: Mapped[ReviewPhase] = mapped_column(String(20), default=ReviewPhase.TAKEN)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    taken_at: Mapped[datetime | None] = mapped_column()
    checklist_version: Mapped[int] = mapped_column()
    checklist: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # item code → ok / to_fix / not_applicable
    admitted_at: Mapped[datetime | None] = mapped_column()
    first_answer_at: Mapped[datetime | None] = mapped_column()  # the first words of a person to the holder
    risk_reason: Mapped[str | None] = mapped_column(String(300))  # a flag: another organisation must read too
    cross_reason: Mapped[str | None] = mapped_column(String(20))  # amount, flag or own_house, when proposed
    second_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("reviews.id"))  # the refusal that is appealed
    interests_checked_at: Mapped[datetime | None] = mapped_column()
    coach_opinion: Mapped[str] = mapped_column(Text, default="")  # to the reviewers
    opinion_to_holder: Mapped[str | None] = mapped_column(Text)
    opinion_verdict: Mapped[str | None] = mapped_column(String(20))  # ready, ready_if, not_yet
    opinion_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    opinion_at: Mapped[datetime | None] = mapped_column()
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


class ChecklistNote(Model):
    """The words about one point of the list: `inside` for who reviews, `to_holder` for the holder.

    `told` is what the holder reads: the words for them as they were when the requests, or the decision, were sent.
    """

    __tablename__ = "checklist_notes"
    __table_args__ = (UniqueConstraint("review_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    code: Mapped[str] = mapped_column(String(40))
    inside: Mapped[str] = mapped_column(String(300), default="")
    to_holder: Mapped[str] = mapped_column(String(300), default="")
    told: Mapped[str] = mapped_column(String(300), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column()


class Recusal(Model):
    """A reviewer who steps aside: may no longer decide nor read the internal part."""

    __tablename__ = "recusals"
    __table_args__ = (UniqueConstraint("review_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column()


class InterestStatement(Model):
    """What one person said about their links before proposing or deciding; `hits` is what the platform had found."""

    __tablename__ = "interest_statements"
    __table_args__ = (UniqueConstraint("review_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    hits: Mapped[list[str]] = mapped_column(JSON, default=list)
    words: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column()


class InterestDeclaration(Model):
    """The yearly list of a reviewer: organisations, mandates and people of theirs, one a line."""

    __tablename__ = "interest_declarations"
    __table_args__ = (UniqueConstraint("user_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    year: Mapped[int] = mapped_column()
    names: Mapped[list[str]] = mapped_column(JSON, default=list)  # empty: nothing to declare
    prints: Mapped[str | None] = mapped_column(Text)  # of a telephone and a household's address (`core.prints`)
    at: Mapped[datetime] = mapped_column()


class Phrase(Model):
    """A sentence that an organisation uses again: kept for its reviewers, edited by them, withdrawn but never lost."""

    __tablename__ = "phrases"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    written_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()


class Decision(Model):
    """What was decided, by whom and why, kept from the first day: the yearly figures are counts of these rows."""

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("second_id IS NULL OR second_id <> first_id", name="two_distinct_people"),
        Index("ix_decisions_kind_at", "kind", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[DecisionKind] = mapped_column(String(30))
    is_appeal: Mapped[bool] = mapped_column(default=False)
    first_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # None: the clock
    second_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    motive_code: Mapped[str] = mapped_column(String(40), default="")
    motive: Mapped[str] = mapped_column(Text, default="")
    working_days: Mapped[int | None] = mapped_column()  # with the reviewers; waiting for the holder is left out
    at: Mapped[datetime] = mapped_column()


append_only(Decision)
