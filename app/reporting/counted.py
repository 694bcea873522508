"""The one definition of each indicator, as a query: what is counted, for whom, and on which day it began to count.

Source: coaching design §13.2, A1, B1, C1. Each gives the columns `thing_id` (person or record), `record_id`,
`organisation_id`, `programme_id`, `day`; each thing stands in it once.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.sql import Subquery

from app.coaching.models import Activity, CoachingRecord, ProjectMember
from app.coaching.path_models import Outcome, RecordMove
from app.coaching.path_rules import ACHIEVED
from app.coaching.request_models import Assignment
from app.coaching.rules import ActivityKind, Attendance, RecordState
from app.core.paris_date import paris_date
from app.reporting.rules import Period

WHILE = (RecordState.COACHED, RecordState.ON_HOLD, RecordState.FOLLOW_UP)
NOT_COUNTED = (ActivityKind.EMAIL, ActivityKind.DOCUMENT_REVIEW)
OWNER: Any = func.coalesce(Activity.organisation_id, CoachingRecord.organisation_id)  # when it happened


class Indicator(StrEnum):
    WELCOMED = "accueillis"  # A1, persons
    COACHED = "accompagnes"  # B1, records
    ACHIEVED = "aboutis"  # C1, records


def _once(query: Select[Any], *, by: Any, order: tuple[Any, ...]) -> Subquery:
    """The first row of each thing."""
    ranked = query.add_columns(func.row_number().over(partition_by=by, order_by=order).label("rank")).subquery()
    columns = [column for column in ranked.c if column.name != "rank"]
    return select(*columns).where(ranked.c.rank == 1).subquery()


def welcomed(period: Period, programme_id: int | None) -> Subquery:
    """A1: distinct persons, holders of a project, with at least one welcome held in the period.

    For the organisation of their first one.
    """
    held = (
        select(
            ProjectMember.person_id.label("thing_id"), CoachingRecord.id.label("record_id"),
            OWNER.label("organisation_id"), CoachingRecord.programme_id.label("programme_id"),
            Activity.happened_on.label("day"),
        )
        .join(CoachingRecord, CoachingRecord.id == Activity.record_id)
        .join(ProjectMember, ProjectMember.project_id == CoachingRecord.project_id)
        .where(
            Activity.kind == ActivityKind.WELCOME, Activity.attendance == Attendance.HELD,
            Activity.happened_on.between(period.first, period.last),
            or_(ProjectMember.ended_at.is_(None), paris_date(ProjectMember.ended_at) >= Activity.happened_on),
            *_of_programme(programme_id),
        )
    )  # fmt: skip
    return _once(held, by=ProjectMember.person_id, order=(Activity.happened_on, Activity.id))


def coached(period: Period, programme_id: int | None) -> Subquery:
    """B1: distinct records, their agreement signed before the end of the period, with at least one counted activity in
    it while coached, on hold or followed up. For the organisation that owned the record at the first one."""
    past = select(
        RecordMove.record_id, RecordMove.new_state, paris_date(RecordMove.at).label("began"),
        paris_date(
            func.lead(RecordMove.at).over(partition_by=RecordMove.record_id, order_by=(RecordMove.at, RecordMove.id))
        ).label("ended"),
    ).where(RecordMove.undone_at.is_(None)).subquery()  # fmt: skip
    counted = (
        select(
            CoachingRecord.id.label("thing_id"), CoachingRecord.id.label("record_id"),
            OWNER.label("organisation_id"), CoachingRecord.programme_id.label("programme_id"),
            Activity.happened_on.label("day"),
        )
        .join(CoachingRecord, CoachingRecord.id == Activity.record_id)
        .join(past, past.c.record_id == CoachingRecord.id)
        .where(
            CoachingRecord.engagement_signed_on <= period.last,
            Activity.attendance == Attendance.HELD, Activity.duration_min > 0, Activity.kind.not_in(NOT_COUNTED),
            Activity.happened_on.between(period.first, period.last),
            past.c.new_state.in_(WHILE), past.c.began <= Activity.happened_on,
            or_(past.c.ended.is_(None), past.c.ended >= Activity.happened_on),
            *_of_programme(programme_id),
        )
    )  # fmt: skip
    return _once(counted, by=CoachingRecord.id, order=(Activity.happened_on, Activity.id))


def achieved(period: Period, programme_id: int | None) -> Subquery:
    """C1: distinct records whose first achieved outcome is dated in the period.

    For the organisation that had the record on that day: who takes it on later does not take the result with it.
    """
    first = (
        select(Outcome.record_id, func.min(Outcome.happened_on).label("day"))
        .where(Outcome.kind.in_(ACHIEVED), Outcome.record_id.is_not(None))
        .group_by(Outcome.record_id)
        .subquery()
    )
    return (
        select(
            CoachingRecord.id.label("thing_id"), CoachingRecord.id.label("record_id"),
            _owner_on(first.c.day).label("organisation_id"), CoachingRecord.programme_id, first.c.day,
        )
        .join(first, first.c.record_id == CoachingRecord.id)
        .where(first.c.day.between(period.first, period.last), *_of_programme(programme_id))
        .subquery()
    )  # fmt: skip


COUNTED: dict[Indicator, Callable[[Period, int | None], Subquery]] = {
    Indicator.WELCOMED: welcomed, Indicator.COACHED: coached, Indicator.ACHIEVED: achieved,
}  # fmt: skip


def _owner_on(day: Any) -> Any:
    """Whose the record was when that day ended: the next move after it says whom it left; without one, it stayed."""
    next_move = (
        select(func.coalesce(Assignment.old_organisation_id, Assignment.organisation_id))
        .where(Assignment.record_id == CoachingRecord.id, paris_date(Assignment.at) > day)
        .order_by(Assignment.at, Assignment.id)
        .limit(1)
        .correlate_except(Assignment)
        .scalar_subquery()
    )
    return func.coalesce(next_move, CoachingRecord.organisation_id)


def _of_programme(programme_id: int | None) -> list[Any]:
    return [] if programme_id is None else [CoachingRecord.programme_id == programme_id]
