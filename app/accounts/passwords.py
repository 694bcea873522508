"""Argon2 hashes. Hash and verify outside transactions: both take milliseconds on purpose."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app


@lru_cache
def _hasher(cheap: bool) -> PasswordHasher:
    """19 MiB, two passes, one lane (OWASP's argon2id setting for servers); almost nothing in tests."""
    if cheap:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@lru_cache
def _nobodys_hash(cheap: bool) -> str:
    return _hasher(cheap).hash("an address without account costs as much as one with")


def _cheap() -> bool:
    return bool(current_app.config["SETTINGS"].argon2_cheap)


def hash_password(password: str) -> str:
    """NFC first, so that the same letters typed on two keyboards agree."""
    return _hasher(_cheap()).hash(unicodedata.normalize("NFC", password))


def matches(stored: str | None, password: str) -> bool:
    """True when `password` made `stored`. None (nobody) takes as long, and is never true."""
    known = stored or _nobodys_hash(_cheap())
    try:
        _hasher(_cheap()).verify(known, unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """True when the hash was made with other settings than today's."""
    return _hasher(_cheap()).check_needs_rehash(stored)
