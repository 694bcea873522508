"""Reads of the path: objectives, steps, outcomes, follow-ups, moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.accounts.models import User
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.level_queries import readable
from app.coaching.levels import Relation, only_readable
from app.coaching.models import CoachingRecord
from app.coaching.path_models import FollowUp, Objective, Outcome, RecordMove, StepProgress
from app.coaching.path_rules import StepState
from app.core.database import db
from app.core.errors import NotFound
from app.network.programme_queries import steps_of


@dataclass(frozen=True)
class Step:
    """A step of the programme's template, or one of the coach's own, and where the record stands on it."""

    name: str
    state: StepState


def objectives_of(record_id: int, relation: Relation) -> list[Objective]:
    """Those not dropped first, by due day."""
    rows = db.session.scalars(
        select(Objective)
        .where(Objective.record_id == record_id, readable(Objective, relation))
        .order_by(Objective.status == "dropped", Objective.due_on.is_(None), Objective.due_on, Objective.id)
        .limit(100)
    )
    return only_readable(relation, rows)


def steps_for(record: CoachingRecord) -> list[Step]:
    """The steps of the version the record began with, in their order, then others that were used."""
    known = {
        row.step: StepState(row.state)
        for row in db.session.scalars(
            select(StepProgress).where(StepProgress.record_id == record.id).order_by(StepProgress.id)
        )
    }
    template = steps_of(record.programme_id, record.template_version) or tuple(record.programme.steps)
    names = [*template, *(name for name in known if name not in template)]
    return [Step(name, known.get(name, StepState.AHEAD)) for name in names]


def outcomes_of(project_id: int) -> list[Outcome]:
    """Newest first: also the history of the legal form."""
    return list(
        db.session.scalars(
            select(Outcome)
            .where(Outcome.project_id == project_id)
            .order_by(Outcome.happened_on.desc(), Outcome.id.desc())
            .limit(50)
        )
    )


def follow_ups_of(record_id: int) -> list[FollowUp]:
    return list(db.session.scalars(select(FollowUp).where(FollowUp.record_id == record_id).order_by(FollowUp.months)))


def moves_of(record_id: int) -> list[tuple[RecordMove, str]]:
    """Transitions with who made them, oldest first; those taken back are left out."""
    rows = db.session.execute(
        select(RecordMove, User.name)
        .outerjoin(User, User.id == RecordMove.by_id)
        .where(RecordMove.record_id == record_id, RecordMove.undone_at.is_(None))
        .order_by(RecordMove.id)
        .limit(100)
    )
    return [(move, name or "") for move, name in rows]


def get_file_and_objective(reference: str, objective_id: int) -> tuple[RecordFile, Objective]:
    """Errors: NotFound, also when the objective is another record's."""
    file = get_file(reference)
    found = db.session.get(Objective, objective_id)
    if found is None or found.record_id != file.record.id:
        raise NotFound
    return file, found


def get_file_and_follow_up(reference: str, months: int) -> tuple[RecordFile, FollowUp]:
    """Errors: NotFound."""
    file = get_file(reference)
    found = db.session.scalar(select(FollowUp).where(FollowUp.record_id == file.record.id, FollowUp.months == months))
    if found is None:
        raise NotFound
    return file, found


def can_still_undo(record: CoachingRecord, user_id: int, *, since: datetime) -> bool:
    """True when this person closed it after `since`."""
    if record.closed_at is None or record.closed_at <= since:
        return False
    last = db.session.scalar(
        select(RecordMove)
        .where(RecordMove.record_id == record.id, RecordMove.undone_at.is_(None))
        .order_by(RecordMove.id.desc())
        .limit(1)
    )
    return last is not None and last.by_id == user_id


def due_follow_ups(record_ids: list[int], *, until: date) -> list[FollowUp]:
    """News to ask, the oldest first."""
    return list(
        db.session.scalars(
            select(FollowUp)
            .where(FollowUp.record_id.in_(record_ids), FollowUp.done_on.is_(None), FollowUp.due_on <= until)
            .order_by(FollowUp.due_on)
        )
    )
