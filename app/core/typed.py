"""What somebody typed into a form that could not be taken, so that the answer can give it back."""

from __future__ import annotations

from flask import g, request
from werkzeug.exceptions import HTTPException

# What a form carries without anybody having typed it.
NOT_TYPED = frozenset(
    {
        "csrf_token",
        "version",
        "form_key",
        "once",
        "unanswered",
        "next",
        "draft_id",
        "session_id",
        "cle",
        "preview_field",
        "verb",
        "state",
        "status",
        "language",
        "agrees",
    }
)
SECRETS_ROOM = "accounts"  # its forms hold passwords and codes: none of them is ever given back
WITHOUT_SECRETS = "accounts.profile"  # but this one, a name and a language
LEAST_LETTERS = 3  # shorter is the value of a box or of a choice


def pairs() -> list[tuple[str, str]]:
    """The fields of the form that was sent, without its token; [] when they are secret or cannot be read."""
    try:
        found = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    except HTTPException:  # too heavy, or broken off
        return []
    is_secret = request.blueprint == SECRETS_ROOM and request.endpoint != WITHOUT_SECRETS
    is_secret = is_secret or any("password" in name for name, _value in found)
    return [] if is_secret else found


def words(found: list[tuple[str, str]]) -> list[str]:
    """The values among them that a person may have written."""
    return [value for name, value in found if name not in NOT_TYPED and len(value.strip()) >= LEAST_LETTERS]


def lost() -> list[str]:
    """The words of a form that this answer refuses, to be shown for copying; [] for a form of another site, whose
    words would otherwise stand on our page, and for a program that asks for data."""
    is_fetched = request.headers.get("X-Requested-With") == "fetch"
    if request.method != "POST" or is_fetched or not g.get("comes_from_here"):
        return []
    return words(pairs())
