"""Which records each rule of retention is about at an instant: the dry run and the real one ask the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select, true

from app.coaching.message_models import RecordMessage
from app.coaching.models import Activity, CoachingRecord
from app.coaching.note_models import Note
from app.coaching.path_models import RecordMove
from app.coaching.privacy_models import RecordErasure, RetentionNotice
from app.coaching.request_models import CoachingRequest, RecordLink
from app.coaching.retention_table import (
    ARCHIVE,
    DEAD_LINK,
    NOTICE,
    SILENT_CLOSED,
    SILENT_NOTICE,
    SILENT_PROMPT,
    WITHDRAWN,
)
from app.coaching.rules import OPEN, RecordState
from app.core.database import db

CLOSED = (RecordState.CLOSED, RecordState.DECLINED, RecordState.REFERRED)
# (record, instant, done by a person and not by a rule): a record that is opened again is alive like one written in
SIGNS_OF_LIFE: tuple[tuple[Any, Any, Any], ...] = (
    (Activity.record_id, Activity.created_at, true()),
    (RecordMove.record_id, RecordMove.at, RecordMove.by_id.is_not(None) & (RecordMove.old_state != "")),
    (Note.record_id, Note.created_at, true()),
    (RecordMessage.record_id, RecordMessage.sent_at, RecordMessage.author_id.is_not(None)),
)


def due(key: str, at: datetime, organisation_ids: frozenset[int] | None = None) -> list[tuple[int, str]]:
    """(row id, reference) of what a rule acts on at `at`, the oldest first; of some organisations or of all."""
    if key == "links":
        query: Any = (
            select(RecordLink.id, CoachingRecord.reference)
            .join(CoachingRecord, CoachingRecord.id == RecordLink.record_id)
            .where(RecordLink.expires_at <= at - DEAD_LINK)
            .order_by(RecordLink.id)
        )
    else:
        query = select(CoachingRecord.id, CoachingRecord.reference).where(*_condition(key, at), ~_erased())
        query = query.order_by(CoachingRecord.id)
    if organisation_ids is not None:
        query = query.where(CoachingRecord.organisation_id.in_(organisation_ids))
    return [(row_id, reference) for row_id, reference in db.session.execute(query.limit(1000))]


def _erased() -> ColumnElement[bool]:
    return CoachingRecord.id.in_(select(RecordErasure.record_id))


def _condition(key: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    is_open, is_closed = CoachingRecord.state.in_(OPEN), CoachingRecord.state.in_(CLOSED)
    if key == "prompt":
        return is_open, _silent_since(at - SILENT_PROMPT), ~_told("prompt")
    if key == "closing":
        return is_open, _silent_since(at - SILENT_NOTICE), ~_told("closing")
    if key == "close":
        return is_open, _silent_since(at - SILENT_CLOSED), _told("closing", before=at - NOTICE)
    ended = func.coalesce(CoachingRecord.closed_at, _last_activity())
    if key == "deletion":
        return is_closed, ended <= at - ARCHIVE + NOTICE, ~_told("deletion")
    if key == "erase":
        return is_closed, ended <= at - ARCHIVE, _told("deletion", before=at - NOTICE)
    if key == "withdrawn":
        withdrawn = select(CoachingRequest.record_id).where(CoachingRequest.withdrawn_at <= at - WITHDRAWN)
        return (CoachingRecord.id.in_(withdrawn),)
    raise KeyError(key)


def _silent_since(instant: datetime) -> ColumnElement[bool]:
    """Opened before, and nothing noted, written, said or decided by anybody after it."""
    later = (_exists(record_id, (at > instant) & is_somebodys) for record_id, at, is_somebodys in SIGNS_OF_LIFE)
    return and_(CoachingRecord.created_at <= instant, *(~one for one in later))


def _exists(record_id: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return CoachingRecord.id.in_(select(record_id).where(condition))


def _last_activity() -> Any:
    last = select(func.max(Activity.created_at)).where(Activity.record_id == CoachingRecord.id).scalar_subquery()
    return func.coalesce(last, CoachingRecord.created_at)


def _told(kind: str, *, before: datetime | None = None) -> ColumnElement[bool]:
    """A notice that counts: the record gave no sign of life after it. Of one that is closed words are none."""
    signs = SIGNS_OF_LIFE[:2] if kind == "deletion" else SIGNS_OF_LIFE
    notice = select(RetentionNotice.record_id).where(
        RetentionNotice.kind == kind, RetentionNotice.record_id == CoachingRecord.id,
        *(
            ~exists().where(record_id == RetentionNotice.record_id, at > RetentionNotice.at, is_somebodys)
            for record_id, at, is_somebodys in signs
        ),
    )  # fmt: skip
    if before is not None:
        notice = notice.where(RetentionNotice.at <= before)
    return notice.exists()
