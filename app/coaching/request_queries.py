"""Reads about requests for coaching and invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.errors import LinkDead
from app.accounts.queries import fingerprint
from app.coaching.file_queries import closed_to
from app.coaching.models import CoachingRecord, Project, RecordExclusion
from app.coaching.request_models import Assignment, CoachingRequest, RecordLink
from app.coaching.rules import RecordState
from app.core.database import db
from app.core.errors import NotFound


@dataclass(frozen=True)
class RequestFile:
    """A request with who asked."""

    request: CoachingRequest
    person_user_id: int | None
    person_email: str | None
    sent_on_by: frozenset[int] = frozenset()  # who has passed it to another organisation
    excluded_ids: frozenset[int] = frozenset()  # who stepped aside, or whom the person refused


_WITH_RECORD = select(CoachingRequest).options(
    joinedload(CoachingRequest.person),
    joinedload(CoachingRequest.record).joinedload(CoachingRecord.project).joinedload(Project.commune),
    joinedload(CoachingRequest.record).joinedload(CoachingRecord.organisation),
    joinedload(CoachingRequest.record).joinedload(CoachingRecord.programme),
)


def get_request(key: str) -> CoachingRequest:
    """The request of a mailed or shown address. Errors: NotFound."""
    found = db.session.scalar(_WITH_RECORD.where(CoachingRequest.key == key)) if key.isprintable() else None
    if found is None:
        raise NotFound
    return found


def get_file(reference: str) -> RequestFile:
    """The request that a record began with. Errors: NotFound."""
    found = db.session.scalar(
        _WITH_RECORD.join(CoachingRecord, CoachingRecord.id == CoachingRequest.record_id).where(
            CoachingRecord.reference == reference
        )
    )
    if found is None:
        raise NotFound
    passed = select(Assignment.by_id).where(Assignment.record_id == found.record_id, Assignment.mode == "manual")
    sent_on_by = frozenset(by for by in db.session.scalars(passed) if by is not None)
    shut = select(RecordExclusion.user_id).where(
        RecordExclusion.record_id == found.record_id, RecordExclusion.ended_at.is_(None)
    )
    excluded_ids = frozenset(db.session.scalars(shut))
    return RequestFile(found, found.person.user_id, found.person.email, sent_on_by, excluded_ids)


def waiting(organisation_ids: frozenset[int], *, for_user: int) -> list[CoachingRequest]:
    """Requests that nobody took yet, the oldest first; none that is closed to this person."""
    return list(
        db.session.scalars(
            _WITH_RECORD.join(CoachingRecord, CoachingRecord.id == CoachingRequest.record_id)
            .where(
                CoachingRecord.organisation_id.in_(organisation_ids),
                CoachingRecord.referent_id.is_(None),
                CoachingRecord.state == RecordState.REQUESTED,
                CoachingRecord.id.not_in(closed_to(for_user)),
            )
            .order_by(CoachingRequest.asked_at, CoachingRequest.id)
            .limit(200)
        )
    )


def find_of_record(record_id: int) -> CoachingRequest | None:
    """The request from which a record came."""
    return db.session.scalar(select(CoachingRequest).where(CoachingRequest.record_id == record_id))


def find_twin(digest: str) -> CoachingRequest | None:
    """The request that the same form already made."""
    return db.session.scalar(select(CoachingRequest).where(CoachingRequest.digest == digest))


def assignments_of(record_id: int) -> list[Assignment]:
    """To whom a record was given, in order."""
    query = select(Assignment).options(joinedload(Assignment.organisation)).where(Assignment.record_id == record_id)
    return list(db.session.scalars(query.order_by(Assignment.id)))


def get_link(token: str, at: datetime) -> RecordLink:
    """A living invitation. Errors: LinkDead (used, replaced, too old, never ours)."""
    link = db.session.scalar(
        select(RecordLink)
        .options(
            joinedload(RecordLink.person),
            joinedload(RecordLink.record).joinedload(CoachingRecord.organisation),
        )
        .where(RecordLink.token_hash == fingerprint(token))
    )
    if link is None or link.used_at is not None or link.expires_at <= at:
        raise LinkDead
    return link
