"""The situation of a person at a moment: always confidential, never searched, never mailed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.coaching.levels import Level
from app.coaching.models import Levelled
from app.coaching.situation_rules import Moment
from app.core.database import Model


class SituationSnapshot(Levelled, Model):
    """Codes of `situation_rules`. `author_id`: who declared it, the person or a coach. `about_id`: whose it is."""

    __tablename__ = "situation_snapshots"
    __table_args__ = (
        UniqueConstraint(
            "record_id", "person_id", "organisation_id", "moment", "happened_on", name="uq_situation_snapshots_moment"
        ),
        CheckConstraint("visibility = 'restricted'", name="is_always_restricted"),
        CheckConstraint("moment IN ('entry', 'exit', 'follow_up')", name="moment_is_known"),
        CheckConstraint("on_social_minimum IN ('yes', 'no', 'unknown')", name="minimum_is_known"),
        CheckConstraint("lives_in_qpv IN ('yes', 'no', 'unknown')", name="qpv_is_known"),
    )

    visibility: Mapped[Level] = mapped_column(String(12), default=Level.RESTRICTED)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"))
    about_id: Mapped[int] = mapped_column("person_id", ForeignKey("persons.id"), index=True)
    moment: Mapped[Moment] = mapped_column(String(10))
    happened_on: Mapped[date] = mapped_column()
    employment: Mapped[str] = mapped_column(String(14), default="unknown")
    on_social_minimum: Mapped[str] = mapped_column(String(8), default="unknown")
    lives_in_qpv: Mapped[str] = mapped_column(String(8), default="unknown")
    education: Mapped[str] = mapped_column(String(6), default="")
    household: Mapped[str] = mapped_column(String(16), default="")
    created_at: Mapped[datetime] = mapped_column()
