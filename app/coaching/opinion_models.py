"""Opinions that a coach asks of a colleague about a record, here or in another organisation."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.coaching.models import CoachingRecord
from app.core.database import Model


class RecordOpinion(Model):
    """A question, and later its answer; both sealed under the asking organisation's key.

    `shares_record`: the colleague was added to the record as an expert until they answer.
    `name` is in its address and binds the sealed texts to this row.
    """

    __tablename__ = "record_opinions"
    __table_args__ = (
        CheckConstraint("asked_by_id <> asked_to_id", name="asks_another"),
        CheckConstraint("answered_at IS NULL OR revoked_at IS NULL", name="answered_or_revoked"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30), unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_to_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    key_id: Mapped[int | None] = mapped_column(ForeignKey("organisation_keys.id"), index=True)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    answer_key_id: Mapped[int | None] = mapped_column(ForeignKey("organisation_keys.id"), index=True)
    shares_record: Mapped[bool] = mapped_column()
    due_on: Mapped[date | None] = mapped_column()
    asked_at: Mapped[datetime] = mapped_column()
    answered_at: Mapped[datetime | None] = mapped_column()
    reminded_at: Mapped[datetime | None] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()

    record: Mapped[CoachingRecord] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    asked_to: Mapped[User] = relationship(foreign_keys=[asked_to_id])

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.revoked_at is None
