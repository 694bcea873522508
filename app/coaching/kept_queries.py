"""What an organisation keeps of a record that it passed on: its own private notes and documents, and nothing newer.

Who may read each of them is asked of `levels`, as everywhere: what was written for a team stays with that team.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from app.accounts.models import User
from app.coaching import vault
from app.coaching.document_models import RecordDocument
from app.coaching.file_queries import WORKS, RecordFile, closed_to, get_file
from app.coaching.level_queries import readable
from app.coaching.levels import Level, Relation, may_read_item, only_readable
from app.coaching.models import CoachingRecord, Project
from app.coaching.note_models import Note, OrganisationKey
from app.coaching.request_models import Assignment
from app.core.access import Viewer
from app.core.database import db
from app.network.models import Organisation

PRIVATE = (Level.TEAM, Level.RESTRICTED)


@dataclass(frozen=True)
class KeptFile:
    """A record and the organisations that once owned it and do not now."""

    file: RecordFile
    left_ids: frozenset[int]

    @property
    def reference(self) -> str:
        return self.file.reference


@dataclass(frozen=True)
class KeptRecord:
    """One line of the list."""

    reference: str
    title: str
    left_on: datetime
    now_at: str
    notes: int


@dataclass(frozen=True)
class KeptNote:
    """A private note, opened: the page is read by an act that the journal keeps."""

    note_id: int
    text: str
    visibility: Level
    author: str
    created_at: datetime


def get_kept(reference: str) -> KeptFile:
    """Errors: NotFound."""
    file = get_file(reference)
    left = select(Assignment.old_organisation_id).where(
        Assignment.record_id == file.record.id,
        Assignment.old_organisation_id.is_not(None),
        Assignment.old_organisation_id != file.record.organisation_id,
    )
    return KeptFile(file, frozenset(one for one in db.session.scalars(left) if one is not None))


def kept_notes(record_id: int, relation: Relation) -> list[KeptNote]:
    """The oldest first. Errors: NoteUnreadable."""
    rows = db.session.execute(
        select(Note, OrganisationKey, User.name)
        .outerjoin(OrganisationKey, OrganisationKey.id == Note.key_id)
        .outerjoin(User, User.id == Note.author_id)
        .where(Note.record_id == record_id, ~Note.is_draft, Note.erased_at.is_(None), *_private(Note, relation))
        .order_by(Note.created_at, Note.id)
        .limit(400)
    )
    opener = vault.Opener()
    return [
        KeptNote(
            note.id, opener.text(note.sealed, note.public_id, key), Level(note.visibility), name or "", note.created_at
        )
        for note, key, name in rows
        if may_read_item(relation, note)
    ]


def kept_documents(record_id: int, relation: Relation) -> list[RecordDocument]:
    rows = db.session.scalars(
        select(RecordDocument)
        .where(
            RecordDocument.record_id == record_id, RecordDocument.removed_at.is_(None),
            *_private(RecordDocument, relation),
        )
        .order_by(RecordDocument.id)
    )  # fmt: skip
    return only_readable(relation, rows)


def _private(model: Any, relation: Relation) -> tuple[ColumnElement[bool], ...]:
    written_here = model.organisation_id.in_(relation.works_at)
    return (readable(model, relation), model.visibility.in_(PRIVATE), written_here)


def kept_records(viewer: Viewer) -> list[KeptRecord]:
    """Records that my organisations passed on, with how many private notes of theirs I may read. One statement."""
    works_at, me = viewer.organisation_ids(*WORKS), viewer.user_id or 0
    left = (
        select(Assignment.record_id, func.max(Assignment.at).label("at"))
        .where(Assignment.old_organisation_id.in_(works_at), Assignment.organisation_id.not_in(works_at))
        .group_by(Assignment.record_id)
        .subquery()
    )
    readable_here = or_(Note.visibility == Level.TEAM, Note.author_id == me)
    rows = db.session.execute(
        select(CoachingRecord.reference, Project.title, left.c.at, Organisation.name, func.count(Note.id))
        .join(left, left.c.record_id == CoachingRecord.id)
        .join(Project, Project.id == CoachingRecord.project_id)
        .join(Organisation, Organisation.id == CoachingRecord.organisation_id)
        .join(Note, (Note.record_id == CoachingRecord.id) & Note.organisation_id.in_(works_at) & readable_here)
        .where(
            CoachingRecord.organisation_id.not_in(works_at), CoachingRecord.id.not_in(closed_to(me)), ~Note.is_draft,
            Note.erased_at.is_(None), Note.visibility.in_(PRIVATE),
        )
        .group_by(CoachingRecord.id, CoachingRecord.reference, Project.title, left.c.at, Organisation.name)
        .order_by(left.c.at.desc())
        .limit(100)
    )  # fmt: skip
    return [KeptRecord(*row) for row in rows]
