"""Passing on: referrals to others, hand-overs between colleagues, absences that somebody covers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Model


class Referral(Model):
    """A person sent on, with their consent, to an organisation of the network or to a partner outside (`to_name`)."""

    __tablename__ = "referrals"
    __table_args__ = (
        CheckConstraint(
            "state IN ('sent', 'accepted', 'declined', 'redirected', 'first_contact')", name="state_is_known"
        ),
        CheckConstraint("(to_organisation_id IS NULL) <> (to_name = '')", name="goes_to_one"),
        Index("ix_referrals_to_organisation_id_state", "to_organisation_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    from_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    to_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    to_name: Mapped[str] = mapped_column(String(160), default="")
    need: Mapped[str] = mapped_column(String(300))
    consent_on: Mapped[date] = mapped_column()
    state: Mapped[str] = mapped_column(String(14), default="sent")
    reason: Mapped[str] = mapped_column(String(300), default="")  # of a refusal, or of a better address
    sent_at: Mapped[datetime] = mapped_column()
    answered_at: Mapped[datetime | None] = mapped_column()
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    new_record_id: Mapped[int | None] = mapped_column(ForeignKey("coaching_records.id"))
    first_contact_on: Mapped[date | None] = mapped_column()
    reminded_at: Mapped[datetime | None] = mapped_column()  # whoever was asked, once
    contact_reminded_at: Mapped[datetime | None] = mapped_column()  # whoever accepted, once
    sender_told_at: Mapped[datetime | None] = mapped_column()  # that there is still no first contact


class Handover(Model):
    """A record given to a colleague, with the sentence that goes with it, until they say they have read it."""

    __tablename__ = "handovers"
    __table_args__ = (Index("ix_handovers_to_user_id_read_at", "to_user_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    from_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    to_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    words: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column()
    read_at: Mapped[datetime | None] = mapped_column()


class Absence(Model):
    """« I am away »: a colleague sees what is mine on their morning page. Ends by itself."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        CheckConstraint("covered_by_id <> user_id", name="somebody_else_covers"),
        Index("ix_absences_covered_by_id_ends_on", "covered_by_id", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    covered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date] = mapped_column()
