"""Documents of a record: rows here, files in the private storage."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, String
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from app.coaching.models import Levelled
from app.core.database import Model


class RecordDocument(Levelled, Model):
    """A file and who may read it. `files`: [{"name"}] in the storage, [] once removed; `size_bytes` as stored.

    Sealed under the key `key_id`. With a `message_id` it came with that message, and has the readers of messages.
    """

    __tablename__ = "record_documents"
    __table_args__ = (
        CheckConstraint("kind IN ('image/webp', 'application/pdf')", name="kind_is_known"),
        CheckConstraint("size_bytes > 0", name="is_not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(30), unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    files: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    size_bytes: Mapped[int] = mapped_column()
    added_at: Mapped[datetime] = mapped_column()
    removed_at: Mapped[datetime | None] = mapped_column()
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    key_id: Mapped[int | None] = mapped_column(ForeignKey("organisation_keys.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("coaching_messages.id"), index=True)

    @hybrid_property
    def is_exchange(self) -> bool:
        """Of a row a fact, of the table a condition: `levels` and `level_queries` ask the same."""
        return self.message_id is not None

    @is_exchange.inplace.expression
    @classmethod
    def _is_exchange_in_sql(cls) -> ColumnElement[bool]:
        return cls.message_id.is_not(None)
