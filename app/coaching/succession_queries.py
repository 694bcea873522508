"""Open records whose referent works here no more: the right has ended, or the account is suspended or closed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User, UserState
from app.coaching.day_queries import shut_to
from app.coaching.file_queries import WORKS
from app.coaching.models import CoachingRecord, Project
from app.coaching.rules import OPEN, RecordState
from app.core import clock
from app.core.access import Role, Viewer
from app.core.database import db
from app.network.models import Right
from app.network.queries import in_force

MOST = 200


@dataclass(frozen=True)
class Left:
    """A record that nobody answers for. `referent`: who did; "" when nobody is written there."""

    record: CoachingRecord
    referent: str


def _nobody_answers() -> ColumnElement[bool]:
    """A request that nobody took yet is not one of them: it has a page of its own."""
    at_work = exists().where(
        Right.user_id == CoachingRecord.referent_id,
        Right.organisation_id == CoachingRecord.organisation_id,
        Right.role.in_(WORKS),
        in_force(clock.now()),
        User.id == Right.user_id,
        User.state == UserState.ACTIVE,
    )
    waits = CoachingRecord.referent_id.is_(None) & (CoachingRecord.state == RecordState.REQUESTED)
    return and_(CoachingRecord.state.in_(OPEN), ~at_work, ~waits)


def _of_lead(lead: Viewer) -> ColumnElement[bool]:
    """Of the organisations they lead, but those closed to them and their own projects."""
    return CoachingRecord.organisation_id.in_(lead.organisation_ids(Role.ORGANISATION_LEAD)) & ~shut_to(lead)


def left_records(lead: Viewer) -> list[Left]:
    """By former referent, the oldest record first. One statement."""
    rows = db.session.execute(
        select(CoachingRecord, User.name)
        .outerjoin(User, User.id == CoachingRecord.referent_id)
        .options(
            joinedload(CoachingRecord.project).joinedload(Project.commune),
            joinedload(CoachingRecord.organisation),
            joinedload(CoachingRecord.programme),
        )
        .where(_of_lead(lead), _nobody_answers())
        .order_by(User.name, CoachingRecord.since, CoachingRecord.id)
        .limit(MOST)
    )
    return [Left(record, name or "") for record, name in rows]


def locked(lead: Viewer, record_ids: Collection[int]) -> list[tuple[CoachingRecord, bool]]:
    """(record they may pass on, whether nobody answers for it), kept from other writers until the commit."""
    wanted: Select[CoachingRecord] = (
        select(CoachingRecord)
        .where(CoachingRecord.id.in_(record_ids), _of_lead(lead))
        .order_by(CoachingRecord.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    records = list(db.session.scalars(wanted))
    left = set(
        db.session.scalars(select(CoachingRecord.id).where(CoachingRecord.id.in_(record_ids), _nobody_answers()))
    )
    return [(record, record.id in left) for record in records]
