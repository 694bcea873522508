"""Reads of documents: every list asks `readable` and passes `only_readable`."""

from __future__ import annotations

from sqlalchemy import func, select

from app.accounts.models import User
from app.coaching.document_models import RecordDocument
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.level_queries import readable
from app.coaching.levels import Relation, may_read_item
from app.coaching.models import CoachingRecord
from app.core.database import db
from app.core.errors import NotFound


def get_document(public_id: str) -> tuple[RecordFile, RecordDocument]:
    """With the file of its record. Errors: NotFound."""
    row = db.session.execute(
        select(RecordDocument, CoachingRecord.reference)
        .join(CoachingRecord, CoachingRecord.id == RecordDocument.record_id)
        .where(RecordDocument.public_id == public_id[:30])
    ).first()
    if row is None:
        raise NotFound
    return get_file(row[1]), row[0]


def documents_of(record_id: int, relation: Relation) -> list[tuple[RecordDocument, str]]:
    """(document, who added it) that this viewer may read, the newest first. One statement."""
    rows = db.session.execute(
        select(RecordDocument, User.name)
        .outerjoin(User, User.id == RecordDocument.author_id)
        .where(
            RecordDocument.record_id == record_id, RecordDocument.removed_at.is_(None),
            readable(RecordDocument, relation),
        )
        .order_by(RecordDocument.id.desc())
        .limit(200)
    )  # fmt: skip
    return [(document, name or "") for document, name in rows if may_read_item(relation, document)]


def room_taken(record_id: int) -> tuple[int, int]:
    """(documents, bytes) that a record holds now."""
    count, size = db.session.execute(
        select(func.count(), func.coalesce(func.sum(RecordDocument.size_bytes), 0)).where(
            RecordDocument.record_id == record_id, RecordDocument.removed_at.is_(None)
        )
    ).one()
    return int(count), int(size)
