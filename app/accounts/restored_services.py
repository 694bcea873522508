"""What must not come back to life with a copy of the database: signed-in browsers and mailed links."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from app.accounts.models import AccountSession, LinkPurpose, MailedLink
from app.core.database import db


def end_everything(at: datetime) -> int:
    """End every session, and every link that changes a password or an address; gives how many sessions there were.

    Some of them had been ended after the copy was made: signed out, a password changed, a link used.
    """
    ended = db.session.execute(update(AccountSession).where(AccountSession.ended_at.is_(None)).values(ended_at=at))
    db.session.execute(
        update(MailedLink)
        .where(MailedLink.used_at.is_(None), MailedLink.purpose != LinkPurpose.CONFIRM_EMAIL)
        .values(used_at=at)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it
