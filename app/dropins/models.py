"""Series of drop-in days, their sessions, and who comes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.coaching.models import CoachingRecord
from app.core.database import Model
from app.dropins.rules import Mode, Status
from app.network.models import Organisation, Programme, Territory


class DropInSeries(Model):
    """A drop-in day that comes back. `weekdays`: 0 is Monday. Minutes count from midnight in Paris.

    `seats`: people received at the same time; `kept_free`: last slots for whoever comes without appointment.
    `to_confirm`: the organisation has not yet said its days and hours. Days are Paris days, both included.
    """

    __tablename__ = "dropin_series"
    __table_args__ = (
        CheckConstraint("starts_min >= 0 AND starts_min < ends_min AND ends_min <= 1440", name="hours_in_a_day"),
        CheckConstraint("slot_min BETWEEN 10 AND 240", name="slot_is_sensible"),
        CheckConstraint("seats BETWEEN 1 AND 10", name="seats_are_few"),
        CheckConstraint("kept_free >= 0", name="kept_free_counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    commune_code: Mapped[str] = mapped_column(ForeignKey("territories.code"))
    place: Mapped[str] = mapped_column(String(160), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    access_notes: Mapped[str] = mapped_column(String(500), default="")  # step-free, bus, car park
    weekdays: Mapped[list[int]] = mapped_column(JSON, default=list)
    starts_min: Mapped[int] = mapped_column()
    ends_min: Mapped[int] = mapped_column()
    slot_min: Mapped[int] = mapped_column()
    seats: Mapped[int] = mapped_column(default=1)
    kept_free: Mapped[int] = mapped_column(default=0)
    modes: Mapped[list[str]] = mapped_column(JSON, default=list)
    first_on: Mapped[date | None] = mapped_column()
    last_on: Mapped[date | None] = mapped_column()
    to_confirm: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    organisation: Mapped[Organisation] = relationship()
    programme: Mapped[Programme] = relationship()
    commune: Mapped[Territory] = relationship()

    __mapper_args__ = {"version_id_col": version}


class DropInSession(Model):
    """One date of a series. `planned_on`: the Paris day it was planned for, also when it was moved since."""

    __tablename__ = "dropin_sessions"
    __table_args__ = (
        UniqueConstraint("series_id", "planned_on"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("(cancelled_at IS NULL) = (cancel_reason = '')", name="cancelled_with_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("dropin_series.id"))
    planned_on: Mapped[date] = mapped_column()
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column()
    slot_min: Mapped[int] = mapped_column()
    seats: Mapped[int] = mapped_column()
    kept_free: Mapped[int] = mapped_column()
    is_extra: Mapped[bool] = mapped_column(default=False)
    moved_at: Mapped[datetime | None] = mapped_column()
    cancelled_at: Mapped[datetime | None] = mapped_column()
    cancel_reason: Mapped[str] = mapped_column(String(200), default="")

    series: Mapped[DropInSeries] = relationship()


class DropInBooking(Model):
    """Somebody who comes. `slot_at` None: without appointment. Name and contact are emptied after KEPT_DAYS.

    `digest` is the same for two sendings of one form. `key` is inside the signed address of the booking.
    """

    __tablename__ = "dropin_bookings"
    __table_args__ = (
        Index(
            "ix_dropin_bookings_one_a_seat", "session_id", "slot_at", "seat", unique=True,
            sqlite_where=text("status IN ('booked', 'held', 'no_show')"),
            postgresql_where=text("status IN ('booked', 'held', 'no_show')"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("dropin_sessions.id"), index=True)
    slot_at: Mapped[datetime | None] = mapped_column()
    seat: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("territories.code"))
    need: Mapped[str] = mapped_column(String(200), default="")
    mode: Mapped[Mode] = mapped_column(String(10), default=Mode.ON_SITE)
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    status: Mapped[Status] = mapped_column(String(20), default=Status.BOOKED)
    booked_at: Mapped[datetime] = mapped_column()
    status_at: Mapped[datetime | None] = mapped_column()
    record_id: Mapped[int | None] = mapped_column(ForeignKey("coaching_records.id"))
    reminded_at: Mapped[datetime | None] = mapped_column()
    erased_at: Mapped[datetime | None] = mapped_column()

    session: Mapped[DropInSession] = relationship()
    commune: Mapped[Territory | None] = relationship()
    record: Mapped[CoachingRecord | None] = relationship()


class CoachFeed(Model):
    """The private calendar of a coach: its signed address holds `version`; a new one ends the old address."""

    __tablename__ = "coach_feeds"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship()
