"""Reads of notes. Every list asks `readable` and passes `only_readable`: nobody meets a note above their level."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from app.accounts.models import User
from app.coaching import vault
from app.coaching.file_queries import WORKS, RecordFile, closed_to, get_file
from app.coaching.level_queries import readable
from app.coaching.levels import Level, Relation, may_read_item
from app.coaching.models import CoachingRecord, Project, RecordMember
from app.coaching.note_models import GlassBreak, Note, OrganisationKey
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound


@dataclass(frozen=True)
class Noted:
    """A note as somebody may read it. `text` is None for a restricted one: it is read by an act of its own."""

    public_id: str
    activity_id: int | None
    visibility: Level
    text: str | None
    author: str
    author_id: int | None
    created_at: datetime
    is_erased: bool


@dataclass(frozen=True)
class Draft:
    """Something unfinished, on its author's page. `text`: its beginning."""

    public_id: str
    reference: str
    title: str
    text: str
    visibility: Level
    expires_at: datetime | None


def get_note(public_id: str) -> tuple[RecordFile, Note]:
    """With the file of its record. Errors: NotFound."""
    row = db.session.execute(
        select(Note, CoachingRecord.reference)
        .join(CoachingRecord, CoachingRecord.id == Note.record_id)
        .where(Note.public_id == public_id[:30])
    ).first()
    if row is None:
        raise NotFound
    return get_file(row[1]), row[0]


def text_of(note: Note) -> str:
    """The words of one note that its reader was found entitled to. Errors: NoteUnreadable."""
    key = db.session.get(OrganisationKey, note.key_id) if note.key_id else None
    return vault.Opener().text(note.sealed, note.public_id, key)


def find_draft(public_id: str, record_id: int, user_id: int) -> tuple[Note, str] | None:
    """My draft about this record and its words."""
    note = db.session.scalar(
        select(Note).where(
            Note.public_id == public_id[:30], Note.record_id == record_id, Note.author_id == user_id, Note.is_draft
        )
    )
    return (note, text_of(note)) if note is not None else None


def is_written(public_id: str, record_id: int, user_id: int, text: str) -> bool:
    """Whether I have already sent this note, in these words, about this record."""
    note = db.session.scalar(
        select(Note).where(
            Note.public_id == public_id, Note.record_id == record_id, Note.author_id == user_id, ~Note.is_draft
        )
    )
    return note is not None and note.erased_at is None and text_of(note) == text


def notes_of(record_id: int, relation: Relation) -> list[Noted]:
    """What this viewer may read of a record, newest first, without drafts. One statement."""
    rows = db.session.execute(
        select(Note, OrganisationKey, User.name)
        .outerjoin(OrganisationKey, OrganisationKey.id == Note.key_id)
        .outerjoin(User, User.id == Note.author_id)
        .where(Note.record_id == record_id, ~Note.is_draft, readable(Note, relation))
        .order_by(Note.created_at.desc(), Note.id.desc())
        .limit(400)
    )
    opener = vault.Opener()
    return [_noted(note, key, name, opener) for note, key, name in rows if may_read_item(relation, note)]


def _noted(note: Note, key: OrganisationKey | None, author: str | None, opener: vault.Opener) -> Noted:
    level = Level(note.visibility)
    return Noted(
        public_id=note.public_id,
        activity_id=note.activity_id,
        visibility=level,
        text=None if level == Level.RESTRICTED else opener.text(note.sealed, note.public_id, key),
        author=author or "",
        author_id=note.author_id,
        created_at=note.created_at,
        is_erased=note.erased_at is not None,
    )


def latest_of(where: ColumnElement[bool]) -> dict[int, Noted]:
    """Record id → its latest note that is neither draft nor restricted. `where` already says who reads."""
    newest = (
        select(func.max(Note.id))
        .where(where, ~Note.is_draft, Note.visibility.in_([Level.HOLDER, Level.TEAM]), Note.erased_at.is_(None))
        .group_by(Note.record_id)
    )
    rows = db.session.execute(
        select(Note, OrganisationKey, User.name)
        .outerjoin(OrganisationKey, OrganisationKey.id == Note.key_id)
        .outerjoin(User, User.id == Note.author_id)
        .where(Note.id.in_(newest))
    )
    opener = vault.Opener()
    return {note.record_id: _noted(note, key, name, opener) for note, key, name in rows}


def by_activity(notes: list[Noted]) -> dict[int | None, list[Noted]]:
    """Notes under the activity they belong to; under None those that stand alone."""
    found: dict[int | None, list[Noted]] = defaultdict(list)
    for note in notes:
        found[note.activity_id].append(note)
    return found


def drafts_of(viewer: Viewer) -> list[Draft]:
    """My drafts about records I still work on, the soonest to be deleted first."""
    me = viewer.user_id or 0
    works_at = viewer.organisation_ids(*WORKS)
    mine = select(RecordMember.record_id).where(RecordMember.user_id == me, RecordMember.ended_at.is_(None))
    rows = db.session.execute(
        select(Note, OrganisationKey, CoachingRecord.reference, Project.title)
        .join(CoachingRecord, CoachingRecord.id == Note.record_id)
        .join(Project, Project.id == CoachingRecord.project_id)
        .outerjoin(OrganisationKey, OrganisationKey.id == Note.key_id)
        .where(Note.author_id == me, Note.is_draft)
        .where(or_(CoachingRecord.organisation_id.in_(works_at), CoachingRecord.id.in_(mine)))
        .where(CoachingRecord.id.not_in(closed_to(me)))
        .order_by(Note.expires_at, Note.id)
        .limit(100)
    )
    opener = vault.Opener()
    return [
        Draft(
            note.public_id, reference, title, opener.text(note.sealed, note.public_id, key)[:200],
            Level(note.visibility), note.expires_at,
        )
        for note, key, reference, title in rows
    ]  # fmt: skip


def glass_of(record_id: int, *, at: datetime) -> list[tuple[GlassBreak, str]]:
    """Looks behind the glass of this record, newest first, with the name of who looked."""
    rows = db.session.execute(
        select(GlassBreak, User.name)
        .join(User, User.id == GlassBreak.user_id)
        .where(GlassBreak.record_id == record_id, GlassBreak.started_at <= at)
        .order_by(GlassBreak.id.desc())
        .limit(20)
    )
    return [(one, name) for one, name in rows]


def organisations_with_keys() -> list[int]:
    return list(
        db.session.scalars(select(OrganisationKey.organisation_id).distinct().order_by(OrganisationKey.organisation_id))
    )
