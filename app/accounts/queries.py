"""Reads about accounts, sessions and mailed links."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select

from app.accounts.errors import LinkDead
from app.accounts.models import AccountSession, LinkPurpose, MailedLink, RecoveryCode, SecondFactor, User
from app.accounts.second_factor_rules import PENDING_LIFE
from app.core.database import db
from app.core.errors import NotFound


def fingerprint(token: str) -> str:
    """What is kept of a 256-bit random value: too long to guess, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def get_user(user_id: int | None) -> User:
    """Errors: NotFound."""
    user = db.session.get(User, user_id) if user_id is not None else None
    if user is None:
        raise NotFound
    return user


def find_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Id → name, for a page of people."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(list(user_ids))))
    return {user_id: name for user_id, name in rows}  # noqa: C416  # dict() of rows is not typed


_BY_TOKEN = (
    select(
        AccountSession.id.label("session_id"), AccountSession.created_at, AccountSession.last_seen_at,
        AccountSession.expires_at, AccountSession.second_factor_at, SecondFactor.confirmed_at.label("factor_since"),
        User.id, User.name, User.email, User.locale, User.state, User.email_verified_at,
    )
    .join(User, User.id == AccountSession.user_id)
    .outerjoin(SecondFactor, and_(SecondFactor.user_id == User.id, SecondFactor.confirmed_at.is_not(None)))
    .where(AccountSession.ended_at.is_(None))
)  # fmt: skip


def find_session(token: str) -> Row[*tuple[Any, ...]] | None:
    """The session of a cookie with its person, in one read; None when unknown or ended."""
    return db.session.execute(_BY_TOKEN.where(AccountSession.token_hash == fingerprint(token))).one_or_none()


def get_session(session_id: int) -> AccountSession:
    """Errors: NotFound (also when it has ended)."""
    found = db.session.get(AccountSession, session_id)
    if found is None or found.ended_at is not None:
        raise NotFound
    return found


def sessions_of(user_id: int, at: datetime) -> list[AccountSession]:
    """Browsers signed in at `at` (system time), last seen first."""
    return list(
        db.session.scalars(
            select(AccountSession)
            .where(
                AccountSession.user_id == user_id,
                AccountSession.ended_at.is_(None),
                AccountSession.expires_at > at,
            )
            .order_by(AccountSession.last_seen_at.desc(), AccountSession.id.desc())
        )
    )


def factor_of(user_id: int) -> SecondFactor | None:
    """The second factor that is switched on."""
    return db.session.scalar(
        select(SecondFactor).where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    )


def has_second_factor(user_id: int) -> bool:
    """True when the person signs in with a code: asked before money moves."""
    return factor_of(user_id) is not None


def pending_factor(user_id: int, at: datetime) -> SecondFactor | None:
    """A secret that was shown at most half an hour ago and waits for its first code."""
    return db.session.scalar(
        select(SecondFactor).where(
            SecondFactor.user_id == user_id,
            SecondFactor.confirmed_at.is_(None),
            SecondFactor.created_at > at - PENDING_LIFE,
        )
    )


def unused_recovery_codes(user_id: int) -> list[tuple[int, str]]:
    """(id, hash) of the printed codes that still work."""
    rows = db.session.execute(
        select(RecoveryCode.id, RecoveryCode.code_hash)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
        .order_by(RecoveryCode.id)
    )
    return [(code_id, code_hash) for code_id, code_hash in rows]


def recovery_codes_left(user_id: int) -> int:
    return (
        db.session.scalar(select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)))
        or 0
    )


def get_link(token: str, *purposes: LinkPurpose, at: datetime) -> MailedLink:
    """The living link of a token. Errors: LinkDead."""
    link = db.session.scalar(select(MailedLink).where(MailedLink.token_hash == fingerprint(token)))
    if link is None or link.purpose not in purposes or link.used_at is not None or link.expires_at <= at:
        raise LinkDead
    return link


def twin_of(link: MailedLink) -> MailedLink | None:
    """The other half of a change of address: both mailboxes must say yes."""
    return db.session.scalar(
        select(MailedLink).where(
            MailedLink.user_id == link.user_id,
            MailedLink.created_at == link.created_at,
            MailedLink.purpose.in_((LinkPurpose.CHANGE_EMAIL_OLD, LinkPurpose.CHANGE_EMAIL_NEW)),
            MailedLink.id != link.id,
        )
    )
