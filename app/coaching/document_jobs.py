"""Files sealed that were written in clear, and sealed again under a fresh key. Safe to stop, repeat, or run twice."""

from __future__ import annotations

import structlog

from app.coaching import document_seals, vault
from app.coaching.document_services import delete_files
from app.coaching.errors import NoteUnreadable
from app.core import clock, storage
from app.core.database import db, transaction

log = structlog.get_logger()


def seal_files() -> str:
    """Those that were handed in before files were sealed."""
    count = seal_again(None)
    return f"{count} files sealed" if count else ""


def seal_again(organisation_id: int | None) -> int:
    """Fifty files at a time; how many. A file that is missing or cannot be opened stays as it is, and is said."""
    waiting, count = document_seals.to_seal(organisation_id=organisation_id), 0
    db.session.rollback()
    for one in waiting:
        with transaction():
            key = vault.newest_key(one.organisation_id, at=clock.now())
        try:
            name = document_seals.seal_to_new_file(one, key)
        except (storage.FileMissing, NoteUnreadable) as error:
            log.error("file_not_sealed", document=one.document_id, why=type(error).__name__)
            continue
        finally:
            db.session.rollback()
        with transaction():
            unnamed = document_seals.swap(one, name, key)
        delete_files([unnamed])
        count += unnamed != name
    return count
