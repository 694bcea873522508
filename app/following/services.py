"""The verbs of a reader. The caller commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core.clock import PARIS
from app.core.database import db
from app.core.journal import record
from app.core.text import public_id
from app.following import mails, queries, rules
from app.following.models import Follow, Reader


def reader_for(email: str, *, locale: str, at: datetime) -> Reader:
    """The reader of an address, made when it is new. A new one wants every mail that it can refuse."""
    found = queries.find_reader(email)
    if found is not None:
        return found
    reader = Reader(
        public_id=public_id(), email=email.strip().lower(), locale=locale, created_at=at, digested_week="",
        wants_reminders=True, wants_digest=True, wants_news=True,
    )  # fmt: skip
    db.session.add(reader)
    db.session.flush()
    return reader


def follow(campaign: Campaign, *, email: str, is_proved: bool, locale: str, at: datetime) -> Follow:
    """Ask to follow. An address that is not `is_proved` (its account is signed in) gets a link to say yes with.

    Errors: NotFollowable.
    """
    rules.check_followable(CampaignState(campaign.state))
    reader = reader_for(email, locale=locale, at=at)
    found = queries.find_follow(reader.public_id, campaign.id)
    if found is None:
        found = Follow(reader=reader, campaign=campaign, asked_at=at)
        db.session.add(found)
        record("follow.asked", on=found, by=None, at=at, campaign=campaign.id)
    if is_proved:
        confirm(found, at=at)
    elif found.confirmed_at is None:
        found.asked_at = at
        mails.confirm(found, at=at)
    return found


def confirm(found: Follow, *, at: datetime) -> None:
    """The address says yes; a second yes changes nothing."""
    if found.confirmed_at is None:
        found.confirmed_at = at
        record("follow.confirmed", on=found, by=None, at=at, campaign=found.campaign_id)


def unfollow(found: Follow, *, at: datetime) -> None:
    """Nothing is kept of it; the address goes with the last one, unless it has to be known as one that refuses."""
    record("follow.ended", on=found, by=None, at=at, campaign=found.campaign_id)
    _forget(found)


def choose(reader: Reader, *, reminders: bool, digest: bool, news: bool, at: datetime, coach_digest: str = "") -> None:
    """Which mails this address wants. `coach_digest`: one of `rules.COACH_DIGESTS`; "" keeps what it was."""
    if coach_digest in rules.COACH_DIGESTS:
        reader.coach_digest = coach_digest
    reader.wants_reminders, reader.wants_digest, reader.wants_news = reminders, digest, news
    record(
        "reader.chose", on=reader, by=None, at=at, reminders=reminders, digest=digest, news=news,
        coach_digest=reader.coach_digest,
    )  # fmt: skip


def remind(follow_id: int, *, at: datetime) -> bool:
    """The last 48 hours, said once. False: it is not so any more."""
    found = db.session.get(Follow, follow_id, with_for_update=True, populate_existing=True)
    if found is None or found.reminded_at is not None or not found.reader.wants_reminders:
        return False
    campaign = found.campaign
    if campaign.state != CampaignState.LIVE:
        return False
    found.reminded_at = at  # also for those who came too late for it: they are not asked about again
    if not rules.is_worth_a_reminder(found.confirmed_at, campaign.closes_at, at):
        return False
    mails.reminder(found, at=at)
    return True


def digest(reader_id: int, *, at: datetime) -> bool:
    """The week in one mail, once a week. False: it was sent, or there is nothing to say any more."""
    reader = db.session.get(Reader, reader_id, with_for_update=True, populate_existing=True)
    week = rules.week_of(at.astimezone(PARIS))
    if reader is None or not reader.wants_digest or reader.digested_week == week:
        return False
    campaigns = queries.worth_telling(reader_id, at)
    if not campaigns:
        return False
    reader.digested_week = week
    news = queries.news_titles([one.id for one in campaigns], at)
    mails.digest(reader, campaigns, news, week=week, at=at)
    return True


def forget_unconfirmed(follow_id: int) -> None:
    """Asked a week ago, never confirmed."""
    found = db.session.get(Follow, follow_id)
    if found is None or found.confirmed_at is not None:
        return
    _forget(found)


def _forget(found: Follow) -> None:
    reader_id = found.reader_id
    db.session.delete(found)
    db.session.flush()
    others = db.session.scalar(db.select(Follow.id).where(Follow.reader_id == reader_id).limit(1))
    reader = db.session.get_one(Reader, reader_id)
    wants_all = reader.wants_reminders and reader.wants_digest and reader.wants_news
    if others is None and wants_all and reader.coach_digest == rules.USUAL_COACH_DIGEST:
        db.session.delete(reader)


def forget_address(_user_id: int, email: str) -> None:
    """The account is closed: nothing more is sent to its address."""
    reader = queries.find_reader(email)
    if reader is not None:
        db.session.execute(delete(Follow).where(Follow.reader_id == reader.id))
        db.session.delete(reader)
