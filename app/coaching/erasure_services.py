"""Erasing a record: words, files and names go, rows that are counted stay, the journal is not touched.

The caller commits, then deletes the files whose names it was given.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Table, delete, or_, select, update

from app.accounts.models import User
from app.coaching.document_models import RecordDocument
from app.coaching.erasure_table import ABOUT_A_RECORD, AROUND, TABLES
from app.coaching.message_models import RecordMessage
from app.coaching.models import CoachingRecord, Levelled, Person, Project, ProjectMember
from app.coaching.note_models import Note
from app.coaching.privacy_models import RecordErasure
from app.coaching.rules import RecordState
from app.coaching.situation_models import SituationSnapshot
from app.core.database import db
from app.core.journal import record as journal
from app.core.outbox import OutboxMail

ErasureHearer = Callable[[int], None]


def on_erasure(app: Flask, hear: ErasureHearer) -> None:
    """`hear(record_id)` in the transaction of an erasure: for rooms that show something of a record."""
    app.extensions.setdefault("erasure_hearers", []).append(hear)


def is_erased(record_id: int) -> bool:
    return db.session.scalar(select(RecordErasure.id).where(RecordErasure.record_id == record_id)) is not None


def erase_record(record: CoachingRecord, *, why: str, by: int | None, at: datetime) -> list[str]:
    """Everything about a record. A second time changes nothing.

    Gives the names of the stored files to delete after the commit.
    """
    if is_erased(record.id):
        return []
    record_id, project_id = record.id, record.project_id
    people = _holders(project_id)
    files = _file_names(record_id)
    for name, table in db.metadata.tables.items():
        if name in TABLES and name not in AROUND and ABOUT_A_RECORD in table.c:
            _erase_rows(table, table.c[ABOUT_A_RECORD] == record_id)
    _forget_times(record_id, at)
    _forget_authors(record_id, {person.user_id for person in people if person.user_id})
    _forget_mails({person.email for person in people if person.email} | _account_addresses(people))
    db.session.execute(
        update(CoachingRecord)
        .where(CoachingRecord.id == record_id)
        .values(
            state=RecordState.CLOSED, closed_at=record.closed_at or at, version=CoachingRecord.version + 1,
            **TABLES["coaching_records"].words,
        )
    )  # fmt: skip
    db.session.add(RecordErasure(record_id=record_id, why=why, by_id=by, at=at))
    db.session.flush()
    _erase_project(project_id)
    for person in people:
        _erase_person(person.id)
    db.session.expire_all()
    journal("record.erased", on=record, by=by, at=at, why=why)
    for hear in current_app.extensions.get("erasure_hearers", []):
        hear(record_id)
    return files


def leave_record(record: CoachingRecord, user: User, *, by: int | None, at: datetime) -> list[str]:
    """One of several holders goes: their name, their words and their files; the others keep their record."""
    person = db.session.scalar(
        select(Person)
        .join(ProjectMember, ProjectMember.person_id == Person.id)
        .where(
            ProjectMember.project_id == record.project_id,
            or_(Person.user_id == user.id, Person.email == user.email),
        )
    )
    if person is None:
        return []
    files = _file_names(record.id, author_id=user.id)
    for name, table in db.metadata.tables.items():
        if name in TABLES and name not in AROUND and ABOUT_A_RECORD in table.c:
            owner = table.c.get("author_id", table.c.get("user_id") if TABLES[name].deletes else None)
            if name == SituationSnapshot.__tablename__:  # whoever wrote it, it is about this person
                _erase_rows(table, (table.c[ABOUT_A_RECORD] == record.id) & (table.c.person_id == person.id))
            elif owner is not None:
                _erase_rows(table, (table.c[ABOUT_A_RECORD] == record.id) & (owner == user.id))
    _forget_times(record.id, at, author_id=user.id)
    _forget_authors(record.id, {user.id})
    _forget_mails({user.email, *([person.email] if person.email else [])})
    db.session.execute(
        update(ProjectMember)
        .where(ProjectMember.project_id == record.project_id, ProjectMember.person_id == person.id)
        .values(ended_at=at, **TABLES["project_members"].words)
    )
    _erase_person(person.id)
    db.session.expire_all()
    journal("record.left", on=record, by=by, at=at, person=person.id)
    return files


def _holders(project_id: int) -> list[Person]:
    query = select(Person).join(ProjectMember, ProjectMember.person_id == Person.id)
    return list(db.session.scalars(query.where(ProjectMember.project_id == project_id)))


def _file_names(record_id: int, *, author_id: int | None = None) -> list[str]:
    query = select(RecordDocument.files).where(RecordDocument.record_id == record_id)
    if author_id is not None:
        query = query.where(RecordDocument.author_id == author_id)
    return [one["name"] for files in db.session.scalars(query) for one in files or []]


def _erase_rows(table: Table, which: Any) -> None:
    how = TABLES[table.name]
    if how.deletes:
        db.session.execute(delete(table).where(which))
    elif how.words:
        more = {"version": table.c.version + 1} if "version" in table.c else {}
        db.session.execute(update(table).where(which).values(**how.words, **more))


def _forget_times(record_id: int, at: datetime, *, author_id: int | None = None) -> None:
    """Empty notes, messages and documents say since when they are empty."""
    for model, column in ((Note, "erased_at"), (RecordMessage, "taken_back_at"), (RecordDocument, "removed_at")):
        rows: Any = getattr(model, column)
        empty = update(model).where(model.record_id == record_id, rows.is_(None))
        if author_id is not None:
            empty = empty.where(model.author_id == author_id)
        db.session.execute(empty.values(**{column: at}))
    told = update(RecordMessage).where(RecordMessage.record_id == record_id, RecordMessage.told_at.is_(None))
    db.session.execute(told.where(RecordMessage.taken_back_at == at).values(told_at=at))


def _forget_authors(record_id: int, user_ids: set[int]) -> None:
    """What the holder wrote no longer names an account."""
    for model in Levelled.__subclasses__():
        table: Any = model
        rows = update(table).where(table.record_id == record_id, table.author_id.in_(user_ids))
        db.session.execute(rows.values(author_id=None))


def _account_addresses(people: list[Person]) -> set[str]:
    ids = [person.user_id for person in people if person.user_id]
    return set(db.session.scalars(select(User.email).where(User.id.in_(ids))))


def _forget_mails(addresses: set[str]) -> None:
    """Mails of the coaching that were sent to these addresses leave the outbox; that one was sent stays."""
    about = or_(*(OutboxMail.occasion.like(f"{word}:%") for word in ("request", "record", "message", "privacy")))
    db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.to_address.in_(addresses), about, OutboxMail.sent_at.is_not(None))
        .values(to_address="", subject="", text="", html="")
    )


def _erase_project(project_id: int) -> None:
    """The project goes with its last record."""
    erased = select(RecordErasure.record_id)
    left = select(CoachingRecord.id).where(CoachingRecord.project_id == project_id, CoachingRecord.id.not_in(erased))
    if db.session.scalar(left.limit(1)) is None:
        db.session.execute(update(Project).where(Project.id == project_id).values(**TABLES["projects"].words))
        named = update(ProjectMember).where(ProjectMember.project_id == project_id)
        db.session.execute(named.values(**TABLES["project_members"].words))


def _erase_person(person_id: int) -> None:
    """The person becomes a tombstone once nothing else here is about them; campaigns hold projects too."""
    erased = select(RecordErasure.record_id)
    still = (
        select(ProjectMember.id)
        .join(CoachingRecord, CoachingRecord.project_id == ProjectMember.project_id, isouter=True)
        .where(
            ProjectMember.person_id == person_id, ProjectMember.ended_at.is_(None),
            or_(CoachingRecord.id.is_(None), CoachingRecord.id.not_in(erased)),
        )
    )  # fmt: skip
    if db.session.scalar(still.limit(1)) is None:
        db.session.execute(update(Person).where(Person.id == person_id).values(**TABLES["persons"].words))
