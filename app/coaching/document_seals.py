"""Files of documents under the key of their organisation, as notes are. Nothing here commits.

The file is read and written outside any transaction; its row changes in one, and the old file goes after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.coaching import vault
from app.coaching.document_models import RecordDocument
from app.coaching.models import CoachingRecord
from app.coaching.note_models import OrganisationKey
from app.core import storage
from app.core.database import db


@dataclass(frozen=True)
class SealedFile:
    """What opens one stored file; `key_id` None: written before files were sealed."""

    name: str
    key_id: int | None


def file_of(document: RecordDocument) -> SealedFile:
    """Of a document that was not removed."""
    return SealedFile(document.files[0]["name"], document.key_id)


def read(file: SealedFile) -> bytes:
    """Errors: storage.FileMissing, NoteUnreadable (changed, moved, or its key is lost)."""
    content = storage.read(file.name)
    if file.key_id is None:
        return content
    row = db.session.get_one(OrganisationKey, file.key_id)
    return vault.open_bytes(content, vault.unwrap(row), file.name)


@dataclass(frozen=True)
class Waiting:
    """A document whose file lies in clear, or under another key than the newest of its organisation."""

    document_id: int
    organisation_id: int
    file: SealedFile


def to_seal(*, organisation_id: int | None = None, limit: int = 50) -> list[Waiting]:
    """`organisation_id`: also what lies under an older key of that one; None: what lies in clear, of all."""
    query = (
        select(RecordDocument, CoachingRecord.organisation_id)
        .join(CoachingRecord, CoachingRecord.id == RecordDocument.record_id)
        .where(RecordDocument.removed_at.is_(None))
        .order_by(RecordDocument.id)
        .limit(limit)
    )
    if organisation_id is None:
        query = query.where(RecordDocument.key_id.is_(None))
    else:
        keys = select(OrganisationKey.id).where(OrganisationKey.organisation_id == organisation_id)
        newest = keys.order_by(OrganisationKey.id.desc()).limit(1).scalar_subquery()
        query = query.where(RecordDocument.key_id.in_(keys), RecordDocument.key_id != newest)
    return [
        Waiting(document.id, organisation_id or document.organisation_id or owner, file_of(document))
        for document, owner in db.session.execute(query)
        if document.files
    ]


def seal_to_new_file(waiting: Waiting, key: vault.DataKey) -> str:
    """The same content under `key`, in a file of its own; its name. Outside any transaction. Errors: as `read`."""
    content = read(waiting.file)
    folder, _slash, rest = waiting.file.name.partition("/")
    name = storage.new_name(folder, rest.rpartition(".")[2])
    storage.write(name, vault.seal_bytes(content, key, name))
    return name


def swap(waiting: Waiting, name: str, key: vault.DataKey) -> str:
    """The row names the new file; gives the file that nobody names any more: the old one, or the new when too late."""
    document = db.session.get(RecordDocument, waiting.document_id, with_for_update=True, populate_existing=True)
    is_same = document is not None and document.removed_at is None and bool(document.files)
    if document is None or not is_same or file_of(document) != waiting.file:
        return name
    document.files, document.key_id = [{"name": name}], key.id
    return waiting.file.name
