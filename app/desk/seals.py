"""Postal addresses kept unreadable in the database: Fernet (AES-128-CBC and HMAC-SHA256) under the platform's key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app


def _cipher(context: str) -> Fernet:
    """A key of its own for each row: an address moved to another row no longer opens."""
    platform_key = current_app.config["SECRET_KEY"].encode()
    return Fernet(
        base64.urlsafe_b64encode(hmac.new(platform_key, f"address\0{context}".encode(), hashlib.sha256).digest())
    )


def seal(lines: dict[str, str], *, context: str) -> str:
    return _cipher(context).encrypt(json.dumps(lines).encode()).decode()


def unseal(sealed: str, *, context: str) -> dict[str, str]:
    """{} when it was changed, moved, or sealed under another SECRET_KEY: the address is asked for again."""
    try:
        found: dict[str, str] = json.loads(_cipher(context).decrypt(sealed.encode()))
    except (InvalidToken, ValueError):
        return {}
    return found
