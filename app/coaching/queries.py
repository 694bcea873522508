"""Reads about coaching records. That somebody is coached is itself private: each read names its readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.coaching.file_queries import Member, Reader, RecordFile, closed_to, get_file
from app.coaching.level_queries import readable
from app.coaching.levels import Relation, may_read_item
from app.coaching.models import (
    ActionItem,
    Activity,
    CoachingRecord,
    Consent,
    Person,
    Project,
    ProjectMember,
)
from app.coaching.rules import OPEN, Attendance, ConsentPurpose
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.text import fold
from app.network.models import Organisation, Programme

__all__ = ["Member", "Reader", "RecordFile", "get_file", "readable"]


@dataclass(frozen=True)
class Mention:
    """The public line « accompagné par …, dans le cadre de …, depuis … »."""

    organisation: str
    programme: str
    since: date


def get_action(record_id: int, action_id: int) -> ActionItem:
    """Errors: NotFound when the action is unknown or of another record."""
    item = db.session.get(ActionItem, action_id)
    if item is None or item.record_id != record_id:
        raise NotFound
    return item


def get_file_and_action(reference: str, action_id: int) -> tuple[RecordFile, ActionItem]:
    """Errors: NotFound."""
    file = get_file(reference)
    return file, get_action(file.record.id, action_id)


def activities_of(record_id: int, relation: Relation) -> list[tuple[Activity, str]]:
    """(activity, its author's name), newest first, as far as this viewer may read."""
    rows = db.session.execute(
        select(Activity, User.name)
        .outerjoin(User, User.id == Activity.author_id)
        .where(Activity.record_id == record_id, readable(Activity, relation))
        .order_by(Activity.happened_on.desc(), Activity.id.desc())
        .limit(200)
    )
    return [(activity, name or "") for activity, name in rows if may_read_item(relation, activity)]


def is_noted(draft_id: str, record_id: int, user_id: int) -> bool:
    """Whether I have already sent this form about this record; without words there is no note to know it by."""
    query = select(Activity.id).where(
        Activity.once == draft_id, Activity.record_id == record_id, Activity.author_id == user_id
    )
    return bool(draft_id) and db.session.scalar(query) is not None


def find_session(activity_id: str, record_id: int) -> Activity | None:
    """An appointment of this record that waits to be completed."""
    found = db.session.get(Activity, int(activity_id)) if activity_id.isdecimal() and len(activity_id) < 10 else None
    is_it = found is not None and found.record_id == record_id and found.attendance == Attendance.PLANNED
    return found if is_it else None


def actions_of(record_id: int) -> list[ActionItem]:
    """Open ones first, by due day."""
    return list(
        db.session.scalars(
            select(ActionItem)
            .where(ActionItem.record_id == record_id)
            .order_by(ActionItem.done_at.is_not(None), ActionItem.due_on.is_(None), ActionItem.due_on, ActionItem.id)
            .limit(200)
        )
    )


def of_team(organisation_ids: frozenset[int], *, except_user_id: int) -> list[CoachingRecord]:
    """My colleagues' open records, but those closed to me: recused, or refused by the holder."""
    return _list(
        CoachingRecord.organisation_id.in_(organisation_ids),
        CoachingRecord.referent_id != except_user_id,
        CoachingRecord.id.not_in(closed_to(except_user_id)),
        order=(CoachingRecord.since.desc(), CoachingRecord.id.desc()),
    )


def of_holder(user_id: int, email: str) -> list[CoachingRecord]:
    """The records about me, whatever their state."""
    return _list(
        CoachingRecord.project_id.in_(_carried_by(user_id, email)), order=(CoachingRecord.id.desc(),), only_open=False
    )


def _carried_by(user_id: int, email: str) -> Select[int]:
    """The projects of somebody: by account, or by the address that a coach wrote down before there was an account."""
    return (
        select(ProjectMember.project_id)
        .join(Person, Person.id == ProjectMember.person_id)
        .where(
            or_(Person.user_id == user_id, (Person.email == email) & Person.user_id.is_(None) & ~Person.is_unconfirmed),
            ProjectMember.ended_at.is_(None),
        )
    )


def _list(*where: ColumnElement[bool], order: tuple[Any, ...], only_open: bool = True) -> list[CoachingRecord]:
    """At most 100, found first and only then joined: otherwise PostgreSQL reads every project for them."""
    found = select(CoachingRecord.id).where(*where)
    if only_open:
        found = found.where(CoachingRecord.state.in_(OPEN))
    found = found.order_by(*order).limit(100)
    statement = (
        select(CoachingRecord)
        .options(
            joinedload(CoachingRecord.project).joinedload(Project.commune),
            joinedload(CoachingRecord.organisation),
            joinedload(CoachingRecord.programme),
        )
        .where(CoachingRecord.id.in_(found))
        .order_by(*order)
    )
    return list(db.session.scalars(statement))


def records_for_review(
    organisation_ids: frozenset[int], *, holder: User, reader: Viewer, text: str = ""
) -> list[CoachingRecord]:
    """Records on which the campaign of `holder` may be hung: those about them first of all, else by words.

    The rule of `policy.may_link` in SQL: never outside `organisation_ids`, where `reader` coaches or leads, so that who
    only reviews finds nothing; nothing that is closed to them, nothing about themselves.
    """
    me = reader.user_id or 0
    scope = (
        CoachingRecord.organisation_id.in_(organisation_ids)
        & CoachingRecord.id.not_in(closed_to(me))
        & CoachingRecord.project_id.not_in(_carried_by(me, reader.email))
    )
    if not text.strip():
        wanted = CoachingRecord.project_id.in_(_carried_by(holder.id, holder.email))
        return _list(scope, wanted, order=(CoachingRecord.id.desc(),), only_open=False)
    words = or_(
        CoachingRecord.reference == text.strip().upper(),
        CoachingRecord.project.has(Project.search_title.contains(fold(text), autoescape=True)),
    )
    return _list(scope, words, order=(CoachingRecord.id.desc(),), only_open=False)[:20]


def public_mention(record_id: int, holder_id: int) -> Mention | None:
    """What the public may read about the coaching; None without the holder's consent in force."""
    row = db.session.execute(
        select(Organisation.name, Programme.name, CoachingRecord.since)
        .join(CoachingRecord, CoachingRecord.organisation_id == Organisation.id)
        .join(Programme, Programme.id == CoachingRecord.programme_id)
        .join(Consent, Consent.record_id == CoachingRecord.id)
        .where(
            CoachingRecord.id == record_id,
            Consent.user_id == holder_id,
            Consent.purpose == ConsentPurpose.PUBLIC_MENTION,
            Consent.withdrawn_at.is_(None),
        )
        .limit(1)
    ).first()
    return Mention(row[0], row[1], row[2]) if row else None
