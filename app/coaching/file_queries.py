"""A record with everybody around it: who holds, who works on it, who may read it, who may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Row,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import joinedload

from app.accounts.models import User, UserState
from app.coaching.levels import Level, MemberRole
from app.coaching.models import CoachingRecord, Consent, Person, Project, ProjectMember, RecordExclusion, RecordMember
from app.coaching.note_models import GlassBreak
from app.coaching.rules import ConsentPurpose
from app.core import clock
from app.core.access import Role
from app.core.database import db
from app.core.errors import NotFound
from app.network.models import Organisation, Right
from app.network.queries import in_force

WORKS = (Role.COACH, Role.ORGANISATION_LEAD)  # who coaches in an organisation, for every query of the room


@dataclass(frozen=True)
class Reader:
    """Somebody who can read a record, and why. `role`: a key of `words.READER_WORDS`."""

    name: str
    role: str
    organisation: str
    user_id: int | None = None
    sees_restricted: bool = False


@dataclass(frozen=True)
class Member:
    """A membership in force. `organisation_id`: for whom they came; 0: for themselves."""

    user_id: int
    role: str
    can_see_restricted: bool
    organisation_id: int = 0


@dataclass(frozen=True)
class Holder:
    """Somebody the record is about; `name` as this record was told it."""

    person_id: int
    name: str
    user_id: int | None
    email: str | None


@dataclass(frozen=True)
class RecordFile:
    """A record with the people around it, as one statement found them."""

    record: CoachingRecord
    holder_ids: frozenset[int]
    holder_emails: frozenset[str]  # of holders without account: who has joined is known by account alone
    holder_names: tuple[str, ...]
    members: tuple[Member, ...]
    excluded_ids: frozenset[int]
    glass_ids: frozenset[int]  # leads with a reasoned look in force
    mention_ids: frozenset[int]  # holders who agree to the public line
    awaits_account: bool  # somebody of the project has not joined with an account yet
    readers: tuple[Reader, ...]  # everybody who can open it, as its holder is shown
    holders: tuple[Holder, ...] = ()

    @property
    def reference(self) -> str:
        return self.record.reference

    @property
    def member_ids(self) -> frozenset[int]:
        """The referent and the members, whether or not their rights still hold."""
        referent = {self.record.referent_id} if self.record.referent_id else set()
        return frozenset(referent | {one.user_id for one in self.members})

    def readers_at(self, level: Level) -> tuple[Reader, ...]:
        """Who will read a note of this level: what the composer says before anything is typed."""
        if level == Level.RESTRICTED:
            return tuple(one for one in self.readers if one.sees_restricted)
        if level == Level.TEAM:
            return tuple(one for one in self.readers if one.role != "holder")
        return self.readers


def closed_to(user_id: int | None) -> Select[int]:
    """The records that are closed to somebody, whatever their place: they stepped aside, or the holder refused them.

    For lists of things of records: a list shows no title, name or word of these.
    """
    return select(RecordExclusion.record_id).where(
        RecordExclusion.user_id == user_id, RecordExclusion.ended_at.is_(None)
    )


def get_file(reference: str) -> RecordFile:
    """Errors: NotFound. An unknown reference costs the same statements as a foreign one."""
    found = db.session.scalars(
        select(CoachingRecord)
        .options(
            joinedload(CoachingRecord.project).joinedload(Project.commune),
            joinedload(CoachingRecord.organisation),
            joinedload(CoachingRecord.programme),
            joinedload(CoachingRecord.proposals),
        )
        .where(CoachingRecord.reference == reference)
    )
    record = found.unique().one_or_none()
    people = _people_around(record or CoachingRecord(id=0, project_id=0, referent_id=0, organisation_id=0))
    if record is None:
        raise NotFound
    return _file(record, people)


def _file(record: CoachingRecord, people: Sequence[Row[Any]]) -> RecordFile:
    holders = [one for one in people if one.why == "holder"]
    return RecordFile(
        record=record,
        holder_ids=frozenset(one.user_id for one in holders if one.user_id),
        holder_emails=frozenset(one.email for one in holders if one.email and not one.user_id),
        holder_names=tuple(one.name for one in holders),
        members=tuple(Member(one.user_id, one.role, one.flag, one.for_id) for one in people if one.why == "member"),
        excluded_ids=frozenset(one.user_id for one in people if one.why == "excluded"),
        glass_ids=frozenset(one.user_id for one in people if one.why == "glass"),
        mention_ids=frozenset(one.user_id for one in people if one.why == "mention"),
        awaits_account=any(one.user_id is None for one in holders),
        readers=_readers(people, record.organisation.name),
        holders=tuple(Holder(one.place, one.name, one.user_id, one.email) for one in holders),
    )


def _people_around(record: CoachingRecord) -> Sequence[Row[Any]]:
    """(why, user_id, name, email, role, organisation, flag, …) in one statement, the closest reason first."""
    nothing, nobody, now = literal(""), literal(0), clock.now()
    holders = (
        select(
            literal("holder").label("why"), Person.user_id, ProjectMember.shown_name().label("name"),
            case((Person.is_unconfirmed, ""), else_=Person.email).label("email"),
            nothing.label("role"), nothing.label("organisation"), false().label("flag"), literal(1).label("rank"),
            Person.id.label("place"), nobody.label("for_id"),
        )
        .select_from(Person)
        .join(ProjectMember, ProjectMember.person_id == Person.id)
        .where(ProjectMember.project_id == record.project_id, ProjectMember.ended_at.is_(None))
    )  # fmt: skip
    referent = select(
        literal("referent"), User.id, User.name, nothing, literal("referent"), nothing, true(), literal(2), literal(0),
        nobody,
    ).where(User.id == record.referent_id)  # fmt: skip
    members = (
        select(
            literal("member"), User.id, User.name, nothing, RecordMember.role, Organisation.name,
            RecordMember.can_see_restricted, literal(3), RecordMember.id,
            func.coalesce(RecordMember.organisation_id, 0),
        )
        .join(RecordMember, RecordMember.user_id == User.id)
        .outerjoin(Organisation, Organisation.id == RecordMember.organisation_id)
        .where(RecordMember.record_id == record.id, RecordMember.ended_at.is_(None))
    )  # fmt: skip
    colleagues = (
        select(
            literal("colleague"), User.id, User.name, nothing, Right.role, nothing, false(), literal(4), literal(0),
            nobody,
        )
        .join(Right, Right.user_id == User.id)
        .where(
            Right.organisation_id == record.organisation_id,
            in_force(now),
            Right.role.in_(WORKS),
            User.state == UserState.ACTIVE,
        )
    )  # fmt: skip
    still_coaches = exists().where(
        Right.user_id == RecordMember.user_id, Right.role.in_(WORKS), in_force(now),
        Organisation.id == Right.organisation_id, Organisation.is_active,
        or_(RecordMember.organisation_id.is_(None), Right.organisation_id == RecordMember.organisation_id),
    )  # fmt: skip
    gone = (
        select(
            literal("gone"), User.id, User.name, nothing, RecordMember.role, nothing, false(), literal(4),
            RecordMember.id, nobody,
        )
        .join(RecordMember, RecordMember.user_id == User.id)
        .where(
            RecordMember.record_id == record.id,
            RecordMember.ended_at.is_(None),
            or_(
                User.state != UserState.ACTIVE,
                and_(RecordMember.role == MemberRole.CO_COACH, ~still_coaches),
            ),
        )
    )  # fmt: skip
    excluded = (
        select(
            literal("excluded"), User.id, User.name, nothing, RecordExclusion.kind, nothing, false(), literal(5),
            RecordExclusion.id, nobody,
        )
        .join(RecordExclusion, RecordExclusion.user_id == User.id)
        .where(RecordExclusion.record_id == record.id, RecordExclusion.ended_at.is_(None))
    )  # fmt: skip
    glass = (
        select(
            literal("glass"), User.id, User.name, nothing, literal("glass"), nothing, true(), literal(6), GlassBreak.id,
            nobody,
        )
        .join(GlassBreak, GlassBreak.user_id == User.id)
        .where(GlassBreak.record_id == record.id, GlassBreak.started_at <= now, GlassBreak.ends_at > now)
    )  # fmt: skip
    mention = select(
        literal("mention"), Consent.user_id, nothing, nothing, nothing, nothing, false(), literal(7), Consent.id,
        nobody,
    ).where(
        Consent.record_id == record.id,
        Consent.purpose == ConsentPurpose.PUBLIC_MENTION,
        Consent.withdrawn_at.is_(None),
    )  # fmt: skip
    parts = (holders, referent, members, colleagues, gone, excluded, glass, mention)
    everybody: CompoundSelect[*tuple[Any, ...]] = union_all(*parts)
    return db.session.execute(everybody.order_by("rank", "place", "name")).all()


def _readers(people: Sequence[Row[Any]], organisation: str) -> tuple[Reader, ...]:
    """Everybody once, for the closest reason; nobody whose right has ended, nobody who is excluded."""
    at_work = {one.user_id for one in people if one.why == "colleague"}
    excluded = {one.user_id for one in people if one.why == "excluded"}
    gone = {one.user_id for one in people if one.why == "gone"}
    glass = {one.user_id for one in people if one.why == "glass"}
    found, seen = [], set(excluded)
    for one in people:
        if one.why == "holder":
            found.append(Reader(one.name, "holder", "", one.user_id))
            seen.add(one.user_id)  # nobody works on their own project
        elif one.user_id in seen or one.why in {"excluded", "gone", "glass", "mention"}:
            continue
        elif one.why == "member" and one.user_id in gone:
            continue  # the closest reason has ended; they may still be a colleague
        elif one.why != "referent" or one.user_id in at_work:
            seen.add(one.user_id)
            where = (one.organisation or "") if one.why == "member" else organisation
            found.append(Reader(one.name, str(one.role), where, one.user_id, bool(one.flag) or one.user_id in glass))
    return tuple(found)
