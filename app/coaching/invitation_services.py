"""The verbs of an invitation: it joins a person's record to the account of whoever received it. The caller commits."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.accounts.errors import LinkDead
from app.accounts.models import User
from app.accounts.queries import fingerprint
from app.coaching import request_mails as mails
from app.coaching import services
from app.coaching.models import CoachingRecord, Person, ProjectMember
from app.coaching.request_errors import AlreadyLinked, NoAddress
from app.coaching.request_models import RecordLink
from app.core.database import db
from app.core.journal import record as journal

LIFE = timedelta(days=30)


def invite(record: CoachingRecord, *, by: int, sender: str, at: datetime) -> int:
    """Mail a link to each holder without account; earlier links of theirs lead nowhere. Gives how many were mailed.

    Errors: NoAddress (nobody has one), AlreadyLinked (everybody has joined).
    """
    people = db.session.scalars(
        select(Person)
        .join(ProjectMember, ProjectMember.person_id == Person.id)
        .where(ProjectMember.project_id == record.project_id, ProjectMember.ended_at.is_(None))
        .order_by(Person.id)
    ).all()
    waiting = [person for person in people if person.user_id is None]
    if not waiting:
        raise AlreadyLinked
    reachable = [person for person in waiting if person.email]
    if not reachable:
        raise NoAddress
    for person in reachable:
        _invite_one(record, person, by=by, sender=sender, at=at)
    return len(reachable)


def _invite_one(record: CoachingRecord, person: Person, *, by: int, sender: str, at: datetime) -> None:
    older = update(RecordLink).where(
        RecordLink.person_id == person.id, RecordLink.used_at.is_(None), RecordLink.expires_at > at
    )
    db.session.execute(older.values(expires_at=at))
    token = secrets.token_urlsafe(32)
    link = RecordLink(
        token_hash=fingerprint(token), record_id=record.id, person_id=person.id, made_by_id=by, created_at=at,
        expires_at=at + LIFE,
    )  # fmt: skip
    db.session.add(link)
    journal("record.invited", on=record, by=by, at=at, person=person.id)
    mails.invite(record, person, token, link_id=link.id, sender=sender, at=at)


def accept(link: RecordLink, user: User, *, at: datetime) -> CoachingRecord:
    """The account becomes the holder's, for good. Errors: LinkDead (of two clicks at once only one wins)."""
    taking = (
        update(RecordLink)
        .where(RecordLink.id == link.id, RecordLink.used_at.is_(None), RecordLink.expires_at > at)
        .values(used_at=at)
    )
    if db.session.execute(taking).rowcount == 0:  # type: ignore[attr-defined]  # known to CursorResult only
        raise LinkDead
    invited, record = link.person, link.record
    own = db.session.scalar(select(Person).where(Person.user_id == user.id))
    invited.is_unconfirmed = False  # the link came by its mail
    if own is None:
        invited.user_id = user.id
    elif own.id != invited.id:
        _hold_instead(invited, own, record.project_id, at)
    journal("record.joined", on=record, by=user.id, at=at, person=(own or invited).id)
    services.person_for(user, at=at)
    return record


def _hold_instead(invited: Person, own: Person, project_id: int, at: datetime) -> None:
    """The account is already a person known here: that one holds the project, the noted one no longer."""
    members = {
        member.person_id: member
        for member in db.session.scalars(select(ProjectMember).where(ProjectMember.project_id == project_id))
    }
    if own.id in members:
        members[own.id].ended_at = None
        members[invited.id].ended_at = at
    else:
        members[invited.id].person_id = own.id
    db.session.flush()
