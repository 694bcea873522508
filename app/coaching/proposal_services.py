"""Proposals: made by the clock or a campaign's end, answered by a person. The caller commits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from app.coaching import path_services
from app.coaching.message_models import RecordMessage
from app.coaching.models import Activity, CoachingRecord
from app.coaching.note_models import Note
from app.coaching.path_models import Outcome
from app.coaching.path_rules import ACHIEVED, OutcomeKind
from app.coaching.privacy_models import RecordErasure
from app.coaching.proposal_models import RecordProposal
from app.coaching.proposal_rules import CLOSING, CONFIRMED, DISMISSED, LAPSED, OUTCOME, suggested
from app.core.database import db
from app.core.journal import record as journal


def after_campaign(record_id: int, *, campaign_id: int, succeeded: bool, at: datetime) -> RecordProposal | None:
    """A campaign of the record has its verdict: an outcome is proposed to who coaches, once. None: erased, or known."""
    known = select(RecordProposal.id).where(RecordProposal.campaign_id == campaign_id)
    erased = select(RecordErasure.id).where(RecordErasure.record_id == record_id)
    if db.session.scalar(known) is not None or db.session.scalar(erased) is not None:
        return None
    record = db.session.get_one(CoachingRecord, record_id)
    structure = select(Outcome.id).where(Outcome.project_id == record.project_id, Outcome.kind.in_(ACHIEVED)).limit(1)
    kind = suggested(succeeded=succeeded, has_structure=db.session.scalar(structure) is not None)
    return _make(record, at=at, kind=OUTCOME, campaign_id=campaign_id, suggested=kind)


def propose_closing(record: CoachingRecord, *, at: datetime) -> RecordProposal:
    """After a long silence; one at a time."""
    waiting = select(RecordProposal).where(
        RecordProposal.record_id == record.id, RecordProposal.kind == CLOSING, RecordProposal.answered_at.is_(None)
    )
    return db.session.scalars(waiting).first() or _make(record, at=at, kind=CLOSING)


def _make(
    record: CoachingRecord, *, at: datetime, kind: str, campaign_id: int | None = None, suggested: str = ""
) -> RecordProposal:
    made = RecordProposal(record_id=record.id, made_at=at, kind=kind, campaign_id=campaign_id, suggested=suggested)
    db.session.add(made)
    journal("record.proposed", on=record, by=None, at=at, kind=kind, campaign=campaign_id)
    return made


def confirm_outcome(
    proposal: RecordProposal, record: CoachingRecord, *, kind: OutcomeKind, on: date, by: int, at: datetime
) -> None:
    """What the person who coaches says it was, counted from now on. A second time changes nothing."""
    if proposal.answered_at is None:
        path_services.add_outcome(record, kind=kind, happened_on=on, by=by, at=at)
        _answer(proposal, record, CONFIRMED, by=by, at=at)


def dismiss(proposal: RecordProposal, record: CoachingRecord, *, by: int, at: datetime) -> None:
    """Nothing to note, or the record stays open. A second time changes nothing."""
    if proposal.answered_at is None:
        _answer(proposal, record, DISMISSED, by=by, at=at)


def _answer(proposal: RecordProposal, record: CoachingRecord, answer: str, *, by: int | None, at: datetime) -> None:
    proposal.answer, proposal.answered_at, proposal.answered_by_id = answer, at, by
    journal("record.proposal_answered", on=record, by=by, at=at, kind=proposal.kind, answer=answer)


def lapse_woken(*, at: datetime) -> int:
    """Something happened in the record, or it was closed: its closing is no longer proposed; how many."""
    done = db.session.execute(
        update(RecordProposal)
        .where(
            RecordProposal.kind == CLOSING, RecordProposal.answered_at.is_(None),
            or_(
                _after(Activity, Activity.created_at), _after(Note, Note.created_at),
                _after(RecordMessage, RecordMessage.sent_at, RecordMessage.author_id.is_not(None)),
                select(CoachingRecord.id)
                .where(CoachingRecord.id == RecordProposal.record_id, CoachingRecord.closed_at.is_not(None)).exists(),
            ),
        )
        .values(answer=LAPSED, answered_at=at)
    )  # fmt: skip
    return int(done.rowcount)  # type: ignore[attr-defined]  # known to CursorResult only


def _after(model: Any, moment: Any, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    since = (model.record_id == RecordProposal.record_id, moment > RecordProposal.made_at)
    return select(model.id).where(*since, *more).exists()
