"""The verdict: once, to the cent, with nobody in and out at the same time."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.pledges.rules import PledgeState
from app.settlement import jobs
from fake_stripe import shopper
from tests.support.scene import Scene


@pytest.mark.parametrize(("cents", "state"), [(99_99, CampaignState.FAILED), (100_00, CampaignState.SUCCEEDED)])
def test_one_cent_decides(scene: Scene, cents: int, state: CampaignState) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=cents)
    scene.close(slug)
    assert scene.row(slug).state == state
    assert scene.row(slug).verdict_raised_cents == cents


def test_a_failed_campaign_charges_nobody_forgets_the_cards_and_tells_everybody(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=1_000_00)
    gifts = [scene.give(slug, reward=str(scene.reward(slug).id)) for _ in range(3)]
    scene.close(slug)
    orders = [one["path"] for one in scene.stripe.control("orders")["orders"]]
    assert {scene.pledge(gift).state for gift in gifts} == {PledgeState.RELEASED}
    assert scene.stripe.control("state")["payment_intents"] == []
    assert len([path for path in orders if path.endswith("/detach")]) == 3
    assert scene.row(slug).raised_cents == 0
    assert scene.row(slug).verdict_raised_cents == 75_00
    assert scene.reward(slug).stock_left == 10
    for gift in gifts:
        assert "Rien n’est débité" in scene.mails(gift)[-1]
    scene.travel(days=30)
    scene.work()
    assert scene.charges() == []
    assert scene.check().exit_code == 0


def test_the_verdict_waits_for_a_card_page_opened_before_the_end(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=75_00)
    scene.travel_to(scene.row(slug).closes_at - timedelta(minutes=5))
    last = scene.promise(slug)
    scene.travel(minutes=10)
    scene.work()
    assert scene.row(slug).state == CampaignState.CLOSING
    scene.come_back(last, scene.fill_card(last))
    scene.work()
    assert scene.row(slug).state == CampaignState.SUCCEEDED
    assert scene.pledge(last).state == PledgeState.PAID
    assert len(scene.charges()) == 2


def test_the_verdict_waits_no_longer_than_the_card_page_lasts(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    scene.travel_to(scene.row(slug).closes_at - timedelta(minutes=1))
    last = scene.promise(slug)
    scene.travel(minutes=63)
    scene.work()
    assert scene.row(slug).state == CampaignState.SUCCEEDED
    assert scene.pledge(last).state == PledgeState.ABANDONED


def test_while_stripe_is_silent_no_verdict_is_guessed(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=75_00)
    scene.travel_to(scene.row(slug).closes_at - timedelta(minutes=1))
    last = scene.promise(slug)
    scene.fill_card(last)
    scene.travel(minutes=90)
    scene.stripe.kill()
    try:
        scene.work(1)
        assert scene.row(slug).state == CampaignState.CLOSING
    finally:
        scene.stripe.restart()
    scene.travel(minutes=10)
    scene.work()
    assert scene.row(slug).state == CampaignState.SUCCEEDED
    assert scene.pledge(last).state == PledgeState.PAID


def test_many_workers_give_one_verdict(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    scene.travel_to(scene.row(slug).closes_at)
    with scene.app.app_context(), transaction():
        campaigns.close(db.session.get_one(Campaign, scene.row(slug).id), at=clock.now())
    said: list[str] = []

    def judge() -> None:
        with scene.app.app_context():
            said.append(jobs.give_verdicts())

    threads = [threading.Thread(target=judge) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("reached" in words for words in said) == 1
    scene.work()
    assert len(scene.charges()) == 1


def test_a_promise_completed_at_the_instant_of_the_verdict_is_in_or_out_never_both(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    scene.travel_to(scene.row(slug).closes_at - timedelta(minutes=1))
    last = scene.promise(slug)
    back = shopper.complete_checkout(last.checkout)
    scene.travel(minutes=2)
    with scene.app.app_context(), transaction():
        campaigns.close(db.session.get_one(Campaign, scene.row(slug).id), at=clock.now())

    def judge() -> None:
        with scene.app.app_context():
            jobs.give_verdicts()

    threads = [threading.Thread(target=judge), threading.Thread(target=lambda: scene.come_back(last, back))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    scene.work()
    in_time = scene.pledge(last).state == PledgeState.PAID
    assert len(scene.charges()) == (2 if in_time else 1)
    assert scene.row(slug).verdict_raised_cents == (125_00 if in_time else 100_00)
    assert scene.check().exit_code == 0


def test_the_holder_and_the_contributors_read_the_verdict(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=25_00 * 4)
    gift = scene.give(slug, cents=100_00)
    scene.close(slug)
    assert any(subject.startswith("C’est réussi") for subject in scene.mails(gift))
    with scene.app.app_context():
        owner = db.session.get_one(Campaign, scene.row(slug).id).owner.email
    (told,) = [mail for mail in scene.mailbox.fetch(owner) if mail.subject == "Votre campagne a réussi"]
    assert "ont 7 jours pour régler" in told.text
