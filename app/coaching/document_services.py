"""Documents: prepared (outside any transaction), added, removed. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.coaching import vault
from app.coaching.document_models import RecordDocument
from app.coaching.document_queries import room_taken
from app.coaching.document_rules import PICTURE, SUFFIX, check_room, kind_of
from app.coaching.levels import Level
from app.coaching.models import CoachingRecord
from app.core import images, storage
from app.core.database import db
from app.core.journal import record as journal
from app.core.text import public_id

FOLDER = "documents"


@dataclass(frozen=True)
class Stored:
    """A file that lies sealed in the storage already; without a row nobody reaches it."""

    name: str
    kind: str
    size_bytes: int
    key_id: int


def key_for(record: CoachingRecord, *, at: datetime) -> vault.DataKey:
    """What a file of this record is sealed under; inside a transaction, as it may be the organisation's first."""
    return vault.newest_key(record.organisation_id, at=at)


def store(content: bytes, key: vault.DataKey) -> Stored:
    """Judge, re-encode pictures (no metadata survives), seal and write the file. Outside any transaction.

    Errors: DocumentRefused, DocumentTooLarge, images.PictureRefused.
    """
    kind = kind_of(content)
    if kind == PICTURE:
        content = images.renditions(content)[-1].content
    name = storage.new_name(FOLDER, SUFFIX[kind])
    sealed = vault.seal_bytes(content, key, name)
    storage.write(name, sealed)
    return Stored(name, kind, len(sealed), key.id)


class Uploads:
    """The files of one form. What `keep` was not said of is deleted at the end: the form was refused, or sent twice.

    with Uploads() as uploads: uploads.store(…); with transaction(): …; uploads.keep()
    """

    def __init__(self) -> None:
        self._names: list[str] = []

    def __enter__(self) -> Uploads:
        return self

    def __exit__(self, *_error: object) -> None:
        delete_files(self._names)

    def store(self, content: bytes, key: vault.DataKey) -> Stored:
        """As `store`."""
        stored = store(content, key)
        self._names.append(stored.name)
        return stored

    def keep(self) -> None:
        """Rows name them now: said after the commit."""
        self._names.clear()


def add(
    record: CoachingRecord, stored: Stored, *, title: str, visibility: Level, by: int, at: datetime,
    message_id: int | None = None,
) -> RecordDocument:  # fmt: skip
    """`message_id`: the message that it comes with. Errors: TooManyDocuments."""
    count, size = room_taken(record.id)
    check_room(count=count, size_bytes=size, more_bytes=stored.size_bytes)
    document = RecordDocument(
        public_id=public_id(), record_id=record.id, title=title, kind=stored.kind, files=[{"name": stored.name}],
        size_bytes=stored.size_bytes, visibility=visibility, organisation_id=record.organisation_id, author_id=by,
        added_at=at, key_id=stored.key_id, message_id=message_id,
    )  # fmt: skip
    db.session.add(document)
    journal("document.added", on=document, by=by, at=at, record=record.id, level=str(visibility))
    return document


def remove(document: RecordDocument, *, by: int | None, at: datetime) -> list[str]:
    """The row stays, without title; gives the names of the files to delete once this is committed."""
    names = [one["name"] for one in document.files]
    if document.removed_at is None:
        document.title, document.files, document.key_id = "", [], None
        document.removed_at, document.removed_by_id = at, by
        journal("document.removed", on=document, by=by, at=at, record=document.record_id)
    return names


def delete_files(names: list[str]) -> None:
    """After the commit: a file without a row harms nobody, a row without a file does."""
    for name in names:
        storage.delete(name)


def note_read(document: RecordDocument, *, by: int, at: datetime) -> None:
    """A restricted document was opened: the journal says by whom."""
    journal("document.read", on=document, by=by, at=at, record=document.record_id)
