"""Reads of requests about one's data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.coaching.file_queries import RecordFile, closed_to, get_file
from app.coaching.models import CoachingRecord
from app.coaching.privacy_models import PrivacyRequest
from app.core.database import db
from app.core.errors import NotFound


def get_request(public_id: str) -> tuple[RecordFile, PrivacyRequest]:
    """With the file of its record. Errors: NotFound."""
    row = db.session.execute(
        select(PrivacyRequest, CoachingRecord.reference)
        .join(CoachingRecord, CoachingRecord.id == PrivacyRequest.record_id)
        .where(PrivacyRequest.public_id == public_id[:30])
    ).first()
    if row is None:
        raise NotFound
    return get_file(row[1]), row[0]


def of_person(record_id: int, user_id: int) -> list[PrivacyRequest]:
    """What this person asked about this record, the newest first."""
    query = select(PrivacyRequest).where(PrivacyRequest.record_id == record_id, PrivacyRequest.user_id == user_id)
    return list(db.session.scalars(query.order_by(PrivacyRequest.id.desc()).limit(50)))


def to_answer(organisation_ids: frozenset[int], user_id: int) -> list[PrivacyRequest]:
    """What waits for an answer in my organisations' records, or those I am referent of, the soonest due first; not in
    those that are closed to me."""
    query = (
        select(PrivacyRequest)
        .join(CoachingRecord, CoachingRecord.id == PrivacyRequest.record_id)
        .options(joinedload(PrivacyRequest.record).joinedload(CoachingRecord.project))
        .where(
            PrivacyRequest.state == "asked",
            CoachingRecord.organisation_id.in_(organisation_ids) | (CoachingRecord.referent_id == user_id),
            CoachingRecord.id.not_in(closed_to(user_id)),
        )
        .order_by(PrivacyRequest.due_on, PrivacyRequest.id)
        .limit(200)
    )
    return list(db.session.scalars(query))


def is_available(asked: PrivacyRequest, at: datetime) -> bool:
    return asked.kind == "access" and asked.available_until is not None and at < asked.available_until


KINDS = {"acces": "access", "effacement": "erasure"}


def get_file_and_kind(reference: str, what: str) -> tuple[RecordFile, str]:
    """The record and what is asked about it: access or erasure. Errors: NotFound."""
    return get_file(reference), KINDS[what]
