"""Who reads a piece of news, and what may become of a question. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from app.campaigns.rules import AFTER_VERDICT, ONGOING, PUBLIC, CampaignState
from app.threads.errors import AlreadySettled, NoQuestionNow, NothingToSay, NotPublicYet


class Audience(StrEnum):
    EVERYBODY = "everybody"
    CONTRIBUTORS = "contributors"
    REWARD = "reward"  # contributors of one reward


class QuestionState(StrEnum):
    UNCONFIRMED = "unconfirmed"
    WAITING = "waiting"
    ANSWERED = "answered"
    DECLINED = "declined"


UNCONFIRMED_LASTS = timedelta(days=7)
SHOWN_NEWS = 20
SHOWN_QUESTIONS = 30


def check_publish(state: CampaignState, title: str, markdown: str) -> None:
    """Errors: NotPublicYet, NothingToSay."""
    if state not in PUBLIC:
        raise NotPublicYet
    if not title.strip() or not markdown.strip():
        raise NothingToSay


def may_ask(state: CampaignState) -> bool:
    """While it runs, and while what was promised is being done."""
    return state in ONGOING or state in AFTER_VERDICT


def check_ask(state: CampaignState) -> None:
    """Errors: NoQuestionNow."""
    if not may_ask(state):
        raise NoQuestionNow


def check_settle(state: QuestionState) -> None:
    """A question is answered or declined once. Errors: AlreadySettled."""
    if state != QuestionState.WAITING:
        raise AlreadySettled


def may_read(audience: Audience, reward_id: int | None, rewards_of_reader: frozenset[int | None] | None) -> bool:
    """`rewards_of_reader`: those of the reader's own contributions (None among them: without reward); None for
    somebody who has not contributed."""
    if audience == Audience.EVERYBODY:
        return True
    if rewards_of_reader is None:
        return False
    return audience == Audience.CONTRIBUTORS or reward_id in rewards_of_reader
