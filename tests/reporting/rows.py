"""Records with a past, written as rows: what the figures count, without the pages that write it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.coaching.models import Activity, CoachingRecord, Person, Project, ProjectMember
from app.coaching.path_models import Outcome, RecordMove
from app.coaching.path_rules import OutcomeKind
from app.coaching.request_models import Assignment
from app.coaching.rules import ActivityKind, Attendance, RecordState
from app.core.database import db, transaction
from app.network.models import Programme
from app.network.queries import get_programme
from tests.builders import an_organisation

YEAR = 2016
DAY = date(YEAR, 6, 15)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def a_person(name: str = "Camille") -> int:
    with transaction():
        person = Person(name=name, created_at=noon(DAY))
        db.session.add(person)
        db.session.flush()
        return person.id


@dataclass(frozen=True)
class Path:
    """A record of one person: use inside an app context."""

    record_id: int
    project_id: int
    organisation_id: int

    @classmethod
    def open(cls, person_id: int, organisation: str = "pes-21", programme: str = "pulsactions", **more: object) -> Path:
        organisation_id = an_organisation(organisation).id
        programme_id = get_programme(programme).id
        with transaction():
            number = db.session.query(CoachingRecord).count() + 1
            project = Project(title=f"Projet {number}", created_at=noon(DAY))
            db.session.add(project)
            db.session.flush()
            db.session.add(ProjectMember(project_id=project.id, person_id=person_id))
            record = CoachingRecord(
                reference=f"{YEAR}-21-{number:04d}", project_id=project.id, programme_id=programme_id,
                organisation_id=organisation_id, since=DAY, created_at=noon(DAY), **more,
            )  # fmt: skip
            db.session.add(record)
            db.session.flush()
            return cls(record.id, project.id, organisation_id)

    def met(
        self, day: date = DAY, kind: ActivityKind = ActivityKind.WELCOME, *, minutes: int = 45,
        attendance: Attendance = Attendance.HELD, organisation_id: int | None = None,
    ) -> Path:  # fmt: skip
        with transaction():
            db.session.add(
                Activity(
                    record_id=self.record_id, kind=kind, happened_on=day, duration_min=minutes, attendance=attendance,
                    organisation_id=organisation_id or self.organisation_id, created_at=noon(day),
                )
            )  # fmt: skip
        return self

    def moved(self, state: RecordState, day: date, *, undone: bool = False) -> Path:
        with transaction():
            db.session.add(
                RecordMove(
                    record_id=self.record_id, at=noon(day), old_state="", new_state=state,
                    undone_at=noon(day) if undone else None,
                )
            )  # fmt: skip
        return self

    def signed(self, day: date = DAY - timedelta(days=30)) -> Path:
        """The agreement is signed, and coaching begins that day."""
        with transaction():
            db.session.get_one(CoachingRecord, self.record_id).engagement_signed_on = day
        return self.moved(RecordState.COACHED, day)

    def came_to(self, kind: OutcomeKind = OutcomeKind.STRUCTURE_CREATED, day: date = DAY) -> Path:
        with transaction():
            db.session.add(
                Outcome(
                    project_id=self.project_id, record_id=self.record_id, kind=kind, happened_on=day,
                    created_at=noon(day),
                )
            )  # fmt: skip
        return self

    def given_to(self, organisation: str, day: date) -> Path:
        """Another organisation takes the record on: what `relay_services.transfer` writes of it."""
        new_id = an_organisation(organisation).id
        with transaction():
            record = db.session.get_one(CoachingRecord, self.record_id)
            db.session.add(
                Assignment(
                    record_id=record.id, old_organisation_id=record.organisation_id, organisation_id=new_id,
                    mode="manual", reason="Déménagement.", at=noon(day),
                )
            )  # fmt: skip
            record.organisation_id = new_id
        return self


def founding_year(welcomed: int = 250, coached: int = 124, achieved: int = 20, organisation: str = "pes-21") -> None:
    """That many of each, all of one organisation: one statement a table, inside an app context."""
    organisation_id, programme_id = an_organisation(organisation).id, programme("pulsactions").id
    base = (db.session.query(Person).count(), db.session.query(Project).count())
    first = max(base) + 10_000
    ids = range(first, first + welcomed)
    about = {"happened_on": DAY, "attendance": "held", "organisation_id": organisation_id, "created_at": noon(DAY)}
    signed = {one: DAY - timedelta(days=30) if one < first + coached else None for one in ids}
    rows = {
        Person: [{"id": one, "name": f"Personne {one}", "created_at": noon(DAY)} for one in ids],
        Project: [{"id": one, "title": f"Projet {one}", "created_at": noon(DAY)} for one in ids],
        ProjectMember: [{"project_id": one, "person_id": one} for one in ids],
        CoachingRecord: [
            {"id": one, "reference": f"R{one}", "project_id": one, "programme_id": programme_id, "version": 1,
             "organisation_id": organisation_id, "since": DAY, "created_at": noon(DAY),
             "engagement_signed_on": signed[one]} for one in ids
        ],
        Activity: [{"record_id": one, "kind": "welcome", "duration_min": 30, **about} for one in ids]
        + [{"record_id": one, "kind": "interview", "duration_min": 60, **about} for one in ids if signed[one]],
        RecordMove: [
            {"record_id": one, "at": noon(DAY - timedelta(days=30)), "old_state": "", "new_state": "coached"}
            for one in ids if signed[one]
        ],
        Outcome: [
            {"project_id": one, "record_id": one, "kind": "structure_created", "happened_on": DAY,
             "created_at": noon(DAY)} for one in list(ids)[:achieved]
        ],
    }  # fmt: skip
    with transaction():
        for model, values in rows.items():
            if values:
                db.session.execute(model.__table__.insert(), values)


def programme(code: str) -> Programme:
    return get_programme(code)
