"""Passing on: to a colleague with a sentence, to another organisation, to somebody better placed; absences."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from app.accounts.models import User, UserState
from app.coaching import mails, note_services
from app.coaching.errors import (
    ClosedToThem,
    NobodyThere,
    NotYourColleague,
    ReasonMissing,
    SameHands,
)
from app.coaching.levels import Level
from app.coaching.member_services import end_member, find_exclusion, find_member, holds
from app.coaching.models import CoachingRecord, RecordMember
from app.coaching.note_models import GlassBreak, Note
from app.coaching.relay_models import Handover
from app.coaching.request_models import Assignment
from app.core.access import Role
from app.core.database import db
from app.core.errors import NotFound
from app.core.journal import record as journal
from app.network.queries import rights_of

SHORTEST = 3  # characters of a sentence


def works_at(user_id: int, organisation_id: int) -> bool:
    """True for a coach or lead of that organisation, now, whose account is open."""
    user = db.session.get(User, user_id)
    return (user is not None and user.state == UserState.ACTIVE) and any(
        role in {Role.COACH, Role.ORGANISATION_LEAD} and at == organisation_id for role, at in rights_of(user_id)
    )


def _check_open(record: CoachingRecord, user_id: int) -> None:
    """Nobody answers for a record that is closed to them, nor for their own project. Errors: ClosedToThem."""
    user = db.session.get_one(User, user_id)
    if find_exclusion(record.id, user_id) is not None or holds(record, user):
        raise ClosedToThem


def hand_over(
    record: CoachingRecord, *, to_user_id: int, words: str, by: int, at: datetime, mode: str = "manual"
) -> Handover:
    """A colleague of the same organisation answers for the record from now on, and says when they have read it.

    `mode`: manual, bulk, absence. Errors: ReasonMissing, SameHands, NotYourColleague, ClosedToThem.
    """
    if len(words.strip()) < SHORTEST:
        raise ReasonMissing
    if to_user_id == record.referent_id:
        raise SameHands
    if not works_at(to_user_id, record.organisation_id):
        raise NotYourColleague
    _check_open(record, to_user_id)
    old = record.referent_id
    member = find_member(record.id, to_user_id)
    if member is not None:
        end_member(member, record, by=by, at=at, reason="référent·e")
    record.referent_id = to_user_id
    _assign(record, old_referent=old, old_organisation=record.organisation_id, mode=mode, reason=words, by=by, at=at)
    given = Handover(record_id=record.id, from_user_id=old, to_user_id=to_user_id, words=words.strip()[:300], at=at)
    db.session.add(given)
    db.session.flush()
    mails.handed_over(record, given, at=at)
    return given


def hand_over_many(words: dict[int, str], *, to_user_id: int, by: int, at: datetime) -> int:
    """My own records (id → sentence), all or none; how many. Errors: as `hand_over`, NotFound for one not mine."""
    records = db.session.scalars(
        select(CoachingRecord).where(CoachingRecord.id.in_(words), CoachingRecord.referent_id == by)
    ).all()
    if len(records) != len(words):
        raise NotFound
    for record in records:
        hand_over(record, to_user_id=to_user_id, words=words[record.id], by=by, at=at, mode="bulk")
    return len(records)


def _assign(
    record: CoachingRecord, *, old_referent: int | None, old_organisation: int, mode: str, reason: str, by: int,
    at: datetime,
) -> None:  # fmt: skip
    db.session.add(
        Assignment(
            record_id=record.id, old_organisation_id=old_organisation, organisation_id=record.organisation_id,
            old_referent_id=old_referent, referent_id=record.referent_id, mode=mode, reason=reason.strip()[:300],
            by_id=by, at=at,
        )
    )  # fmt: skip
    journal("record.assigned", on=record, by=by, at=at, old=old_referent, new=record.referent_id, mode=mode)


def confirm_read(given: Handover, record: CoachingRecord, *, by: int, at: datetime) -> None:
    """The new referent has read; a second time changes nothing. Errors: NotYourColleague."""
    if given.to_user_id != by:
        raise NotYourColleague
    if given.read_at is None:
        given.read_at = at
        journal("record.handover_read", on=record, by=by, at=at)


def transfer(
    record: CoachingRecord, *, organisation_id: int, referent_id: int, summary: str, by: int, at: datetime
) -> None:
    """Another organisation takes the record on. It receives the summary, which the holder reads too.

    Private notes, memberships and broken glass stay behind: everything written until now keeps its organisation.
    Errors: ReasonMissing, SameHands, NobodyThere, ClosedToThem.
    """
    if len(summary.strip()) < SHORTEST:
        raise ReasonMissing
    if organisation_id == record.organisation_id:
        raise SameHands
    if not works_at(referent_id, organisation_id):
        raise NobodyThere
    _check_open(record, referent_id)
    old_organisation, old_referent = record.organisation_id, record.referent_id
    note_services.write_note(record, text=summary, visibility=Level.HOLDER, by=by, at=at)
    db.session.flush()
    for member in db.session.scalars(
        select(RecordMember).where(RecordMember.record_id == record.id, RecordMember.ended_at.is_(None))
    ):
        end_member(member, record, by=by, at=at, reason="transfert")
    db.session.execute(
        update(GlassBreak).where(GlassBreak.record_id == record.id, GlassBreak.ends_at > at).values(ends_at=at)
    )
    record.organisation_id, record.referent_id = organisation_id, referent_id
    _assign(
        record, old_referent=old_referent, old_organisation=old_organisation, mode="manual", reason=summary, by=by,
        at=at,
    )  # fmt: skip
    given = Handover(
        record_id=record.id, from_user_id=old_referent, to_user_id=referent_id, words=summary.strip()[:300], at=at
    )
    db.session.add(given)
    db.session.flush()
    mails.handed_over(record, given, at=at)


def private_notes_left_behind(record_id: int, organisation_id: int) -> int:
    """How many private notes a transfer would not carry."""
    return len(
        db.session.scalars(
            select(Note.id).where(
                Note.record_id == record_id, Note.organisation_id == organisation_id, ~Note.is_draft,
                Note.visibility.in_([Level.TEAM, Level.RESTRICTED]),
            )
        ).all()
    )  # fmt: skip
