"""Reads about referrals, hand-overs, absences, members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User, UserState
from app.coaching.file_queries import WORKS, RecordFile, closed_to, get_file
from app.coaching.models import CoachingRecord, Person, Project, ProjectMember, RecordMember
from app.coaching.relay_models import Absence, Handover, Referral
from app.core import clock
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.network.models import Organisation, Right
from app.network.queries import in_force


@dataclass(frozen=True)
class Sent:
    """A referral with the names around it. `holders`: given on with their consent, to the receiving side too."""

    referral: Referral
    record: CoachingRecord
    from_organisation: str
    to_organisation: str
    sender: str
    holders: str
    is_received: bool


def referrals_of(viewer: Viewer) -> list[Sent]:
    """What was sent to my organisations, or by me from where I still work, open ones first. Two statements."""
    works_at = viewer.organisation_ids(*WORKS)
    target = select(Organisation.name).where(Organisation.id == Referral.to_organisation_id).scalar_subquery()
    rows = db.session.execute(
        select(Referral, CoachingRecord, target, User.name)
        .join(CoachingRecord, CoachingRecord.id == Referral.record_id)
        .join(User, User.id == Referral.from_user_id)
        .options(
            joinedload(CoachingRecord.project).joinedload(Project.commune),
            joinedload(CoachingRecord.organisation),
            joinedload(CoachingRecord.programme),
        )
        .where(
            or_(
                Referral.to_organisation_id.in_(works_at),
                (Referral.from_user_id == viewer.user_id) & CoachingRecord.organisation_id.in_(works_at),
            ),
            Referral.record_id.not_in(closed_to(viewer.user_id)),
        )
        .order_by(Referral.state.in_(["declined", "redirected", "first_contact"]), Referral.id.desc())
        .limit(100)
    ).all()
    names = _holders({record.project_id for _sent, record, _target, _name in rows})
    return [
        Sent(
            sent, record, record.organisation.name, target_name or sent.to_name, name,
            names.get(record.project_id, ""), sent.to_organisation_id in works_at,
        )
        for sent, record, target_name, name in rows
    ]  # fmt: skip


def _holders(project_ids: set[int]) -> dict[int, str]:
    """Project id → its holders' names."""
    found: dict[int, list[str]] = {}
    rows = db.session.execute(
        select(ProjectMember.project_id, ProjectMember.shown_name())
        .select_from(ProjectMember)
        .join(Person, Person.id == ProjectMember.person_id)
        .where(ProjectMember.project_id.in_(project_ids), ProjectMember.ended_at.is_(None))
    )
    for project_id, name in rows:
        found.setdefault(project_id, []).append(name)
    return {project_id: ", ".join(names) for project_id, names in found.items()}


def get_referral(referral_id: int) -> tuple[RecordFile, Referral]:
    """Errors: NotFound."""
    row = db.session.execute(
        select(Referral, CoachingRecord.reference)
        .join(CoachingRecord, CoachingRecord.id == Referral.record_id)
        .where(Referral.id == referral_id)
    ).first()
    if row is None:
        raise NotFound
    return get_file(row[1]), row[0]


def get_handover(handover_id: int) -> tuple[RecordFile, Handover]:
    """Errors: NotFound."""
    row = db.session.execute(
        select(Handover, CoachingRecord.reference)
        .join(CoachingRecord, CoachingRecord.id == Handover.record_id)
        .where(Handover.id == handover_id)
    ).first()
    if row is None:
        raise NotFound
    return get_file(row[1]), row[0]


def get_absence(absence_id: int) -> Absence:
    """Errors: NotFound."""
    found = db.session.get(Absence, absence_id)
    if found is None:
        raise NotFound
    return found


def absences_of(user_id: int, *, today: date) -> list[tuple[Absence, str]]:
    """Mine that are not over, with who covers."""
    rows = db.session.execute(
        select(Absence, User.name)
        .join(User, User.id == Absence.covered_by_id)
        .where(Absence.user_id == user_id, Absence.ends_on >= today)
        .order_by(Absence.starts_on)
    )
    return [(away, name) for away, name in rows]


def colleagues(organisation_ids: frozenset[int], *, but: int | None) -> list[tuple[int, str, str, int]]:
    """(user id, name, organisation, its id) of coaches and leads there, without one person."""
    rows = db.session.execute(
        select(User.id, User.name, Organisation.name, Organisation.id)
        .join(Right, Right.user_id == User.id)
        .join(Organisation, Organisation.id == Right.organisation_id)
        .where(
            Right.organisation_id.in_(organisation_ids), Right.role.in_(WORKS), in_force(clock.now()), User.id != but,
            User.state == UserState.ACTIVE,
        )
        .distinct()
        .order_by(Organisation.name, User.name)
    )  # fmt: skip
    return [(user_id, name, organisation, place) for user_id, name, organisation, place in rows]


def get_file_and_member(reference: str, member_id: int) -> tuple[RecordFile, RecordMember]:
    """Errors: NotFound, also when the membership is another record's."""
    file = get_file(reference)
    found = db.session.get(RecordMember, member_id)
    if found is None or found.record_id != file.record.id:
        raise NotFound
    return file, found


def members_of(record_id: int) -> list[tuple[RecordMember, str, str]]:
    """(membership, name, organisation) of a record, past ones last."""
    rows = db.session.execute(
        select(RecordMember, User.name, Organisation.name)
        .join(User, User.id == RecordMember.user_id)
        .outerjoin(Organisation, Organisation.id == RecordMember.organisation_id)
        .where(RecordMember.record_id == record_id)
        .order_by(RecordMember.ended_at.is_not(None), RecordMember.id)
        .limit(100)
    )
    return [(member, name, organisation or "") for member, name, organisation in rows]
