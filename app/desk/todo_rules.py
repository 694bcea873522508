"""What a holder does today: tied to the day of the campaign, to what waits, and to nothing else. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.campaigns.rules import CampaignState

NEWS_EVERY_DAYS = 7
MOST = 5


@dataclass(frozen=True)
class Facts:
    """`day`: 1 on the day of the opening; `days_left`: 0 on the last day."""

    state: CampaignState
    day: int
    days_left: int
    percent: int
    backers: int
    waiting_questions: int
    days_since_news: int
    unthanked: int
    to_deliver: int
    has_closing_words: bool


def todo(facts: Facts) -> list[str]:
    """The codes of at most five things, most pressing first. [] when the rest of the day is free."""
    return list(_all(facts))[:MOST]


def _all(f: Facts) -> Iterator[str]:
    is_live = f.state == CampaignState.LIVE
    if f.waiting_questions:
        yield "answer"
    if is_live:
        yield from _of_the_day(f)
    if f.unthanked:
        yield "thank"
    if f.state in {CampaignState.SUCCEEDED, CampaignState.SETTLED, CampaignState.FULFILLED} and f.to_deliver:
        yield "deliver"
    if f.state in {CampaignState.SUCCEEDED, CampaignState.SETTLED} and f.days_since_news >= 2 * NEWS_EVERY_DAYS:
        yield "tell_what_follows"
    if f.state in {CampaignState.SETTLED, CampaignState.FULFILLED} and not f.has_closing_words:
        yield "close_out"


def _of_the_day(f: Facts) -> Iterator[str]:
    if f.day <= 2:
        yield "close_circle"
    elif f.day <= 7:
        yield "second_circle"
    if f.days_left == 0:
        yield "last_day"
    elif f.days_left <= 2:
        yield "last_hours"
    elif f.days_left <= 7:
        yield "last_week"
    if f.percent >= 100:
        yield "reached"
    elif f.day > 3 and f.percent < 10:
        yield "ask_coach"
    elif f.day > 7 and f.days_left > 7 and abs(f.percent - 50) <= 5:
        yield "half_way"
    if f.day >= NEWS_EVERY_DAYS and f.days_since_news >= NEWS_EVERY_DAYS:
        yield "write_news"
