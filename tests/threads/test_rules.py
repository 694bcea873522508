"""Who reads what, and what may become of a question."""

from __future__ import annotations

import pytest

from app.campaigns.rules import CampaignState
from app.threads import rules
from app.threads.errors import AlreadySettled, NoQuestionNow, NothingToSay, NotPublicYet
from app.threads.rules import Audience, QuestionState


@pytest.mark.parametrize(
    ("audience", "reward_id", "reader", "may"),
    [
        (Audience.EVERYBODY, None, None, True),
        (Audience.CONTRIBUTORS, None, None, False),
        (Audience.CONTRIBUTORS, None, frozenset({None}), True),
        (Audience.REWARD, 3, frozenset({None, 4}), False),
        (Audience.REWARD, 3, frozenset({4, 3}), True),
        (Audience.REWARD, 3, None, False),
    ],
)
def test_reserved_news_open_for_those_they_are_meant_for(audience, reward_id, reader, may):
    assert rules.may_read(audience, reward_id, reader) is may


def test_nothing_is_published_before_the_page_nor_without_words():
    for state in (CampaignState.DRAFT, CampaignState.APPROVED, CampaignState.WITHDRAWN):
        with pytest.raises(NotPublicYet):
            rules.check_publish(state, "Titre", "Texte")
    with pytest.raises(NothingToSay):
        rules.check_publish(CampaignState.LIVE, "Titre", "  ")
    rules.check_publish(CampaignState.FULFILLED, "Titre", "Texte")


def test_a_question_is_settled_once():
    rules.check_settle(QuestionState.WAITING)
    for state in set(QuestionState) - {QuestionState.WAITING}:
        with pytest.raises(AlreadySettled):
            rules.check_settle(state)


def test_questions_come_while_somebody_can_answer():
    open_in = {state for state in CampaignState if rules.may_ask(state)}
    assert open_in == {"live", "suspended", "closing", "succeeded", "settled", "fulfilled"}
    with pytest.raises(NoQuestionNow):
        rules.check_ask(CampaignState.FAILED)
