"""Promises without a card: how many one visitor may have open, how long they keep a reward, what the public reads."""

from __future__ import annotations

from typing import Any

import pytest

from app.core import clock
from app.core.i18n import time_short
from app.pledges.rules import MOST_UNFINISHED, PledgeState
from tests.support.scene import Gift, Scene

WORDS = "Vous avez déjà trois contributions sans carte"
EMAIL = "claire@exemple.fr"


def send(scene: Scene, slug: str, client: Any = None, **fields: Any) -> Any:
    client = client or scene.app.test_client()
    path, filled = scene.form(slug, client, **fields)
    return client.post(path, data=filled)


def three(scene: Scene, slug: str, client: Any = None, **fields: Any) -> list[Gift]:
    return [scene.promise(slug, client=client, **fields) for _ in range(MOST_UNFINISHED)]


def test_a_fourth_unfinished_promise_of_one_address_takes_no_reward(scene: Scene) -> None:
    slug = scene.campaign()
    reward = str(scene.reward(slug).id)
    three(scene, slug, email=EMAIL, reward=reward)
    for _ in range(2):
        answer = send(scene, slug, email=EMAIL.upper(), reward=reward)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert WORDS in page
        assert "/contributions/" not in page, "a stranger's links are nobody else's"
        assert 'href="/contributions"' in page
    assert scene.reward(slug).stock_left == 10 - MOST_UNFINISHED
    assert send(scene, slug, reward=reward).status_code == 303, "another address of the same town hall"
    assert send(scene, scene.campaign(), email=EMAIL).status_code == 303, "another campaign"


def test_nobody_is_kept_from_giving_by_their_address_typed_elsewhere(scene: Scene) -> None:
    slug, away = scene.campaign(), {"REMOTE_ADDR": "203.0.113.9"}
    three(scene, slug, email=EMAIL)
    client = scene.app.test_client()
    path, filled = scene.form(slug, client, email=EMAIL)
    assert client.post(path, data=filled, environ_base=away).status_code == 303


@pytest.mark.parametrize("end", ["drop", "finish"])
def test_one_browser_is_shown_its_own_three_and_goes_on_after_one_is_dropped_or_finished(
    scene: Scene, end: str
) -> None:
    slug, client = scene.campaign(), scene.app.test_client()
    gifts = three(scene, slug, client)
    answer = send(scene, slug, client)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for gift in gifts:
        assert f"/contributions/{gift.public_id}?cle=" in page
    if end == "drop":
        scene.press(gifts[0], "/annuler")
        assert scene.pledge(gifts[0]).state == PledgeState.ABANDONED
    else:
        scene.come_back(gifts[0], scene.fill_card(gifts[0]))
        assert scene.pledge(gifts[0]).state == PledgeState.AUTHORISED
    assert send(scene, slug, client).status_code == 303


def test_a_dropped_promise_does_not_come_back_as_a_fourth(scene: Scene) -> None:
    slug = scene.campaign()
    first = scene.promise(slug, email=EMAIL)
    scene.press(first, "/annuler")
    three(scene, slug, email=EMAIL)
    answer = scene.press(first, "/carte")
    assert answer.status_code == 422
    assert WORDS in answer.get_data(as_text=True)
    assert scene.pledge(first).state == PledgeState.ABANDONED


def test_the_public_reads_how_often_a_reward_was_promised_with_a_card(scene: Scene) -> None:
    slug = scene.campaign()
    reward = str(scene.reward(slug).id)
    gift = scene.promise(slug, reward=reward)
    page = f"/campagnes/{slug}"

    def shown() -> str:
        return str(scene.app.test_client().get(page).get_data(as_text=True))

    assert "il en reste 9 sur 10" in shown().replace("\u00a0", " ")
    assert "choisie" not in shown()
    scene.come_back(gift, scene.fill_card(gift))
    assert "choisie 1 fois" in shown().replace("\u00a0", " ")
    scene.press(gift, "/annuler")
    assert "choisie" not in shown()
    reward_row = scene.reward(slug)
    assert (reward_row.stock_left, reward_row.chosen_count, reward_row.promised_count) == (10, 0, 0)


def test_until_when_the_reward_is_kept_is_said_before_the_card_and_is_true(scene: Scene) -> None:
    slug = scene.campaign()
    page = scene.app.test_client().get(f"/campagnes/{slug}/contribuer").get_data(as_text=True)
    assert "vous est gardée jusqu’à " in page
    gift = scene.promise(slug, reward=str(scene.reward(slug).id))
    until = scene.pledge(gift).session_expires_at
    with scene.app.test_request_context():
        words = f"Votre contrepartie vous est gardée jusqu’à {time_short(until)}."
        assert 30 <= (until - clock.now()).total_seconds() / 60 <= 60
    assert words in gift.client.get(gift.path()).get_data(as_text=True)
    sessions = scene.stripe.control("state")["sessions"]
    assert [one for one in sessions if words in one["custom_text"]["submit"]["message"]]
    scene.travel(minutes=61)
    scene.work()
    assert scene.reward(slug).stock_left == 10
