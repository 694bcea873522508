"""Notes, sealed under the data key of the organisation that wrote them; reasoned looks behind the glass."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.coaching.models import Levelled
from app.core.database import Model


class OrganisationKey(Model):
    """A data key of an organisation, wrapped by the master key that is not in the database.

    Without the row every note sealed under it is lost for good: that is what a clean erasure is.
    """

    __tablename__ = "organisation_keys"
    __table_args__ = (Index("ix_organisation_keys_organisation_id_id", "organisation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    master_key_id: Mapped[str] = mapped_column(String(16), index=True)  # which master key wrapped it
    wrapped: Mapped[str] = mapped_column(String(200))  # base64: nonce, then AES-256-GCM of 32 bytes
    created_at: Mapped[datetime] = mapped_column()


class Note(Levelled, Model):
    """Words about a record: beside an activity, or alone. `sealed` opens with `vault.open_text` only."""

    __tablename__ = "coaching_notes"
    __table_args__ = (
        CheckConstraint("is_draft = (expires_at IS NOT NULL)", name="drafts_expire"),
        CheckConstraint("erased_at IS NULL OR sealed = ''", name="erased_is_empty"),
        Index("ix_coaching_notes_author_id_is_draft", "author_id", "is_draft"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(30), unique=True)  # also binds the sealed text to its row
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"), index=True)
    key_id: Mapped[int | None] = mapped_column(ForeignKey("organisation_keys.id"), index=True)
    sealed: Mapped[str] = mapped_column(Text)
    is_draft: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime | None] = mapped_column(index=True)  # of a draft
    erased_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column()
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class GlassBreak(Model):
    """A lead's look at the restricted notes of one record: why, from when, until when."""

    __tablename__ = "glass_breaks"
    __table_args__ = (CheckConstraint("ends_at > started_at", name="ends_after_it_starts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    started_at: Mapped[datetime] = mapped_column()
    ends_at: Mapped[datetime] = mapped_column()
