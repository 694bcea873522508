"""Requests made through the public form, to whom records were given, and the links mailed about a record."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.coaching.models import CoachingRecord, Person
from app.core.database import Model
from app.network.models import Organisation


class CoachingRequest(Model):
    """How a record in state `requested` began. `key` opens its page to whoever asked, without an account.

    `digest` is the same for two sendings of one form: a second click asks nothing twice.
    """

    __tablename__ = "coaching_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    need: Mapped[str] = mapped_column(String(200))
    knows_programme: Mapped[bool] = mapped_column()
    routing_reason: Mapped[str] = mapped_column(String(300))
    promised_on: Mapped[date] = mapped_column()
    late_told_at: Mapped[datetime | None] = mapped_column()  # the organisation, once the promised day has passed
    locale: Mapped[str] = mapped_column(String(5))
    asked_at: Mapped[datetime] = mapped_column()
    taken_at: Mapped[datetime | None] = mapped_column()
    withdrawn_at: Mapped[datetime | None] = mapped_column()

    record: Mapped[CoachingRecord] = relationship()
    person: Mapped[Person] = relationship()


class Assignment(Model):
    """To whom a record was given, each time, and why. `mode`: auto (routing), manual, bulk or absence."""

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("mode IN ('auto', 'manual', 'bulk', 'absence')", name="mode_is_known"),
        CheckConstraint("mode = 'auto' OR reason <> ''", name="a_change_has_its_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    old_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    old_referent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    referent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    mode: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(300), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column()

    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])


class RecordLink(Model):
    """A mailed invitation that joins a person's record to an account: hashed, single use, dies at `expires_at`."""

    __tablename__ = "record_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()
    used_at: Mapped[datetime | None] = mapped_column()

    record: Mapped[CoachingRecord] = relationship()
    person: Mapped[Person] = relationship()
