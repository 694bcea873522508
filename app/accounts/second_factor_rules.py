"""What a code is, how long a proof is good for. Pure. Source: RFC 6238, decision D4."""

from __future__ import annotations

from datetime import datetime, timedelta

STEP_SECONDS = 30
DRIFT = 1  # steps before and after that are taken too: telephones are rarely to the second
CODE_DIGITS = 6
RECOVERY_DIGITS = 12
RECOVERY_CODES = 10
FEW_LEFT = 3

PENDING_LIFE = timedelta(minutes=30)  # of a secret that was shown and not confirmed
HALF_LIFE = timedelta(minutes=10)  # of a sign-in that waits for its code
PROOF_MINUTES = 15


def step_of(at: datetime) -> int:
    """The 30 s step (since 1970) of an instant."""
    return int(at.timestamp()) // STEP_SECONDS


def bare_code(typed: str) -> str:
    """« 123 456 » and « 1234-5678-9012 » without what people put between."""
    return "".join(c for c in typed if not c.isspace() and c not in "-.\u2010\u2011\u2013")


def looks_like_code(bare: str) -> bool:
    """True for six digits (the telephone's) or twelve (a printed one)."""
    return bare.isascii() and bare.isdigit() and len(bare) in {CODE_DIGITS, RECOVERY_DIGITS}


def in_groups(text: str, size: int = 4) -> str:
    """« ABCDEFGH » → « ABCD EFGH »."""
    return " ".join(text[start : start + size] for start in range(0, len(text), size))


def is_recent(proved_at: datetime | None, *, minutes: int, at: datetime) -> bool:
    """True when a code was given less than `minutes` ago (system time)."""
    return proved_at is not None and at - proved_at < timedelta(minutes=minutes)
