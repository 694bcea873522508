"""What people ask about their data, what was erased, and the notices that go before."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.coaching.models import CoachingRecord
from app.core.database import Model


class PrivacyRequest(Model):
    """A person asks for everything written about them (`access`), or for its erasure. Answered within a month.

    `user_id`: who asked, while they have an account. `available_until`: how long a granted access may be downloaded;
    `with_restricted`: it holds the confidential notes and drafts too. Source: GDPR articles 12, 15 and 17.
    """

    __tablename__ = "privacy_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('access', 'erasure')", name="kind_is_known"),
        CheckConstraint("state IN ('asked', 'done', 'refused', 'withdrawn')", name="state_is_known"),
        CheckConstraint("(state = 'asked') = (settled_at IS NULL)", name="settled_has_its_day"),
        Index("ix_privacy_requests_state_due_on", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(30), unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    words: Mapped[str] = mapped_column(String(300), default="")
    answer: Mapped[str] = mapped_column(String(500), default="")
    asked_at: Mapped[datetime] = mapped_column()
    due_on: Mapped[date] = mapped_column()
    reminded_at: Mapped[datetime | None] = mapped_column()  # those who answer, once
    settled_at: Mapped[datetime | None] = mapped_column()
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    with_restricted: Mapped[bool] = mapped_column(default=False)
    available_until: Mapped[datetime | None] = mapped_column()

    record: Mapped[CoachingRecord] = relationship()


class RecordErasure(Model):
    """A record of which only what is counted is left. `why`: asked (by the person) or retention (a rule)."""

    __tablename__ = "record_erasures"
    __table_args__ = (CheckConstraint("why IN ('asked', 'retention')", name="why_is_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), unique=True)
    why: Mapped[str] = mapped_column(String(10))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column()


class RetentionNotice(Model):
    """Somebody was told before a rule acts. Void once something happens in the record after `at`."""

    __tablename__ = "retention_notices"
    __table_args__ = (
        CheckConstraint("kind IN ('prompt', 'closing', 'deletion')", name="kind_is_known"),
        Index("ix_retention_notices_record_id_kind", "record_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"))
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column()
