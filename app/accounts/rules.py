"""What a good password is, and when a session is over. Pure."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from app.accounts.common_passwords import COMMON_WORDS

PASSWORD_MIN = 12
PASSWORD_MAX = 200
FEWEST_DIFFERENT = 5  # characters

SESSION_LIFE = timedelta(days=14)
STAFF_LIFE = timedelta(hours=12)
STAFF_IDLE = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=1)

CONFIRM_LIFE = timedelta(days=3)
RESET_LIFE = timedelta(hours=2)
CHANGE_LIFE = timedelta(days=1)

_RUNS = ("0123456789", "9876543210", "azertyuiop", "qsdfghjklm", "qwertyuiop", "abcdefghijklmnopqrstuvwxyz")
_LOOK_ALIKE = str.maketrans("01345@$!7", "oieasasit")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def bare_word(password: str) -> str:
    """The word a password hides: « M0tDeP@sse2027! » → "motdepasse"."""
    flat = unicodedata.normalize("NFKD", password.casefold())
    flat = "".join(c for c in flat if not unicodedata.combining(c))
    core = flat.strip("".join(c for c in set(flat) if c not in _LETTERS))
    return "".join(c for c in core.translate(_LOOK_ALIKE) if c in _LETTERS)


def is_common(password: str, *own_words: str) -> bool:
    """True for what an attacker tries first: common words with decoration, keyboard runs, one's own name or address.

    `own_words`: name and e-mail of the person. Source: ASVS 5.0, 6.2.4 and 6.2.11.
    """
    word, flat = bare_word(password), password.casefold()
    if len(set(flat)) < FEWEST_DIFFERENT or word in COMMON_WORDS or _is_repeated(flat):
        return True
    if any(flat[:PASSWORD_MIN] in run * 3 for run in _RUNS):
        return True
    own = {bare_word(part) for words in own_words for part in (words, words.partition("@")[0]) if part}
    return word != "" and word in own


def _is_repeated(text: str) -> bool:
    """« soleilsoleil », « 123412341234 »: a short piece again and again."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, min(7, len(text))))


def session_is_over(
    *, created_at: datetime, last_seen_at: datetime, expires_at: datetime, is_staff: bool, at: datetime
) -> bool:
    """Staff: 30 minutes idle or 12 hours in all; everybody: `expires_at`. Source: decision D3."""
    if at >= expires_at:
        return True
    return is_staff and (at - last_seen_at >= STAFF_IDLE or at - created_at >= STAFF_LIFE)
