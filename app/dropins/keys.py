"""Signed addresses: of one booking, and of a coach's private calendar."""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

LONGEST = 300


def _signer(salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=salt)


def booking_token(key: str) -> str:
    """For the address of a booking; opens that one and nothing else."""
    return str(_signer("dropin-booking").dumps(key))


def booking_key(token: str) -> str | None:
    found = _read("dropin-booking", token)
    return found if isinstance(found, str) else None


def feed_token(user_id: int, version: int) -> str:
    """For the address of a coach's calendar; a later version makes it void."""
    return str(_signer("coach-feed").dumps([user_id, version]))


def feed_owner(token: str) -> tuple[int, int] | None:
    """(user id, version), or None when it was not signed here."""
    found = _read("coach-feed", token)
    if isinstance(found, list) and len(found) == 2 and all(isinstance(part, int) for part in found):
        return found[0], found[1]
    return None


def _read(salt: str, token: str) -> object:
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        return _signer(salt).loads(token)
    except BadSignature:
        return None
