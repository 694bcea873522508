"""Words about people, unreadable in the database: AES-256-GCM under a data key of the organisation.

Data keys lie in the database wrapped by the master key, which does not (NOTES_MASTER_KEY). Each sealed text is bound
to its note, each data key to its organisation: moved to another row it no longer opens. It protects dumps, backups and
against a curious hand in the database; it does not protect against who has the program and its settings.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import select

from app.coaching.errors import NoteUnreadable
from app.coaching.note_models import OrganisationKey
from app.core.database import db

_NONCE = 12
_MARK = "n1."
_FILE_MARK = b"f1\0"


@dataclass(frozen=True)
class DataKey:
    """An unwrapped key: lives as long as the request that asked for it."""

    id: int
    organisation_id: int
    secret: bytes


def master_key_id(key: bytes) -> str:
    """Names a master key without telling it."""
    return hashlib.sha256(b"notes master key\0" + key).hexdigest()[:16]


def current_master_id() -> str:
    return master_key_id(_masters()[0])


def _masters() -> tuple[bytes, ...]:
    keys: tuple[bytes, ...] = current_app.config["SETTINGS"].master_keys
    return keys


def newest_key(organisation_id: int, *, at: datetime) -> DataKey:
    """The key that new notes of this organisation are sealed under; made at the first note. Inside a transaction."""
    row = db.session.scalar(
        select(OrganisationKey)
        .where(OrganisationKey.organisation_id == organisation_id)
        .order_by(OrganisationKey.id.desc())
        .limit(1)
    )
    return unwrap(row) if row is not None else make_key(organisation_id, at=at)


def make_key(organisation_id: int, *, at: datetime) -> DataKey:
    secret = AESGCM.generate_key(256)
    row = OrganisationKey(organisation_id=organisation_id, created_at=at)
    wrap(row, secret)
    db.session.add(row)
    db.session.flush()
    return DataKey(row.id, organisation_id, secret)


def wrap(row: OrganisationKey, secret: bytes) -> None:
    """Write the key into its row, under the master key in use."""
    master = _masters()[0]
    row.wrapped = _seal(master, secret, f"key:{row.organisation_id}")
    row.master_key_id = master_key_id(master)


def unwrap(row: OrganisationKey) -> DataKey:
    """Errors: NoteUnreadable when no master key we were given has wrapped it."""
    for master in _masters():
        if master_key_id(master) == row.master_key_id:
            return DataKey(row.id, row.organisation_id, _open(master, row.wrapped, f"key:{row.organisation_id}"))
    raise NoteUnreadable


def lost_keys() -> int:
    """How many data keys no master key of ours opens: after a restore with other settings, all of them."""
    lost = 0
    for row in db.session.scalars(select(OrganisationKey)):
        try:
            unwrap(row)
        except NoteUnreadable:
            lost += 1
    return lost


def seal_text(text: str, key: DataKey, public_id: str) -> str:
    return _seal(key.secret, text.encode(), f"note:{key.organisation_id}:{public_id}")


def open_text(sealed: str, key: DataKey, public_id: str) -> str:
    """Errors: NoteUnreadable (changed, moved to another row, or another key)."""
    return _open(key.secret, sealed, f"note:{key.organisation_id}:{public_id}").decode()


def seal_bytes(content: bytes, key: DataKey, name: str) -> bytes:
    """A file, bound to its name in the storage."""
    nonce = secrets.token_bytes(_NONCE)
    return _FILE_MARK + nonce + AESGCM(key.secret).encrypt(nonce, content, _file_bound(key, name))


def open_bytes(sealed: bytes, key: DataKey, name: str) -> bytes:
    """Errors: NoteUnreadable (changed, given another name, or another key)."""
    start, rest = sealed[: len(_FILE_MARK)], sealed[len(_FILE_MARK) :]
    try:
        if start != _FILE_MARK:
            raise NoteUnreadable
        return AESGCM(key.secret).decrypt(rest[:_NONCE], rest[_NONCE:], _file_bound(key, name))
    except (ValueError, InvalidTag) as error:
        raise NoteUnreadable from error


def _file_bound(key: DataKey, name: str) -> bytes:
    return f"file:{key.organisation_id}:{name}".encode()


def _seal(key: bytes, clear: bytes, bound_to: str) -> str:
    nonce = secrets.token_bytes(_NONCE)
    hidden = AESGCM(key).encrypt(nonce, clear, bound_to.encode())
    return _MARK + base64.urlsafe_b64encode(nonce + hidden).decode()


def _open(key: bytes, sealed: str, bound_to: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(_MARK))
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], bound_to.encode())
    except (ValueError, InvalidTag) as error:
        raise NoteUnreadable from error


class Opener:
    """Opens many notes, unwrapping each key once."""

    def __init__(self) -> None:
        self._keys: dict[int, DataKey] = {}

    def text(self, sealed: str, public_id: str, row: OrganisationKey | None) -> str:
        """ "" for an erased note. Errors: NoteUnreadable."""
        if not sealed:
            return ""
        if row is None:
            raise NoteUnreadable
        if row.id not in self._keys:
            self._keys[row.id] = unwrap(row)
        return open_text(sealed, self._keys[row.id], public_id)
