"""The thread of a record: messages between its holders and its team, and what the platform mailed about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.coaching.models import Levelled
from app.core.database import Model


class RecordMessage(Levelled, Model):
    """Words from one side to the other, sealed like notes. `author_id` None: written by the platform (a mail it sent).

    `taken_back_at`: undone by its author, nothing of the words is left. `told_at`: whoever had to be told by mail was.
    """

    __tablename__ = "coaching_messages"
    __table_args__ = (
        CheckConstraint("taken_back_at IS NULL OR sealed = ''", name="taken_back_is_empty"),
        Index("ix_coaching_messages_record_id_id", "record_id", "id"),
        Index("ix_coaching_messages_told_at_sent_at", "told_at", "sent_at"),
    )
    is_exchange = True

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(30), unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"))
    key_id: Mapped[int | None] = mapped_column(ForeignKey("organisation_keys.id"), index=True)
    sealed: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column()
    told_at: Mapped[datetime | None] = mapped_column()
    taken_back_at: Mapped[datetime | None] = mapped_column()


class ThreadRead(Model):
    """Up to which message somebody has seen a thread."""

    __tablename__ = "thread_reads"
    __table_args__ = (UniqueConstraint("record_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    last_message_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column()
