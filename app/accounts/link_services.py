"""Verbs about mailed links: made, used once, replaced by newer ones. The caller commits."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import update

from app.accounts.errors import LinkDead
from app.accounts.models import LinkPurpose, MailedLink, User
from app.accounts.queries import fingerprint
from app.core.database import db


def make_link(
    user: User, purpose: LinkPurpose, *, life: timedelta, at: datetime, new_email: str | None = None
) -> tuple[int, str]:
    """Write a link and give (id, token); only the token's hash is kept. The caller commits."""
    token = secrets.token_urlsafe(32)
    link = MailedLink(
        token_hash=fingerprint(token), user_id=user.id, purpose=purpose, new_email=new_email,
        created_at=at, expires_at=at + life,
    )  # fmt: skip
    db.session.add(link)
    db.session.flush()
    return link.id, token


def use_link(link: MailedLink, *, at: datetime) -> None:
    """Take the link; of two clicks at once only one wins. Errors: LinkDead."""
    taking = (
        update(MailedLink)
        .where(MailedLink.id == link.id, MailedLink.used_at.is_(None), MailedLink.expires_at > at)
        .values(used_at=at)
    )
    if db.session.execute(taking).rowcount == 0:  # type: ignore[attr-defined]  # known to CursorResult only
        raise LinkDead


def drop_links(user_id: int, *purposes: LinkPurpose, at: datetime) -> None:
    """Earlier links of these purposes (all when none is named) lead nowhere from now on."""
    unused = update(MailedLink).where(
        MailedLink.user_id == user_id, MailedLink.used_at.is_(None), MailedLink.expires_at > at
    )
    if purposes:
        unused = unused.where(MailedLink.purpose.in_(purposes))
    db.session.execute(unused.values(expires_at=at))
