"""Documents of a record: rows here, files in the private storage."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.coaching.models import Levelled
from app.core.database import Model


class RecordDocument(Levelled, Model):
    """A file and who may read it. `files`: [{"name"}] in the storage, [] once removed; `size_bytes` as stored."""

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
