"""Messages and opinions under a fresh data key, as note_services does for notes. The caller commits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select, union

from app.coaching import vault
from app.coaching.message_models import RecordMessage
from app.coaching.note_models import OrganisationKey
from app.coaching.opinion_models import RecordOpinion
from app.core.database import db

# (table, sealed column, column of its key, what the text is bound to)
SEALED: tuple[tuple[Any, str, str, Callable[[Any], str]], ...] = (
    (RecordMessage, "sealed", "key_id", lambda row: str(row.public_id)),
    (RecordOpinion, "question", "key_id", lambda row: f"{row.name}:q"),
    (RecordOpinion, "answer", "answer_key_id", lambda row: f"{row.name}:a"),
)


def seal_again(organisation_id: int, *, at: datetime, limit: int = 500) -> int:
    """What lies under an older key of the organisation, sealed under its newest; how many texts this time."""
    newest, opener, count = vault.newest_key(organisation_id, at=at), vault.Opener(), 0
    for model, sealed, key_column, bound_to in SEALED:
        key_id = getattr(model, key_column)
        rows = db.session.execute(
            select(model, OrganisationKey)
            .join(OrganisationKey, OrganisationKey.id == key_id)
            .where(OrganisationKey.organisation_id == organisation_id, key_id != newest.id)
            .limit(limit)
        ).all()
        for row, old in rows:
            text = opener.text(getattr(row, sealed), bound_to(row), old)
            setattr(row, sealed, vault.seal_text(text, newest, bound_to(row)) if text else "")
            setattr(row, key_column, newest.id)
            count += 1
    return count


def drop_old_keys(organisation_id: int, *, at: datetime) -> int:
    """Keys that no text needs any more are destroyed, all but the newest; every column that names a key is asked."""
    newest = vault.newest_key(organisation_id, at=at).id
    naming: list[Select[Any]] = [
        select(column).where(column.is_not(None))
        for table in db.metadata.tables.values()
        for column in table.c
        if any(key.target_fullname == "organisation_keys.id" for key in column.foreign_keys)
    ]
    done = db.session.execute(
        delete(OrganisationKey).where(
            OrganisationKey.organisation_id == organisation_id,
            OrganisationKey.id != newest,
            OrganisationKey.id.not_in(union(*naming)),
        )
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # known to CursorResult only
