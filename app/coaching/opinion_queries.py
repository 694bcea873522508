"""Reads of opinions: of a record for its team, asked of me for a colleague."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import User, UserState
from app.coaching import vault
from app.coaching.file_queries import RecordFile, closed_to, get_file
from app.coaching.models import CoachingRecord, Project
from app.coaching.note_models import OrganisationKey
from app.coaching.opinion_models import RecordOpinion
from app.core.access import Role
from app.core.database import db
from app.core.errors import NotFound
from app.network.models import Organisation, Right
from app.network.queries import in_force


@dataclass(frozen=True)
class Asked:
    """An opinion with its words opened."""

    opinion: RecordOpinion
    question: str
    answer: str


_WITH_PEOPLE = select(RecordOpinion).options(
    joinedload(RecordOpinion.asked_by),
    joinedload(RecordOpinion.asked_to),
    joinedload(RecordOpinion.record).joinedload(CoachingRecord.programme),
    joinedload(RecordOpinion.record).joinedload(CoachingRecord.organisation),
    joinedload(RecordOpinion.record).joinedload(CoachingRecord.project).joinedload(Project.commune),
)


def get_opinion(name: str) -> tuple[RecordFile, RecordOpinion]:
    """With the file of its record. Errors: NotFound."""
    found = db.session.scalar(_WITH_PEOPLE.where(RecordOpinion.name == name[:30]))
    if found is None:
        raise NotFound
    return get_file(found.record.reference), found


def of_record(record_id: int) -> list[Asked]:
    """The newest first. Two statements."""
    return _opened(RecordOpinion.record_id == record_id)


def asked_of(user_id: int) -> list[Asked]:
    """What colleagues ask me: open ones first, by due day. None about a record that is closed to me."""
    found = _opened(
        RecordOpinion.asked_to_id == user_id, RecordOpinion.revoked_at.is_(None),
        RecordOpinion.record_id.not_in(closed_to(user_id)),
    )  # fmt: skip
    return sorted(found, key=lambda one: (not one.opinion.is_open, one.opinion.due_on or date.max))


def opened(opinion: RecordOpinion) -> Asked:
    return _open_words([opinion])[0]


def _opened(*where: object) -> list[Asked]:
    query = _WITH_PEOPLE.where(*where).order_by(RecordOpinion.id.desc()).limit(100)  # type: ignore[arg-type]  # conditions of any kind
    return _open_words(list(db.session.scalars(query)))


def _open_words(opinions: list[RecordOpinion]) -> list[Asked]:
    wanted = {one.key_id for one in opinions} | {one.answer_key_id for one in opinions}
    rows = db.session.scalars(select(OrganisationKey).where(OrganisationKey.id.in_([key for key in wanted if key])))
    keys, opener = {row.id: row for row in rows}, vault.Opener()
    return [
        Asked(
            one,
            opener.text(one.question, f"{one.name}:q", keys.get(one.key_id or 0)),
            opener.text(one.answer, f"{one.name}:a", keys.get(one.answer_key_id or 0)),
        )
        for one in opinions
    ]


def colleagues(at: datetime, *, but: frozenset[int]) -> list[tuple[int, str, str]]:
    """(user id, name, organisation) of everybody who coaches in the network now, by organisation and name."""
    person = aliased(User)
    rows = db.session.execute(
        select(person.id, person.name, Organisation.name)
        .join(Right, Right.user_id == person.id)
        .join(Organisation, Organisation.id == Right.organisation_id)
        .where(
            in_force(at), Organisation.is_active, person.state == UserState.ACTIVE,
            or_(Right.role == Role.COACH, Right.role == Role.ORGANISATION_LEAD, Right.role == Role.EXPERT),
            person.id.not_in(but),
        )
        .distinct()
        .order_by(Organisation.name, person.name, person.id)
    )  # fmt: skip
    found, seen = [], set()
    for user_id, name, organisation in rows:
        if user_id not in seen:
            seen.add(user_id)
            found.append((user_id, name, organisation))
    return found


def organisation_of(user_id: int, at: datetime) -> int | None:
    """The organisation for which somebody coaches or is an expert now; the first by number."""
    return db.session.scalar(
        select(Right.organisation_id)
        .where(
            Right.user_id == user_id, in_force(at),
            Right.role.in_([Role.COACH, Role.ORGANISATION_LEAD, Role.EXPERT]),
        )
        .order_by(Right.organisation_id)
        .limit(1)
    )  # fmt: skip


def to_remind(today: date) -> list[int]:
    """Opinions due today or before, neither answered nor taken back, whose colleague was not reminded: for the job."""
    query = select(RecordOpinion.id).where(
        RecordOpinion.due_on <= today, RecordOpinion.answered_at.is_(None), RecordOpinion.revoked_at.is_(None),
        RecordOpinion.reminded_at.is_(None),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(RecordOpinion.id).limit(200)))
