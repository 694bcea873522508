"""Verbs about sessions: started, seen, ended. The caller commits; times are the system's."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.accounts.models import AccountSession
from app.accounts.queries import fingerprint
from app.accounts.rules import SEEN_EVERY, SESSION_LIFE
from app.core.database import db
from app.core.errors import MoveNotAllowed
from app.core.journal import record


def start_session(
    user_id: int, *, device: str, at: datetime, life: timedelta = SESSION_LIFE, second_factor_at: datetime | None = None
) -> str:
    """A new signed-in browser; gives the value of its cookie, 256 random bits, kept as a hash only.

    Of a person with a second factor it has no right at all before `second_factor_at` is filled.
    """
    token = secrets.token_urlsafe(32)
    session = AccountSession(
        token_hash=fingerprint(token), user_id=user_id, device=device,
        created_at=at, last_seen_at=at, expires_at=at + life, second_factor_at=second_factor_at,
    )  # fmt: skip
    db.session.add(session)
    record("session.started", on=session, by=user_id, at=at)
    return token


def prove_session(session_id: int, *, at: datetime) -> str:
    """This browser has just given a code: it goes on under a new cookie value, which is given.

    Its whole life counts from the first sign-in. Errors: MoveNotAllowed when it has ended meanwhile.
    """
    token, session = secrets.token_urlsafe(32), db.session.get(AccountSession, session_id)
    if session is None or session.ended_at is not None:
        raise MoveNotAllowed
    session.token_hash, session.second_factor_at = fingerprint(token), at
    session.last_seen_at, session.expires_at = at, session.created_at + SESSION_LIFE
    record("session.proved", on=session, by=session.user_id, at=at)
    return token


def touch_session(session_id: int, *, at: datetime) -> None:
    """Say that the browser is there; at most one write a minute, whoever asks."""
    db.session.execute(
        update(AccountSession)
        .where(AccountSession.id == session_id, AccountSession.last_seen_at <= at - SEEN_EVERY)
        .values(last_seen_at=at)
    )


def end_session(session_id: int, *, by: int | None, at: datetime) -> None:
    """Nothing happens when it has ended already."""
    session = db.session.get(AccountSession, session_id)
    if session is not None:
        _end(session, by, at)


def _end(session: AccountSession, by: int | None, at: datetime) -> None:
    if session.ended_at is None:
        session.ended_at = at
        record("session.ended", on=session, by=by, at=at)


def end_sessions(user_id: int, *, by: int | None, at: datetime, except_id: int | None = None) -> int:
    """End every session of a person (but one); gives how many there were."""
    living = db.session.scalars(
        select(AccountSession).where(AccountSession.user_id == user_id, AccountSession.ended_at.is_(None))
    )
    ended = [session for session in living if session.id != except_id]
    for session in ended:
        _end(session, by, at)
    return len(ended)


def forget_sessions(*, before: datetime) -> int:
    """Delete what ended before; gives how many rows."""
    old = delete(AccountSession).where((AccountSession.ended_at < before) | (AccountSession.expires_at < before))
    return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]  # known to CursorResult only
