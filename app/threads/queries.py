"""Reads about news and questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, func, literal_column, null, select, union_all
from sqlalchemy.orm import joinedload

from app.campaigns.models import Campaign
from app.core.database import db
from app.core.errors import NotFound
from app.pledges.models import Pledge
from app.pledges.rules import COUNTING
from app.threads.models import News, NewsStop, Question
from app.threads.readers import Reader, others, refusals
from app.threads.rules import SHOWN_NEWS, SHOWN_QUESTIONS, Audience, QuestionState


@dataclass(frozen=True)
class NewsLine:
    """One piece of news as the public sees it; `html` is already safe, "" when it is for contributors only."""

    id: int
    at: datetime
    title: str
    html: str
    is_reserved: bool
    edited_at: datetime | None


@dataclass(frozen=True)
class Answer:
    """A question and what the team answered."""

    id: int
    at: datetime
    name: str
    text: str
    answer: str


@dataclass(frozen=True)
class Thread:
    """What the campaign's page shows of this room, newest first."""

    news: tuple[NewsLine, ...] = ()
    questions: tuple[Answer, ...] = field(default=())


_ID: Any = bindparam("id")
_NEWS = (
    select(
        literal_column("'news'").label("kind"), News.id.label("id"), News.published_at.label("at"),
        News.title.label("title"), News.html.label("body"), News.audience.label("more"),
        News.edited_at.label("edited_at"),
    )
    .where(News.campaign_id == _ID, News.published_at.is_not(None), News.removed_at.is_(None))
    .order_by(News.published_at.desc(), News.id.desc())
    .limit(SHOWN_NEWS)
    .subquery()
)  # fmt: skip
_ANSWERS = (
    select(
        literal_column("'question'").label("kind"), Question.id.label("id"), Question.settled_at.label("at"),
        Question.name.label("title"), Question.text.label("body"), Question.answer.label("more"),
        null().cast(News.edited_at.type).label("edited_at"),
    )
    .where(Question.campaign_id == _ID, Question.state == QuestionState.ANSWERED)
    .order_by(Question.settled_at.desc(), Question.id.desc())
    .limit(SHOWN_QUESTIONS)
    .subquery()
)  # fmt: skip
_THREAD: CompoundSelect[*tuple[Any, ...]] = union_all(select(_NEWS), select(_ANSWERS))


def public_thread(campaign_id: int) -> Thread:
    """News and answers of a campaign. One statement."""
    rows = sorted(db.session.execute(_THREAD, {"id": campaign_id}), key=lambda row: (row.at, row.id), reverse=True)
    return Thread(
        news=tuple(
            NewsLine(
                r.id, r.at, r.title if r.more == Audience.EVERYBODY else "",
                r.body if r.more == Audience.EVERYBODY else "", r.more != Audience.EVERYBODY, r.edited_at,
            )
            for r in rows if r.kind == "news"
        ),
        questions=tuple(Answer(r.id, r.at, r.title, r.body, r.more) for r in rows if r.kind == "question"),
    )  # fmt: skip


def find_same_draft(campaign_id: int, author_id: int, title: str, markdown: str) -> News | None:
    """What this person has already written, word for word, and not published."""
    same = (News.campaign_id == campaign_id, News.author_id == author_id, News.title == title)
    drafts = select(News).where(*same, News.published_at.is_(None), News.removed_at.is_(None)).order_by(News.id)
    return next((news for news in db.session.scalars(drafts) if news.markdown == markdown), None)


def get_news(slug: str, news_id: int) -> News:
    """With its campaign, also a draft. Errors: NotFound when unknown, removed or of another campaign."""
    found = db.session.get(News, news_id, options=[joinedload(News.campaign)])
    if found is None or found.campaign.slug != slug or found.removed_at is not None:
        raise NotFound
    return found


def fresh_news(news_id: int) -> News:
    """The row as it is now, inside a transaction."""
    return db.session.get_one(News, news_id, populate_existing=True)


def news_of(campaign_id: int, limit: int = 100) -> list[News]:
    """Drafts first, then the newest, for the team."""
    return list(
        db.session.scalars(
            select(News)
            .where(News.campaign_id == campaign_id, News.removed_at.is_(None))
            .options(joinedload(News.reward), joinedload(News.author))
            .order_by(News.published_at.is_not(None), News.published_at.desc(), News.id.desc())
            .limit(limit)
        )
    )


def _contributors(campaign_id: int, audience: Audience, reward_id: int | None) -> Any:
    stopped = select(NewsStop.email).where(NewsStop.campaign_id == campaign_id)
    found = select(Pledge.email).where(
        Pledge.campaign_id == campaign_id, Pledge.state.in_(COUNTING), Pledge.email.not_in(stopped)
    )
    for refused in refusals():
        found = found.where(Pledge.email.not_in(refused))
    return found.where(Pledge.reward_id == reward_id) if audience == Audience.REWARD else found


