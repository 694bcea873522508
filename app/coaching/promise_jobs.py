"""What a person was promised by a day: those who owe it are reminded, once. Safe to stop, repeat, or run at once."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, select

from app.coaching import privacy_services, request_mails
from app.coaching.models import CoachingRecord
from app.coaching.privacy_models import PrivacyRequest
from app.coaching.request_models import CoachingRequest
from app.coaching.rules import RecordState
from app.core import clock
from app.core.database import db, transaction
from app.core.journal import record as journal

BEFORE_DUE = timedelta(days=7)  # of an answer to somebody who exercises their rights: the law gives a month


def remind() -> str:
    requests, rights = _late_requests(), _rights_soon_due()
    return f"{requests} requests, {rights} rights" if requests or rights else ""


def _today() -> date:
    return clock.paris_day(clock.now()).date()


def _late(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        CoachingRequest.promised_on < today, CoachingRequest.late_told_at.is_(None),
        CoachingRequest.withdrawn_at.is_(None), CoachingRecord.state == RecordState.REQUESTED,
        CoachingRecord.referent_id.is_(None),
    )  # fmt: skip


def _late_requests() -> int:
    query = select(CoachingRequest).join(CoachingRecord, CoachingRecord.id == CoachingRequest.record_id)
    query, told = query.where(*_late(_today())).order_by(CoachingRequest.id), 0
    ids = [one.id for one in db.session.scalars(query.limit(500))]
    db.session.rollback()
    for request_id in ids:
        with transaction():
            of_one = query.where(CoachingRequest.id == request_id).with_for_update(of=CoachingRequest)
            request = db.session.scalar(of_one.execution_options(populate_existing=True))
            if request is not None:
                at, told = clock.now(), told + 1
                request.late_told_at = at
                journal("request.late", on=request, by=None, at=at, record=request.record_id)
                request_mails.tell_late(request, request.record.organisation, at=at)
    return told


def _rights_soon_due() -> int:
    soon, told = _today() + BEFORE_DUE, 0
    waiting = (
        PrivacyRequest.state == "asked", PrivacyRequest.reminded_at.is_(None), PrivacyRequest.due_on <= soon,
    )  # fmt: skip
    ids = db.session.scalars(select(PrivacyRequest.id).where(*waiting).order_by(PrivacyRequest.id).limit(500)).all()
    db.session.rollback()
    for asked_id in ids:
        with transaction():
            asked = db.session.get(PrivacyRequest, asked_id, with_for_update=True, populate_existing=True)
            if asked is not None and asked.state == "asked" and asked.reminded_at is None:
                privacy_services.remind(asked, at=clock.now())
                told += 1
    return told
