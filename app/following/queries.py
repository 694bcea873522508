"""Reads about readers and what they follow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.campaigns.rules import ONGOING, CampaignState
from app.core.access import Role
from app.core.database import db
from app.following.errors import LinkTooOld
from app.following.models import Follow, Reader
from app.following.rules import DIGEST_LOOKS_BACK, REMIND_BEFORE, UNCONFIRMED_LASTS
from app.network.queries import people_with
from app.threads.models import News
from app.threads.readers import Reader as NewsReader
from app.threads.rules import Audience


def find_reader(email: str) -> Reader | None:
    return db.session.scalar(select(Reader).where(Reader.email == email.strip().lower()))


def is_coach(email: str) -> bool:
    """Whether the account of this address coaches somewhere now."""
    user_id = db.session.scalar(select(User.id).where(User.email == email))
    return user_id is not None and user_id in coach_ids()


def coach_ids() -> list[int]:
    """Everybody who coaches or leads somewhere now."""
    return sorted({*people_with(Role.COACH, None), *people_with(Role.ORGANISATION_LEAD, None)})


def get_reader(public_id: str) -> Reader:
    """Errors: LinkTooOld when the address has been forgotten."""
    found = db.session.scalar(select(Reader).where(Reader.public_id == public_id))
    if found is None:
        raise LinkTooOld
    return found


def find_follow(reader: str, campaign_id: int) -> Follow | None:
    return db.session.scalar(
        select(Follow)
        .join(Reader, Reader.id == Follow.reader_id)
        .options(joinedload(Follow.reader), joinedload(Follow.campaign))
        .where(Reader.public_id == reader, Follow.campaign_id == campaign_id)
    )


def followed_by(reader_id: int) -> list[Follow]:
    """What an address has said yes to, the ones that end first at the top."""
    return list(
        db.session.scalars(
            select(Follow)
            .join(Campaign, Campaign.id == Follow.campaign_id)
            .options(joinedload(Follow.campaign))
            .where(Follow.reader_id == reader_id, Follow.confirmed_at.is_not(None))
            .order_by(Campaign.closes_at, Follow.id)
            .limit(200)
        )
    )


def ids_to_remind(at: datetime, limit: int = 500) -> list[int]:
    """Follows of campaigns in their last 48 hours, whose reader wants to know and has not been told."""
    return list(
        db.session.scalars(
            select(Follow.id)
            .join(Campaign, Campaign.id == Follow.campaign_id)
            .join(Reader, Reader.id == Follow.reader_id)
            .where(
                Campaign.state == CampaignState.LIVE, Campaign.closes_at > at, Campaign.closes_at <= at + REMIND_BEFORE,
                Follow.confirmed_at.is_not(None), Follow.reminded_at.is_(None), Reader.wants_reminders,
            )
            .order_by(Follow.id)
            .limit(limit)
        )
    )  # fmt: skip


def worth_telling(reader_id: int, at: datetime) -> list[Campaign]:
    """What the weekly summary of one reader speaks of: what is under way, and what ended within the week."""
    since = at - DIGEST_LOOKS_BACK
    return list(
        db.session.scalars(
            select(Campaign)
            .join(Follow, Follow.campaign_id == Campaign.id)
            .where(Follow.reader_id == reader_id, Follow.confirmed_at.is_not(None), _is_news(since))
            .order_by(Campaign.closes_at, Campaign.id)
        )
    )


def _is_news(since: datetime) -> ColumnElement[bool]:
    return or_(Campaign.state.in_(ONGOING), Campaign.verdict_at > since)


def ids_to_digest(week: str, at: datetime, limit: int = 500) -> list[int]:
    """Readers whose summary of this week is due and would say something."""
    has_news = (
        select(Follow.id)
        .join(Campaign, Campaign.id == Follow.campaign_id)
        .where(
            Follow.reader_id == Reader.id, Follow.confirmed_at.is_not(None), Follow.asked_at < at,
            _is_news(at - DIGEST_LOOKS_BACK),
        )
    )  # fmt: skip
    query = select(Reader.id).where(Reader.wants_digest, Reader.digested_week != week, has_news.exists())
    return list(db.session.scalars(query.order_by(Reader.id).limit(limit)))


def ids_to_forget(at: datetime, limit: int = 500) -> list[int]:
    """Follows that nobody has confirmed within a week."""
    query = select(Follow.id).where(Follow.confirmed_at.is_(None), Follow.asked_at < at - UNCONFIRMED_LASTS)
    return list(db.session.scalars(query.order_by(Follow.id).limit(limit)))


def count_of(campaign_id: int) -> int:
    """How many addresses follow a campaign. The holder sees the number, never the addresses."""
    query = select(func.count()).select_from(Follow)
    return int(db.session.scalar(query.where(Follow.campaign_id == campaign_id, Follow.confirmed_at.is_not(None))) or 0)


def refusing_news() -> Select[str]:
    """The addresses that want no news, neither of what they follow nor of what they gave to."""
    return select(Reader.email).where(Reader.wants_news.is_(False))


def news_readers(campaign_id: int, after: str, limit: int) -> list[NewsReader]:
    """Who follows a campaign and wants its news, by address from `after` on."""
    rows = db.session.execute(
        select(Reader.email, Reader.locale)
        .join(Follow, Follow.reader_id == Reader.id)
        .where(
            Follow.campaign_id == campaign_id, Follow.confirmed_at.is_not(None), Reader.wants_news, Reader.email > after
        )
        .order_by(Reader.email)
        .limit(limit)
    )
    return [NewsReader(email, "", locale) for email, locale in rows]


def news_titles(campaign_ids: Iterable[int], at: datetime) -> dict[int, list[str]]:
    """Campaign → the titles of its news of the week for everybody, oldest first."""
    rows = db.session.execute(
        select(News.campaign_id, News.title)
        .where(
            News.campaign_id.in_(list(campaign_ids)),
            News.audience == Audience.EVERYBODY,
            News.removed_at.is_(None),
            News.published_at > at - DIGEST_LOOKS_BACK,
        )
        .order_by(News.published_at)
    )
    found: dict[int, list[str]] = {}
    for campaign_id, title in rows:
        found.setdefault(campaign_id, []).append(title)
    return found
