"""Messages: sent, taken back, seen, told about. The caller commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update

from app.coaching import document_services, vault
from app.coaching.document_models import RecordDocument
from app.coaching.levels import Level
from app.coaching.message_errors import NotYourMessage, TooLateToTakeBack
from app.coaching.message_models import RecordMessage, ThreadRead
from app.coaching.message_rules import may_take_back
from app.coaching.models import CoachingRecord
from app.core.database import db
from app.core.journal import record as journal
from app.core.text import public_id


def send(record: CoachingRecord, *, text: str, by: int, at: datetime, name: str = "") -> RecordMessage:
    """A message; its readers see it at once, and are told by mail when it can no longer be taken back.

    `name`: what the form was given, so that a second click sends nothing twice. Errors: NotYourMessage.
    """
    found = db.session.scalar(select(RecordMessage).where(RecordMessage.public_id == name)) if name else None
    if found is not None:
        if found.author_id != by or found.record_id != record.id:
            raise NotYourMessage
        return found
    message = _write(record, text, by, at, name)
    journal("message.sent", on=message, by=by, at=at, record=record.id)
    see(record.id, by, up_to=message.id, at=at)
    return message


def add_automatic(record: CoachingRecord, *, text: str, at: datetime) -> RecordMessage:
    """What the platform mailed about this record, kept where both sides read it. No second mail is sent for it."""
    message = _write(record, text, None, at, "")
    message.told_at = at
    return message


def _write(record: CoachingRecord, text: str, by: int | None, at: datetime, name: str) -> RecordMessage:
    key, name = vault.newest_key(record.organisation_id, at=at), name or public_id()
    message = RecordMessage(
        public_id=name, record_id=record.id, visibility=Level.HOLDER, organisation_id=record.organisation_id,
        author_id=by, key_id=key.id, sealed=vault.seal_text(text, key, name), sent_at=at,
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    return message


def take_back(message: RecordMessage, *, by: int, at: datetime) -> list[str]:
    """Within ten minutes: nothing of the words is left, nor of what came with them. A second time changes nothing.

    Gives the names of the files to delete once this is committed. Errors: NotYourMessage, TooLateToTakeBack.
    """
    if message.author_id != by:
        raise NotYourMessage
    if message.taken_back_at is not None:
        return []
    if not may_take_back(sent_at=message.sent_at, at=at):
        raise TooLateToTakeBack
    message.sealed, message.key_id = "", None
    message.taken_back_at, message.told_at = at, message.told_at or at
    journal("message.taken_back", on=message, by=by, at=at, record=message.record_id)
    came_with = db.session.scalars(select(RecordDocument).where(RecordDocument.message_id == message.id)).all()
    return [name for document in came_with for name in document_services.remove(document, by=by, at=at)]


def see(record_id: int, user_id: int, *, up_to: int, at: datetime) -> None:
    """Somebody has seen the thread up to a message; never backwards."""
    moved = db.session.execute(
        update(ThreadRead)
        .where(ThreadRead.record_id == record_id, ThreadRead.user_id == user_id)
        .values(
            last_message_id=func.max(ThreadRead.last_message_id, up_to)
            if db.engine.dialect.name == "sqlite"
            else func.greatest(ThreadRead.last_message_id, up_to),
            at=at,
        )
    )
    if moved.rowcount == 0:  # type: ignore[attr-defined]  # known to CursorResult only
        db.session.add(ThreadRead(record_id=record_id, user_id=user_id, last_message_id=up_to, at=at))
        db.session.flush()


def note_lead_reading(record: CoachingRecord, *, by: int, at: datetime) -> None:
    """A lead without a part in the record opened its thread: the journal says so."""
    journal("thread.read", on=record, by=by, at=at)
