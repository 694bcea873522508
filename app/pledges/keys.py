"""Signed keys of the links we mail: they open one pledge, or the list of one address. No row is needed."""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.core.links import external_url
from app.pledges.models import Pledge

LASTS_SECONDS = 150 * 24 * 3600  # a campaign of 90 days, the repair window and the hold; each mail carries a new one
ADDRESS_LASTS_SECONDS = 24 * 3600


def _signer(salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=salt)


def pledge_key(public_id: str) -> str:
    """Opens this one pledge."""
    return str(_signer("pledge").dumps(public_id))


def opens(key: str, public_id: str) -> bool:
    """True when `key` was made for this pledge and is not too old."""
    try:
        return bool(_signer("pledge").loads(key, max_age=LASTS_SECONDS) == public_id)
    except BadSignature:
        return False


def address_key(email: str) -> str:
    """Opens the list of the pledges made with this address."""
    return str(_signer("pledges-of").dumps(email))


def address_of(key: str) -> str | None:
    """The address that `key` was mailed to; None when the key is forged or a day old."""
    try:
        return str(_signer("pledges-of").loads(key, max_age=ADDRESS_LASTS_SECONDS))
    except BadSignature:
        return None


def link(endpoint: str, pledge: Pledge, **values: object) -> str:
    """The absolute address of a page of this pledge, with its key."""
    return external_url(endpoint, public_id=pledge.public_id, cle=pledge_key(pledge.public_id), **values)
