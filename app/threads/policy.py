"""Who writes and reads. Pure: what the door has found out comes with the subject."""

from __future__ import annotations

from dataclasses import dataclass

from app.campaigns.policy import may_write as may_write
from app.core.access import Viewer
from app.threads import rules
from app.threads.models import News, Question


@dataclass(frozen=True)
class NewsDoor:
    """A published piece of news and who stands before it. `rewards`: see `rules.may_read`."""

    news: News
    rewards: frozenset[int | None] | None


def may_write_news(viewer: Viewer, news: News) -> bool:
    return may_write(viewer, news.campaign)


def may_answer(viewer: Viewer, question: Question) -> bool:
    return may_write(viewer, question.campaign)


def may_read(viewer: Viewer, door: NewsDoor) -> bool:
    """The audience that the team chose, and the team."""
    news = door.news
    return rules.may_read(news.audience, news.reward_id, door.rewards) or may_write(viewer, news.campaign)
