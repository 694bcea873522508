"""The desk's first page: the curve and its table, the figures behind today's list. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from app.campaigns.models import Campaign
from app.campaigns.rules import ONGOING, PUBLIC
from app.core import storage
from app.core.clock import paris_day
from app.core.database import db
from app.desk import curve_rules
from app.desk.curve_rules import Band, Point
from app.desk.models import Curve, Delivery, Message, MessageRecipient
from app.desk.rules import DELIVERABLE, SHOWN_TO_TEAM, DeliveryState
from app.desk.todo_rules import Facts
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.threads.models import News, Question
from app.threads.rules import QuestionState


@dataclass(frozen=True)
class Drawing:
    """The curve of a campaign: every day until now, how far it may go, and the picture ("" while none is drawn)."""

    points: list[Point]
    band: Band | None
    goal_cents: int
    svg: str = ""


@dataclass(frozen=True)
class Figures:
    """What waits for the team, and the names of the drawn curve by language."""

    waiting_questions: int
    last_news_at: datetime | None
    unthanked: int
    to_deliver: int
    delivered: int
    curve: dict[str, str]


def figures(campaign_id: int) -> Figures:
    """One statement."""
    thanked = exists().where(
        MessageRecipient.pledge_id == Pledge.id, MessageRecipient.message_id == Message.id, Message.is_thanks
    )
    rewards = (
        select(func.count())
        .select_from(Pledge)
        .outerjoin(Delivery, Delivery.pledge_id == Pledge.id)
        .where(Pledge.campaign_id == campaign_id, Pledge.state.in_(DELIVERABLE), Pledge.reward_id.is_not(None))
    )
    is_done = func.coalesce(Delivery.state, "") == DeliveryState.RECEIVED
    parts = {
        "waiting": select(func.count()).where(
            Question.campaign_id == campaign_id, Question.state == QuestionState.WAITING
        ),
        "news": select(func.max(News.published_at)).where(
            News.campaign_id == campaign_id, News.removed_at.is_(None)
        ),
        "unthanked": select(func.count()).where(
            Pledge.campaign_id == campaign_id, Pledge.state.in_(SHOWN_TO_TEAM), ~thanked
        ),
        "to_deliver": rewards.where(~is_done),
        "delivered": rewards.where(is_done),
        "curve": select(Curve.names).where(Curve.campaign_id == campaign_id),
    }  # fmt: skip
    row = db.session.execute(select(*(part.scalar_subquery().label(name) for name, part in parts.items()))).one()
    return Figures(row.waiting, row.news, row.unthanked, row.to_deliver, row.delivered, dict(row.curve or {}))


def drawing(campaign: Campaign, at: datetime) -> Drawing | None:
    """The numbers of the curve; None before the opening. One statement."""
    if campaign.opens_at is None or campaign.closes_at is None or not campaign.is_public or not campaign.goal_cents:
        return None
    first, last = (paris_day(moment).date() for moment in (campaign.opens_at, campaign.closes_at))
    until = max(first, min(paris_day(at).date(), last))
    gifts = [(paris_day(moment).date(), cents) for moment, cents in pledges.promises_by_day(campaign.id)]
    points = curve_rules.by_day(gifts, first, until)
    band = curve_rules.forecast(points, len(gifts), last) if campaign.state in ONGOING else None
    return Drawing(points, band, campaign.goal_cents)


def picture(names: dict[str, str], language: str) -> str:
    """The drawn SVG; "" while the worker has not drawn it, or the file is gone."""
    name = names.get(language, "")
    try:
        return storage.read(name).decode() if name else ""
    except storage.FileMissing:
        return ""


def facts(campaign: Campaign, found: Figures, at: datetime) -> Facts:
    """What today's list is made of."""
    today = paris_day(at).date()
    opened = paris_day(campaign.opens_at).date() if campaign.opens_at else None
    closes = paris_day(campaign.closes_at).date() if campaign.closes_at else None
    last_news = paris_day(found.last_news_at).date() if found.last_news_at else opened
    return Facts(
        state=campaign.state,
        day=(today - opened).days + 1 if opened else 0,
        days_left=(closes - today).days if closes else 0,
        percent=100 * campaign.raised_cents // campaign.goal_cents if campaign.goal_cents else 0,
        backers=campaign.backers_count,
        waiting_questions=found.waiting_questions,
        days_since_news=(today - last_news).days if last_news else 0,
        unthanked=found.unthanked,
        to_deliver=found.to_deliver,
        has_closing_words=bool(campaign.closing_markdown),
    )


def mark_of(campaign: Campaign, at: datetime) -> str:
    """Changes when the drawing would: a new total, a new day, another end."""
    return f"{campaign.page_version}:{campaign.raised_cents}:{paris_day(at).date().isoformat()}:{campaign.state}"


def to_draw(at: datetime, not_since: datetime, limit: int = 20) -> list[Campaign]:
    """Campaigns under way whose curve is missing or was drawn before `not_since`; the caller compares the marks."""
    return list(
        db.session.scalars(
            select(Campaign)
            .outerjoin(Curve, Curve.campaign_id == Campaign.id)
            .where(
                Campaign.opens_at <= at,
                Campaign.state.in_(PUBLIC),
                Curve.drawn_at.is_(None)
                | (Campaign.state.in_(ONGOING) & (Curve.drawn_at < not_since))
                | (Curve.drawn_at < Campaign.verdict_at),
            )
            .order_by(Curve.drawn_at.is_not(None), Curve.drawn_at, Campaign.id)
            .limit(limit)
        )
    )  # fmt: skip


def drawn_for(campaign_id: int) -> str:
    return db.session.scalar(select(Curve.drawn_for).where(Curve.campaign_id == campaign_id)) or ""
