"""Short secrets kept unreadable in the database: who has only the rows, or a backup, learns nothing.

A one-time pad drawn by HMAC-SHA256 from the platform's key and a random nonce, then an HMAC over all of it
(encrypt-then-MAC). A pad of one hash is enough for 32 bytes, which is what a second factor needs. `context`
binds a value to its row: moved to another person's row it no longer opens. Decision 8 says why no library.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from flask import current_app

LONGEST = 32  # bytes: one SHA-256
_NONCE = 16
_MARK = "v1."


class SealBroken(Exception):
    """Changed, moved to another row, or sealed under another SECRET_KEY."""


def seal(text: str, *, context: str) -> str:
    """Errors: ValueError for more than 32 bytes."""
    clear = text.encode()
    if len(clear) > LONGEST:
        raise ValueError(f"a sealed value holds at most {LONGEST} bytes")
    nonce = secrets.token_bytes(_NONCE)
    hidden = _mix(clear, nonce, context)
    return _MARK + base64.urlsafe_b64encode(nonce + hidden + _mark(nonce + hidden, context)).decode()


def unseal(sealed: str, *, context: str) -> str:
    """Errors: SealBroken."""
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(_MARK))
    except ValueError as error:
        raise SealBroken from error
    body, mark = raw[:-LONGEST], raw[-LONGEST:]
    if not sealed.startswith(_MARK) or not hmac.compare_digest(mark, _mark(body, context)):
        raise SealBroken
    return _mix(body[_NONCE:], body[:_NONCE], context).decode()


def _key(use: str, context: str) -> bytes:
    platform_key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(platform_key, f"seal\0{use}\0{context}".encode(), hashlib.sha256).digest()


def _mix(data: bytes, nonce: bytes, context: str) -> bytes:
    pad = hmac.new(_key("hide", context), nonce, hashlib.sha256).digest()
    return bytes(a ^ b for a, b in zip(data, pad, strict=False))


def _mark(body: bytes, context: str) -> bytes:
    return hmac.new(_key("mark", context), body, hashlib.sha256).digest()
