"""The situation of a person: said, said again, read by an act. The caller commits."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select

from app.coaching.levels import Level
from app.coaching.models import CoachingRecord
from app.coaching.situation_errors import NotAboutThem, NothingSaid
from app.coaching.situation_models import SituationSnapshot
from app.coaching.situation_rules import Moment, said
from app.core.database import db
from app.core.journal import record as journal


def say(
    record: CoachingRecord, *, person_id: int, person_ids: frozenset[int], moment: Moment, on: date,
    facts: dict[str, str], by: int, at: datetime,
) -> SituationSnapshot:  # fmt: skip
    """Write what was answered; what was not keeps what stood there. One row for the arrival, one for the end.

    `person_ids`: those the writer may speak for. Errors: NotAboutThem, NothingSaid.
    """
    if person_id not in person_ids:
        raise NotAboutThem
    answered = said(facts)
    if not answered:
        raise NothingSaid
    snapshot = _find(record, person_id, moment, on)
    if snapshot is None:
        snapshot = SituationSnapshot(
            record_id=record.id, about_id=person_id, organisation_id=record.organisation_id, moment=moment,
            happened_on=on, visibility=Level.RESTRICTED, created_at=at,
        )  # fmt: skip
        db.session.add(snapshot)
    for name, code in answered.items():
        setattr(snapshot, name, code)
    snapshot.author_id = by
    journal("situation.said", on=snapshot, by=by, at=at, record=record.id, moment=str(moment))
    return snapshot


def _find(record: CoachingRecord, person_id: int, moment: Moment, on: date) -> SituationSnapshot | None:
    """What the organisation that owns the record has already written; never what another wrote before a transfer."""
    query = select(SituationSnapshot).where(
        SituationSnapshot.record_id == record.id,
        SituationSnapshot.about_id == person_id,
        SituationSnapshot.organisation_id == record.organisation_id,
        SituationSnapshot.moment == moment,
    )
    if moment == Moment.FOLLOW_UP:
        query = query.where(SituationSnapshot.happened_on == on)
    return db.session.scalar(query.limit(1))


def take_back_exit(record: CoachingRecord, *, said_at: datetime) -> None:
    """What came with a closing that is taken back."""
    db.session.execute(
        delete(SituationSnapshot).where(
            SituationSnapshot.record_id == record.id, SituationSnapshot.moment == Moment.EXIT,
            SituationSnapshot.created_at == said_at,
        )
    )  # fmt: skip


def note_read(record: CoachingRecord, *, by: int, at: datetime, behind_glass: bool) -> None:
    """Somebody of the team read the situations: the journal says who."""
    journal("situation.read", on=record, by=by, at=at, glass=behind_glass)
