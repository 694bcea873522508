"""What happens to a campaign on line: suspensions, and reports of the public."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.campaigns.models import Campaign
from app.core.database import Model

IS_OPEN = text("ended_at IS NULL")


class Ending(StrEnum):
    LIFTED = "lifted"  # by two persons
    UNCONFIRMED = "unconfirmed"  # by the clock: nobody confirmed in time
    CANCELLED = "cancelled"  # the campaign ended meanwhile


class Suspension(Model):
    """A campaign on line that takes no contribution for a while: one person begins, a second confirms; two end it."""

    __tablename__ = "suspensions"
    __table_args__ = (
        Index("uq_suspensions_one_open", "campaign_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> suspended_by_id", name="two_confirm"),
        CheckConstraint("lifted_by_id IS NULL OR lifted_by_id <> lift_proposed_by_id", name="two_lift"),
        CheckConstraint("(ended_at IS NULL) = (ending = '')", name="ended_has_its_ending"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    reason_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)  # the statement of reasons, to the holder
    suspended_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    suspended_at: Mapped[datetime] = mapped_column()
    second_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column()
    lift_proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lift_reason: Mapped[str] = mapped_column(Text, default="")
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column()
    ending: Mapped[Ending] = mapped_column(String(20), default="")
    told_pledge_id: Mapped[int] = mapped_column(default=0)  # contributors are told in this order, up to this one
    told_end_pledge_id: Mapped[int] = mapped_column(default=0)

    campaign: Mapped[Campaign] = relationship()


class Outcome(StrEnum):
    KEPT = "kept"  # nothing against the campaign
    UPHELD = "upheld"  # something is done, and the holder reads why


class AbuseReport(Model):
    """What somebody says is wrong with a campaign's page, and the answer; its address is the reporter's own key."""

    __tablename__ = "abuse_reports"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (outcome = '')", name="answered_has_its_outcome"),
        Index("ix_abuse_reports_answered_at_at", "answered_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    category: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")  # "": no answer by mail is wanted
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    at: Mapped[datetime] = mapped_column()
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[Outcome] = mapped_column(String(10), default="")
    answer: Mapped[str] = mapped_column(Text, default="")  # to the reporter
    statement: Mapped[str] = mapped_column(Text, default="")  # of reasons, to the holder
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None] = mapped_column()

    campaign: Mapped[Campaign] = relationship()
