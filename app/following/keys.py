"""Signed keys of the links we mail: they speak for one address. No row is needed for them."""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.core.links import external_url
from app.following.errors import LinkTooOld
from app.following.rules import UNCONFIRMED_LASTS


def _signer(salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=salt)


def confirm_key(reader: str, campaign_id: int) -> str:
    return str(_signer("follow").dumps([reader, campaign_id]))


def read_confirm(key: str) -> tuple[str, int]:
    """(public id of the reader, campaign). Errors: LinkTooOld after a week."""
    reader, campaign_id = _read("follow", key, int(UNCONFIRMED_LASTS.total_seconds()))
    return str(reader), int(campaign_id)


def leave_key(reader: str, campaign_id: int) -> str:
    return str(_signer("unfollow").dumps([reader, campaign_id]))


def read_leave(key: str) -> tuple[str, int]:
    """The same, of any age: who wants to leave must not be held. Errors: LinkTooOld when it is forged."""
    reader, campaign_id = _read("unfollow", key, None)
    return str(reader), int(campaign_id)


def reader_key(reader: str) -> str:
    return str(_signer("reader").dumps([reader, 0]))


def read_reader(key: str) -> str:
    """Errors: LinkTooOld when it is forged."""
    return str(_read("reader", key, None)[0])


def _read(salt: str, key: str, max_age: int | None) -> list[str | int]:
    try:
        found: list[str | int] = _signer(salt).loads(key, max_age=max_age)
    except BadSignature as error:
        raise LinkTooOld from error
    return found


def preferences_link(reader: str) -> str:
    """The absolute address of an address's preferences, for the foot of any mail it gets."""
    return external_url("following.preferences_by_link", key=reader_key(reader))
