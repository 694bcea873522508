"""The verbs of news and questions. The caller commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.campaigns.services import touch
from app.campaigns.story import story_html
from app.core.database import db
from app.core.journal import record as journal
from app.core.text import public_id
from app.threads import mails, queries, rules
from app.threads.errors import NewsGone, NewsOvertaken
from app.threads.models import News, NewsStop, Question
from app.threads.rules import UNCONFIRMED_LASTS, Audience, QuestionState


def write_news(
    campaign: Campaign, *, title: str, markdown: str, audience: Audience, reward_id: int | None, by: int, at: datetime
) -> News:
    """A new draft. `reward_id`: one of the campaign's, for the audience « reward » only.

    The same words sent twice by the same person (a double click, the back button) stay one draft.
    """
    if known := queries.find_same_draft(campaign.id, by, title, markdown):
        _fill(known, title, markdown, audience, reward_id)
        return known
    news = News(campaign_id=campaign.id, author_id=by, created_at=at, title=title)
    db.session.add(news)
    _fill(news, title, markdown, audience, reward_id)
    journal("news.written", on=news, by=by, at=at)
    return news


def change_news(
    news: News, *, seen: int, title: str, markdown: str, audience: Audience, reward_id: int | None, by: int,
    at: datetime,
) -> None:  # fmt: skip
    """`seen`: the version that the form was filled with. Once published, the audience stays, and nobody is mailed
    again. Errors: NewsGone, NewsOvertaken."""
    if news.removed_at is not None:
        raise NewsGone
    if news.version != seen:
        raise NewsOvertaken
    if news.published_at is None:
        _fill(news, title, markdown, audience, reward_id)
        return
    if (title, markdown) != (news.title, news.markdown):
        _fill(news, title, markdown, news.audience, news.reward_id)
        news.edited_at = at
        journal("news.edited", on=news, by=by, at=at)
        touch(news.campaign_id)


def _fill(news: News, title: str, markdown: str, audience: Audience, reward_id: int | None) -> None:
    news.title, news.markdown, news.html = title, markdown, story_html(markdown)
    news.audience = audience
    news.reward_id = reward_id if audience == Audience.REWARD else None


def publish_news(news: News, *, by: int, at: datetime) -> None:
    """Show it; the job mails it. A second click changes nothing. Errors: NewsGone, NotPublicYet, NothingToSay."""
    if news.removed_at is not None:
        raise NewsGone
    if news.published_at is not None:
        return
    rules.check_publish(news.campaign.state, news.title, news.markdown)
    news.published_at, news.author_id = at, by
    journal("news.published", on=news, by=by, at=at, audience=str(news.audience), reward=news.reward_id)
    touch(news.campaign_id)


def remove_news(news: News, *, by: int, at: datetime) -> None:
    """It leaves the page; mails that left cannot be called back. A second click changes nothing."""
    if news.removed_at is None:
        news.removed_at = at
        journal("news.removed", on=news, by=by, at=at)
        touch(news.campaign_id)


def post_next_mails(news: News, *, at: datetime, limit: int) -> int:
    """The next mails of a piece of news; 0 when all are posted."""
    if news.mailed_at is not None or news.removed_at is not None:
        return 0
    found = queries.next_readers(news, limit)
    for reader in found:
        mails.news(news, reader, at=at)
    if found:
        news.mail_after = found[-1].email
    if len(found) < limit:
        news.mailed_at = at
    return len(found)


def stop_news(campaign_id: int, email: str, *, at: datetime) -> None:
    """No more news of this campaign to this address. A second click changes nothing."""
    if not queries.has_stopped(campaign_id, email):
        db.session.add(NewsStop(campaign_id=campaign_id, email=email, at=at))


def resume_news(campaign_id: int, email: str) -> None:
    stop = queries.find_stop(campaign_id, email)
    if stop is not None:
        db.session.delete(stop)


def ask(
    campaign: Campaign, *, name: str, email: str, text: str, form_key: str, user: User | None, locale: str, at: datetime
) -> Question:
    """With an account the question goes straight to the team; else the address is confirmed first.

    A second click on the same form gives the same question. Errors: NoQuestionNow.
    """
    known = queries.find_question_by_form(form_key)
    if known is not None:
        return known
    rules.check_ask(campaign.state)
    question = Question(
        public_id=public_id(), form_key=form_key, campaign_id=campaign.id, user_id=user.id if user else None,
        name=name, email=email, locale=locale, text=text, asked_at=at,
    )  # fmt: skip
    db.session.add(question)
    db.session.flush()
    if user is not None:
        _receive(question, at)
    else:
        mails.confirm_question(question, campaign, at=at)
    return question


def confirm_question(question: Question, *, at: datetime) -> None:
    """The address is the asker's: the team reads the question. A second click changes nothing."""
    if question.state == QuestionState.UNCONFIRMED:
        _receive(question, at)


def _receive(question: Question, at: datetime) -> None:
    question.state, question.confirmed_at = QuestionState.WAITING, at
    journal("question.asked", on=question, by=question.user_id, at=at)
    mails.question_waits(question, db.session.get_one(Campaign, question.campaign_id), at=at)


def answer_question(question: Question, *, words: str, by: int, at: datetime) -> None:
    """The answer shows on the page and is mailed to the asker. Errors: AlreadySettled."""
    _settle(question, QuestionState.ANSWERED, words, by, at)
    touch(question.campaign_id)


def decline_question(question: Question, *, reason: str, by: int, at: datetime) -> None:
    """Nothing shows; the asker reads why. Errors: AlreadySettled."""
    _settle(question, QuestionState.DECLINED, reason, by, at)


def _settle(question: Question, state: QuestionState, words: str, by: int, at: datetime) -> None:
    rules.check_settle(question.state)
    question.state, question.answer, question.settled_by_id, question.settled_at = state, words, by, at
    journal(f"question.{state}", on=question, by=by, at=at)
    mails.question_settled(question, question.campaign, at=at)


def forget_unconfirmed(*, at: datetime) -> int:
    """Questions whose address nobody confirmed within a week; returns how many."""
    old = delete(Question).where(
        Question.state == QuestionState.UNCONFIRMED, Question.asked_at < at - UNCONFIRMED_LASTS
    )
    return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]  # known to CursorResult only