def count_contributors(campaign_id: int, audience: Audience, reward_id: int | None) -> int:
    """How many addresses of contributors a piece of news would be mailed to."""
    who = _contributors(campaign_id, audience, reward_id).distinct().subquery()
    return int(db.session.scalar(select(func.count()).select_from(who)) or 0)


def next_readers(news: News, limit: int) -> list[Reader]:
    """The next addresses to write to, each once, in their order."""
    chosen = _contributors(news.campaign_id, news.audience, news.reward_id)
    rows = db.session.execute(
        chosen.with_only_columns(Pledge.email, func.min(Pledge.name), func.min(Pledge.locale))
        .where(Pledge.email > news.mail_after)
        .group_by(Pledge.email)
        .order_by(Pledge.email)
        .limit(limit)
    )
    found = {email: Reader(email, name or "", locale) for email, name, locale in rows}
    if news.audience == Audience.EVERYBODY:
        more = [r for r in others(news.campaign_id, news.mail_after, limit) if r.email not in found]
        if more:
            found |= {reader.email: reader for reader in more if not has_stopped(news.campaign_id, reader.email)}
    return [found[email] for email in sorted(found)][:limit]


def has_stopped(campaign_id: int, email: str) -> bool:
    return find_stop(campaign_id, email) is not None


def find_stop(campaign_id: int, email: str) -> NewsStop | None:
    return db.session.scalar(select(NewsStop).where(NewsStop.campaign_id == campaign_id, NewsStop.email == email))


def rewards_of(campaign_id: int, email: str, user_id: int | None = None) -> frozenset[int | None] | None:
    """The rewards of a person's contributions that count; None when there is no contribution."""
    who = Pledge.email == email if user_id is None else (Pledge.email == email) | (Pledge.user_id == user_id)
    ids = db.session.scalars(
        select(Pledge.reward_id).where(Pledge.campaign_id == campaign_id, Pledge.state.in_(COUNTING), who)
    ).all()
    return frozenset(ids) if ids else None


def ids_to_mail(limit: int = 20) -> list[int]:
    """Published news whose mails are not all posted."""
    return list(
        db.session.scalars(
            select(News.id)
            .where(News.mailed_at.is_(None), News.published_at.is_not(None), News.removed_at.is_(None))
            .order_by(News.published_at)
            .limit(limit)
        )
    )


def get_question(slug: str, question_id: int) -> Question:
    """With its campaign. Errors: NotFound when unknown, unconfirmed or of another campaign."""
    found = db.session.get(Question, question_id, options=[joinedload(Question.campaign)])
    if found is None or found.campaign.slug != slug or found.state == QuestionState.UNCONFIRMED:
        raise NotFound
    return found


def get_question_by_public_id(public_id: str) -> Question:
    """Errors: NotFound (asked too long ago, and forgotten)."""
    found = db.session.scalar(
        select(Question).where(Question.public_id == public_id).options(joinedload(Question.campaign))
    )
    if found is None:
        raise NotFound
    return found


def find_question_by_form(form_key: str) -> Question | None:
    return db.session.scalar(select(Question).where(Question.form_key == form_key))


def questions_of(campaign_id: int, limit: int = 200) -> list[Question]:
    """Those to answer first, oldest first; then the others, newest first."""
    found = list(
        db.session.scalars(
            select(Question)
            .where(Question.campaign_id == campaign_id, Question.state != QuestionState.UNCONFIRMED)
            .order_by(Question.id.desc())
            .limit(limit)
        )
    )
    return sorted(found, key=lambda q: (q.state != QuestionState.WAITING, q.id if q.state == "waiting" else -q.id))


def counts(campaign_id: int) -> tuple[int, datetime | None]:
    """(questions to answer, when the last news was published). One statement."""
    waiting = (
        select(func.count())
        .where(Question.campaign_id == campaign_id, Question.state == QuestionState.WAITING)
        .scalar_subquery()
    )
    last = (
        select(func.max(News.published_at))
        .where(News.campaign_id == campaign_id, News.removed_at.is_(None))
        .scalar_subquery()
    )
    row = db.session.execute(select(waiting.label("waiting"), last.label("last"))).one()
    return int(row.waiting), row.last


def get_campaign(campaign_id: int) -> Campaign:
    """Errors: NotFound."""
    found = db.session.get(Campaign, campaign_id)
    if found is None:
        raise NotFound
    return found


def fresh_question(question_id: int) -> Question:
    """The row as it is now, inside a transaction. Errors: NotFound (forgotten meanwhile)."""
    found = db.session.get(Question, question_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found
