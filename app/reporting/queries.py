"""Counts and lists of the figures; the same queries for both."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.sql import Subquery

from app.coaching.models import Activity, CoachingRecord, Person, Project, ProjectMember, RecordExclusion
from app.coaching.rules import ActivityKind, Attendance
from app.core.database import db
from app.core.errors import NotFound
from app.network.models import Organisation, Programme
from app.reporting.counted import COUNTED, OWNER, Indicator, welcomed
from app.reporting.rules import Column, Period, mask, told_by_programmes

PAGE = 50


@dataclass(frozen=True)
class Scope:
    """What is counted: a period; an organisation and a programme, or all of them."""

    period: Period
    organisation: Organisation | None = None
    programme: Programme | None = None

    @property
    def organisation_id(self) -> int | None:
        return self.organisation.id if self.organisation else None

    def as_query(self) -> dict[str, Any]:
        """The same scope as an address."""
        found = {"du": self.period.first.isoformat(), "au": self.period.last.isoformat()}
        if self.organisation:
            found["structure"] = self.organisation.slug
        if self.programme:
            found["dispositif"] = self.programme.code
        return found


@dataclass(frozen=True)
class Line:
    """One counted thing: a person or a project, and the record that leads to it."""

    words: str
    reference: str
    organisation: str
    day: date


@dataclass(frozen=True)
class Listed:
    """A page of a list. `openable`: how many this viewer may open; `everything`: how many are counted."""

    lines: list[Line]
    openable: int
    everything: int
    has_next: bool


def choices() -> tuple[list[Organisation], list[Programme]]:
    """Everything that may be asked for, by name; organisations that no longer work too: they have a past."""
    organisations = db.session.scalars(select(Organisation).order_by(Organisation.name, Organisation.id))
    programmes = db.session.scalars(select(Programme).where(Programme.is_coaching).order_by(Programme.name))
    return list(organisations), list(programmes)


def columns(scope: Scope, opened: frozenset[int]) -> dict[Indicator, Column]:
    """Every indicator by organisation, as somebody may see it who works on the records of `opened`.

    An organisation's own page reads its cell out of the whole table: what is hidden there is hidden here.
    """
    programme_id = scope.programme.id if scope.programme else None
    found = {}
    for indicator, query in COUNTED.items():
        counts = _by_organisation(query(scope.period, programme_id))
        hidden = _told_by_programmes(indicator, scope.period) if programme_id is not None else set()
        found[indicator] = mask(counts, opened, hidden=hidden)
    return found


def _by_organisation(counted: Subquery) -> dict[int, int]:
    rows = db.session.execute(select(counted.c.organisation_id, func.count()).group_by(counted.c.organisation_id))
    return {int(key): int(count) for key, count in rows}


def _told_by_programmes(indicator: Indicator, period: Period) -> set[int]:
    counted = COUNTED[indicator](period, None)
    found: dict[int, list[int]] = defaultdict(list)
    for key, count in db.session.execute(
        select(counted.c.organisation_id, func.count()).group_by(counted.c.organisation_id, counted.c.programme_id)
    ):
        found[key].append(int(count))
    return told_by_programmes(found)


def also_met(scope: Scope) -> int:
    """People whom this organisation welcomed in the period too, and who are counted for another, met before."""
    assert scope.organisation is not None
    counted = welcomed(scope.period, scope.programme.id if scope.programme else None)
    met = (
        select(ProjectMember.person_id)
        .join(CoachingRecord, CoachingRecord.project_id == ProjectMember.project_id)
        .join(Activity, Activity.record_id == CoachingRecord.id)
        .where(
            Activity.kind == ActivityKind.WELCOME, Activity.attendance == Attendance.HELD,
            Activity.happened_on.between(scope.period.first, scope.period.last),
            scope.organisation.id == OWNER,
        )
    )  # fmt: skip
    others = select(func.count()).where(counted.c.organisation_id != scope.organisation.id, counted.c.thing_id.in_(met))
    return int(db.session.scalar(others) or 0)


def get_indicator(name: str) -> Indicator:
    """Errors: NotFound."""
    try:
        return Indicator(name)
    except ValueError as error:
        raise NotFound from error


def lines(indicator: Indicator, scope: Scope, *, opened: frozenset[int], user_id: int, page: int) -> Listed:
    """A page of the list, newest first: only records that belong to `opened` now and do not exclude this viewer."""
    counted = COUNTED[indicator](scope.period, scope.programme.id if scope.programme else None)
    of_scope = [] if scope.organisation is None else [counted.c.organisation_id == scope.organisation.id]
    excluded = exists().where(
        RecordExclusion.record_id == CoachingRecord.id, RecordExclusion.user_id == user_id,
        RecordExclusion.ended_at.is_(None),
    )  # fmt: skip
    may_open = (CoachingRecord.organisation_id.in_(opened), ~excluded)
    everything = db.session.scalar(select(func.count()).select_from(counted).where(*of_scope))
    base = select(counted).join(CoachingRecord, CoachingRecord.id == counted.c.record_id).where(*of_scope, *may_open)
    openable = db.session.scalar(select(func.count()).select_from(base.subquery()))
    is_person = indicator == Indicator.WELCOMED
    words = ProjectMember.shown_name() if is_person else Project.title
    query = (
        select(words, CoachingRecord.reference, Organisation.name, counted.c.day)
        .select_from(counted)
        .join(CoachingRecord, CoachingRecord.id == counted.c.record_id)
        .join(Organisation, Organisation.id == counted.c.organisation_id)
        .join(Project, Project.id == CoachingRecord.project_id)
    )
    if is_person:
        query = query.join(Person, Person.id == counted.c.thing_id).join(
            ProjectMember,
            (ProjectMember.person_id == Person.id) & (ProjectMember.project_id == CoachingRecord.project_id),
        )
    rows = db.session.execute(
        query.where(*of_scope, *may_open)
        .order_by(counted.c.day.desc(), counted.c.thing_id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Listed([Line(*row) for row in rows], int(openable or 0), int(everything or 0), (openable or 0) > page * PAGE)
