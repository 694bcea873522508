"""Reads of threads: every list asks `readable`; unread counts hold no words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from app.accounts.models import User
from app.coaching import vault
from app.coaching.document_models import RecordDocument
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.level_queries import readable
from app.coaching.levels import Relation, may_read_item
from app.coaching.message_models import RecordMessage, ThreadRead
from app.coaching.message_rules import UNDO, may_take_back
from app.coaching.models import CoachingRecord
from app.coaching.note_models import OrganisationKey
from app.core.database import db
from app.core.errors import NotFound

MOST = 300


@dataclass(frozen=True)
class Attached:
    """A document that came with a message."""

    public_id: str
    title: str


@dataclass(frozen=True)
class Line:
    """A message as somebody reads it. `author` "": the platform."""

    id: int
    public_id: str
    author: str
    text: str
    sent_at: datetime
    is_mine: bool
    is_new: bool
    is_taken_back: bool
    may_take_back: bool
    files: tuple[Attached, ...] = ()


def get_message(public_id: str) -> tuple[RecordFile, RecordMessage]:
    """With the file of its record. Errors: NotFound."""
    row = db.session.execute(
        select(RecordMessage, CoachingRecord.reference)
        .join(CoachingRecord, CoachingRecord.id == RecordMessage.record_id)
        .where(RecordMessage.public_id == public_id[:30])
    ).first()
    if row is None:
        raise NotFound
    return get_file(row[1]), row[0]


def thread(record_id: int, relation: Relation, *, at: datetime) -> list[Line]:
    """The newest MOST messages, the oldest first. Three statements."""
    rows = db.session.execute(
        select(RecordMessage, OrganisationKey, User.name)
        .outerjoin(OrganisationKey, OrganisationKey.id == RecordMessage.key_id)
        .outerjoin(User, User.id == RecordMessage.author_id)
        .where(RecordMessage.record_id == record_id, readable(RecordMessage, relation))
        .order_by(RecordMessage.id.desc())
        .limit(MOST)
    ).all()
    seen, opener = last_seen(record_id, relation.user_id), vault.Opener()
    attached = attached_to(record_id, relation)
    return [
        Line(
            id=message.id, public_id=message.public_id, author=name or "", sent_at=message.sent_at,
            text=opener.text(message.sealed, message.public_id, key),
            is_mine=message.author_id is not None and message.author_id == relation.user_id,
            is_new=message.id > seen and message.author_id != relation.user_id,
            is_taken_back=message.taken_back_at is not None,
            may_take_back=message.author_id == relation.user_id
            and message.taken_back_at is None
            and may_take_back(sent_at=message.sent_at, at=at),
            files=tuple(attached.get(message.id, ())),
        )
        for message, key, name in reversed(rows)
        if may_read_item(relation, message)
    ]  # fmt: skip


def attached_to(record_id: int, relation: Relation) -> dict[int, list[Attached]]:
    """Message id → what came with it, as far as this viewer may read."""
    found: dict[int, list[Attached]] = {}
    for document in db.session.scalars(
        select(RecordDocument)
        .where(
            RecordDocument.record_id == record_id, RecordDocument.message_id.is_not(None),
            RecordDocument.removed_at.is_(None), readable(RecordDocument, relation),
        )
        .order_by(RecordDocument.id)
    ):  # fmt: skip
        if may_read_item(relation, document):
            found.setdefault(document.message_id or 0, []).append(Attached(document.public_id, document.title))
    return found


def is_sent(name: str, record_id: int, user_id: int) -> bool:
    """Whether this form was sent already: nothing of it is stored again."""
    query = select(RecordMessage.id).where(
        RecordMessage.public_id == name, RecordMessage.record_id == record_id, RecordMessage.author_id == user_id
    )
    return bool(name) and db.session.scalar(query) is not None


def last_seen(record_id: int, user_id: int | None) -> int:
    """The id of the last message somebody has seen; 0 before the first."""
    query = select(ThreadRead.last_message_id).where(
        ThreadRead.record_id == record_id, ThreadRead.user_id == (user_id or 0)
    )
    return db.session.scalar(query) or 0


def unread(record_ids: list[int], user_id: int) -> dict[int, int]:
    """Record id → how many messages of others this person has not seen; none: absent. One statement.

    Ask it only about records whose thread this person may read.
    """
    rows = db.session.execute(
        select(RecordMessage.record_id, func.count())
        .outerjoin(ThreadRead, and_(ThreadRead.record_id == RecordMessage.record_id, ThreadRead.user_id == user_id))
        .where(
            RecordMessage.record_id.in_(record_ids),
            RecordMessage.taken_back_at.is_(None),
            RecordMessage.author_id.is_distinct_from(user_id),
            RecordMessage.id > func.coalesce(ThreadRead.last_message_id, 0),
        )
        .group_by(RecordMessage.record_id)
    )
    return {record_id: count for record_id, count in rows}  # noqa: C416  # dict() of rows is not typed


def to_tell(*, at: datetime) -> list[int]:
    """Messages that nobody can take back any more and about which nobody was told: for the job."""
    settled = select(RecordMessage.id).where(RecordMessage.told_at.is_(None), RecordMessage.sent_at <= at - UNDO)
    return list(db.session.scalars(settled.order_by(RecordMessage.id).limit(200)))
