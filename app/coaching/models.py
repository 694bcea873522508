"""Projects, people met, coaching records and what happens in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.coaching.levels import Level
from app.coaching.proposal_models import RecordProposal
from app.coaching.rules import ActivityKind, Attendance, Category, ConsentPurpose, RecordState
from app.core.database import Model
from app.network.models import Organisation, Programme, Territory

IN_FORCE = text("ended_at IS NULL")


class Levelled:
    """A thing written in a record: who may read it follows from these three (`levels.may_read`)."""

    is_exchange: ClassVar[bool] = False  # a message: colleagues without a part in the record do not read it

    visibility: Mapped[Level] = mapped_column(String(12), default=Level.HOLDER, server_default="holder")
    # The organisation that owned the record when it was written. Empty only for what was written before levels existed.
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Person(Model):
    """Somebody coached; may have no account yet (met at a drop-in day).

    `is_unconfirmed`: the address was typed in the public form, and nobody who reads its mail has said yes: it finds
    no account, joins no other person, opens nothing.
    """

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)
    is_unconfirmed: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column()


class Project(Model):
    """What people want to do. Exists from the first day: campaigns and records belong to one."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    search_title: Mapped[str] = mapped_column(String(160), default="")  # folded, to be found without accents
    summary: Mapped[str] = mapped_column(Text, default="")
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("territories.code"), index=True)
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column()

    commune: Mapped[Territory | None] = relationship()
    members: Mapped[list[ProjectMember]] = relationship(back_populates="project")


class ProjectMember(Model):
    """A holder of the project (person), from a day to a day. `told_name`: the name given to whoever opened the project,
    which its readers are shown; None: the person's own. Another organisation may know the same address under another
    name, and showing that one would tell that the person is coached there."""

    __tablename__ = "project_members"
    __table_args__ = (UniqueConstraint("project_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    ended_at: Mapped[datetime | None] = mapped_column()
    told_name: Mapped[str | None] = mapped_column(String(120))

    project: Mapped[Project] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()

    @staticmethod
    def shown_name() -> ColumnElement[str]:
        """For a statement that joins the person."""
        return func.coalesce(ProjectMember.told_name, Person.name)


class CoachingRecord(Model):
    """The path of a project with a support organisation: administrative `state`, free `step`."""

    __tablename__ = "coaching_records"
    __table_args__ = (
        CheckConstraint("closed_at IS NULL OR state = 'closed'", name="closed_has_its_state"),
        Index("ix_coaching_records_organisation_id_state", "organisation_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)  # « 2026-21-0042 »
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    template_version: Mapped[int] = mapped_column(default=1)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    referent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)  # None: not taken yet
    state: Mapped[RecordState] = mapped_column(String(20), default=RecordState.REQUESTED)
    step: Mapped[str] = mapped_column(String(80), default="")
    since: Mapped[date] = mapped_column()
    next_action: Mapped[str] = mapped_column(String(200), default="")
    next_action_on: Mapped[date | None] = mapped_column(index=True)
    engagement_signed_on: Mapped[date | None] = mapped_column()
    closed_at: Mapped[datetime | None] = mapped_column()
    closing_reason: Mapped[str] = mapped_column(String(200), default="")
    search_text: Mapped[str | None] = mapped_column(Text)  # folded names, places, needs; None: to be written again
    created_at: Mapped[datetime] = mapped_column()
    version: Mapped[int] = mapped_column()

    project: Mapped[Project] = relationship()
    programme: Mapped[Programme] = relationship()
    organisation: Mapped[Organisation] = relationship()
    activities: Mapped[list[Activity]] = relationship(back_populates="record")
    proposals: Mapped[list[RecordProposal]] = relationship(  # those that wait for an answer
        primaryjoin="and_(RecordProposal.record_id == CoachingRecord.id, RecordProposal.answered_at.is_(None))",
        order_by="RecordProposal.id",
        viewonly=True,
    )

    __mapper_args__ = {"version_id_col": version}


class RecordMember(Model):
    """Who works on the record besides its referent, from an instant to an instant."""

    __tablename__ = "record_members"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (end_reason = '')", name="end_has_its_reason"),
        Index(
            "uq_record_members_one_in_force", "record_id", "user_id", unique=True,
            sqlite_where=IN_FORCE, postgresql_where=IN_FORCE,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))  # None: for themselves
    role: Mapped[str] = mapped_column(String(20), default="co_coach")
    can_see_restricted: Mapped[bool] = mapped_column(default=False, server_default=false())
    reason: Mapped[str | None] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    end_reason: Mapped[str] = mapped_column(String(200), default="")


class RecordExclusion(Model):
    """Somebody who may not read a record although their place would let them: recused, or refused by the holder."""

    __tablename__ = "record_exclusions"
    __table_args__ = (
        CheckConstraint("kind IN ('recusal', 'objection')", name="kind_is_known"),
        Index(
            "uq_record_exclusions_one_in_force", "record_id", "user_id", unique=True,
            sqlite_where=IN_FORCE, postgresql_where=IN_FORCE,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(300), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()


class Activity(Levelled, Model):
    """Something that happened: when, how long. Its text is a note (`note_models.Note`)."""

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint("duration_min BETWEEN 0 AND 1440", name="duration_in_a_day"),
        Index("uq_activities_once", "once", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    kind: Mapped[ActivityKind] = mapped_column(String(20))
    happened_on: Mapped[date] = mapped_column()
    duration_min: Mapped[int] = mapped_column(default=0)
    summary: Mapped[str] = mapped_column(Text, default="")  # only of before notes were sealed
    attendance: Mapped[Attendance] = mapped_column(String(16), default=Attendance.HELD, server_default="held")
    category: Mapped[Category] = mapped_column(String(14), default=Category.TASK, server_default="task")
    starts_at: Mapped[datetime | None] = mapped_column()  # of an appointment
    place: Mapped[str | None] = mapped_column(String(120))
    once: Mapped[str | None] = mapped_column(String(30))  # the form that noted it: a second click notes nothing
    created_at: Mapped[datetime] = mapped_column()

    record: Mapped[CoachingRecord] = relationship(back_populates="activities")


class ActionItem(Levelled, Model):
    """A thing to do; the holder ticks their own (`owner`: holder or coach)."""

    __tablename__ = "action_items"
    __table_args__ = (CheckConstraint("owner IN ('holder', 'coach')", name="owner_is_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))
    owner: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[date | None] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column()
    dropped_at: Mapped[datetime | None] = mapped_column()  # left aside, for instance when the record closed
    reminded_at: Mapped[datetime | None] = mapped_column()  # the holder, once it was late
    created_at: Mapped[datetime] = mapped_column()


class Consent(Model):
    """What a person agreed to, with the version of the words; withdrawn, never deleted."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    purpose: Mapped[ConsentPurpose] = mapped_column(String(30))
    text_version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime] = mapped_column()
    withdrawn_at: Mapped[datetime | None] = mapped_column()


class RecordCounter(Model):
    """The last number given to a record's reference, per year and département."""

    __tablename__ = "record_counters"

    year_departement: Mapped[str] = mapped_column(String(10), primary_key=True)  # « 2026-21 »
    last: Mapped[int] = mapped_column()
