"""Who is added to a record, who leaves it, who may not read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.accounts.models import User
from app.coaching.errors import AlreadyMember, HolderCannotCoach, ReasonMissing, SharingNotAgreed
from app.coaching.levels import MemberRole
from app.coaching.models import CoachingRecord, Consent, Person, ProjectMember, RecordExclusion, RecordMember
from app.coaching.rules import ConsentPurpose
from app.core.access import Role
from app.core.database import db
from app.core.journal import record as journal
from app.network.queries import rights_of

WORKS = (Role.COACH, Role.ORGANISATION_LEAD, Role.EXPERT)


def add_member(
    record: CoachingRecord,
    user: User,
    *,
    role: MemberRole,
    by: int,
    at: datetime,
    reason: str = "",
    organisation_id: int | None = None,
    can_see_restricted: bool = False,
) -> RecordMember:
    """Let somebody work on the record. `organisation_id`: whom they come for; None: where they work.

    Errors: AlreadyMember, HolderCannotCoach.
    """
    if user.id == record.referent_id or find_member(record.id, user.id) is not None:
        raise AlreadyMember
    if holds(record, user):
        raise HolderCannotCoach
    member = RecordMember(
        record_id=record.id,
        user_id=user.id,
        organisation_id=organisation_id or _comes_for(record, user),
        role=role,
        reason=reason,
        can_see_restricted=can_see_restricted,
        started_at=at,
    )
    db.session.add(member)
    journal("record.member", on=record, by=by, at=at, user=user.id, role=str(role), restricted=can_see_restricted)
    return member


def invite_member(
    record: CoachingRecord,
    user: User,
    *,
    role: MemberRole,
    by: int,
    at: datetime,
    reason: str,
    can_see_restricted: bool,
) -> RecordMember:
    """`add_member` as the team asks for it: somebody of another organisation only with the holder's consent to sharing
    within the network, as for an opinion. Errors: as `add_member`, SharingNotAgreed."""
    place = _comes_for(record, user)
    if place not in {None, record.organisation_id} and not has_sharing_consent(record.id):
        raise SharingNotAgreed
    return add_member(
        record, user, role=role, by=by, at=at, reason=reason, can_see_restricted=can_see_restricted,
        organisation_id=place,
    )  # fmt: skip


def has_sharing_consent(record_id: int) -> bool:
    """A holder agrees that this record is shared within the network."""
    found = select(Consent.id).where(
        Consent.record_id == record_id,
        Consent.purpose == ConsentPurpose.NETWORK_SHARING,
        Consent.withdrawn_at.is_(None),
    )
    return db.session.scalar(found.limit(1)) is not None


def _comes_for(record: CoachingRecord, user: User) -> int | None:
    """The record's own organisation, or else the first of those where they work; None: they come for themselves."""
    places = sorted(place for role, place in rights_of(user.id) if role in WORKS and place)
    return record.organisation_id if record.organisation_id in places else next(iter(places), None)


def find_member(record_id: int, user_id: int) -> RecordMember | None:
    """The membership in force."""
    return db.session.scalar(
        select(RecordMember).where(
            RecordMember.record_id == record_id, RecordMember.user_id == user_id, RecordMember.ended_at.is_(None)
        )
    )


def end_member(member: RecordMember, record: CoachingRecord, *, by: int | None, at: datetime, reason: str) -> None:
    """A second time changes nothing. Errors: ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    if member.ended_at is None:
        member.ended_at, member.end_reason = at, reason.strip()[:200]
        journal("record.member_ended", on=record, by=by, at=at, user=member.user_id)


def exclude(
    record: CoachingRecord, user_id: int, *, kind: str, by: int | None, at: datetime, reason: str = ""
) -> RecordExclusion:
    """Close the record to somebody whose place would let them read it. `kind`: recusal, or objection of the holder.

    A membership in force ends with it. A second time changes nothing.
    """
    found = find_exclusion(record.id, user_id)
    if found is None:
        found = RecordExclusion(
            record_id=record.id, user_id=user_id, kind=kind, reason=reason[:300], by_id=by, started_at=at
        )
        db.session.add(found)
        journal("record.excluded", on=record, by=by, at=at, user=user_id, kind=kind)
    member = find_member(record.id, user_id)
    if member is not None:
        end_member(member, record, by=by, at=at, reason=reason or kind)
    return found


def find_exclusion(record_id: int, user_id: int) -> RecordExclusion | None:
    return db.session.scalar(
        select(RecordExclusion).where(
            RecordExclusion.record_id == record_id,
            RecordExclusion.user_id == user_id,
            RecordExclusion.ended_at.is_(None),
        )
    )


def end_exclusion(record: CoachingRecord, user_id: int, *, by: int | None, at: datetime) -> None:
    found = find_exclusion(record.id, user_id)
    if found is not None:
        found.ended_at = at
        journal("record.exclusion_ended", on=record, by=by, at=at, user=user_id)


def holds(record: CoachingRecord, user: User) -> bool:
    """True for somebody the record is about."""
    holders = (
        select(Person.id)
        .join(ProjectMember, ProjectMember.person_id == Person.id)
        .where(
            ProjectMember.project_id == record.project_id,
            ProjectMember.ended_at.is_(None),
            (Person.user_id == user.id) | (Person.email == user.email),
        )
    )
    return db.session.scalar(holders.limit(1)) is not None
