"""The end of a flexible campaign: its verdict, its mails, its money."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.pledges.rules import PledgeState
from app.settlement.gift_services import succeeds
from app.settlement.models import Refund, RefundReason, RefundState
from app.settlement.refund_services import give_up
from tests.builders import a_user
from tests.money import back
from tests.settlement.gifts import FLEXIBLE, refunds_at_stripe
from tests.support.scene import Scene


def test_any_paid_gift_makes_it_succeed_below_the_goal_and_the_money_leaves_after_the_hold(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE, goal_cents=1_000_00, fee_bps=500)
    gift = scene.give(slug, cents=40_00)
    scene.close(slug)
    row = scene.row(slug)
    assert (row.state, row.verdict_raised_cents) == (CampaignState.SUCCEEDED, 40_00)
    assert scene.pledge(gift).state == PledgeState.PAID
    assert len(scene.charges()) == 1
    page = scene.app.test_client().get(f"/campagnes/{slug}").get_data(as_text=True)
    assert "Objectif atteint" not in page
    assert "objectif atteint" not in page
    scene.approve_payout(slug)
    scene.travel(days=6)
    scene.work()
    assert scene.stripe.control("state")["transfers"] == []
    scene.travel(days=1, minutes=1)
    scene.work()
    assert [one["amount"] for one in scene.stripe.control("state")["transfers"]] == [40_00 - 85 - 2_00]
    assert scene.row(slug).state == CampaignState.SETTLED
    assert scene.mails(gift).count("La campagne est terminée : merci") == 1
    checked = scene.check()
    assert checked.exit_code == 0, checked.output


def test_a_cancelled_campaign_gives_every_gift_back(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gifts = [scene.give(slug) for _ in range(3)]
    with scene.app.app_context(), transaction():
        campaigns.cancel(db.session.get_one(Campaign, scene.row(slug).id), by=None, at=clock.now())
    scene.work()
    assert {scene.pledge(gift).state for gift in gifts} == {PledgeState.REFUNDED}
    assert len(refunds_at_stripe(scene)) == 3
    assert scene.row(slug).raised_cents == 0
    checked = scene.check()
    assert checked.exit_code == 0, checked.output


def test_without_a_paid_gift_it_fails_and_says_that_nobody_is_charged(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    scene.promise(slug)
    back = scene.give(slug)
    scene.press(back, "/reprendre")
    scene.work(2)
    scene.close(slug)
    scene.work()
    assert scene.row(slug).state == CampaignState.FAILED
    with scene.app.app_context():
        owner = db.session.get_one(Campaign, scene.row(slug).id).owner.email
    assert "sans contribution" in scene.mailbox.last(owner).subject


def test_a_gift_on_its_way_back_at_the_verdict_makes_no_success(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.give(slug)
    scene.travel_to(scene.row(slug).closes_at - timedelta(minutes=1))
    token = scene.token(gift)
    scene.stripe.kill()
    try:
        gift.client.post(gift.path("/reprendre"), data={"csrf_token": token})
    finally:
        scene.stripe.restart()
    with scene.app.app_context():
        campaign = db.session.get_one(Campaign, scene.row(slug).id)
        assert campaign.raised_cents == 25_00
        assert succeeds(campaign) is False


def test_the_verdict_waits_for_a_payment_page_opened_before_the_end(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    scene.travel_to(scene.row(slug).closes_at - timedelta(minutes=5))
    last = scene.promise(slug)
    scene.travel(minutes=10)
    scene.work()
    assert scene.row(slug).state == CampaignState.CLOSING
    scene.come_back(last, scene.fill_card(last))
    scene.work()
    assert scene.row(slug).state == CampaignState.SUCCEEDED
    assert scene.row(slug).verdict_raised_cents == 25_00
    assert scene.pledge(last).state == PledgeState.PAID


def test_a_paused_campaign_takes_no_new_gift_but_keeps_and_gives_back_the_others(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    first, open_one = scene.give(slug), scene.promise(slug)
    with scene.app.app_context():
        staff = a_user().id
        with transaction():
            campaigns.suspend(db.session.get_one(Campaign, scene.row(slug).id), by=staff, at=clock.now())
    client = scene.app.test_client()
    assert "n’accepte plus" in client.get(f"/campagnes/{slug}/contribuer").get_data(as_text=True)
    scene.come_back(open_one, scene.fill_card(open_one))
    assert scene.pledge(open_one).state == PledgeState.PAID
    scene.press(first, "/reprendre")
    scene.work(1)
    assert scene.pledge(first).state == PledgeState.REFUNDED


@pytest.mark.parametrize("part_cents", [0, 5_00])
def test_contested_when_its_campaign_failed_and_confirmed_afterwards_its_money_is_asked_back_and_never_forgotten(
    scene: Scene, part_cents: int
) -> None:
    """Neither a failed campaign may keep it, nor the platform. Stripe refunds no charge that was contested:
    then a person has the task."""
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.give(slug)
    if part_cents:
        back.give_back(scene, gift, part_cents)
    dispute_id = back.contest(scene, gift)
    scene.close(slug)
    scene.work()
    assert (scene.row(slug).state, scene.pledge(gift).state) == (CampaignState.FAILED, PledgeState.DISPUTED)
    back.decide(scene, dispute_id, "won")
    scene.work()
    with scene.app.app_context():
        asked = db.session.query(Refund).order_by(Refund.id.desc()).first()
        assert asked is not None
        assert (asked.reason, asked.amount_cents, asked.code) == (
            RefundReason.FAILED, 25_00 - part_cents, "charge_disputed",
        )  # fmt: skip
    assert back.tasks(scene) == ["refund_failed"]
    assert scene.check().exit_code == 0


def test_a_refund_that_fails_after_the_campaign_has_failed_is_asked_anew_when_a_person_gives_it_up(
    scene: Scene,
) -> None:
    """« Given up » means that the campaign keeps the money: a failed one may not."""
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.give(slug, card="4000000000005126")
    scene.press(gift, "/reprendre")
    scene.close(slug)
    assert scene.row(slug).state == CampaignState.FAILED
    scene.travel(hours=2)
    scene.work()
    with scene.app.app_context():
        refund = db.session.query(Refund).one()
        assert refund.state == RefundState.FAILED
        treasurer = a_user().id
        with transaction():
            give_up(refund, by=treasurer, at=clock.now())
    scene.work()
    with scene.app.app_context():
        newest = db.session.query(Refund).order_by(Refund.id.desc()).first()
        assert newest is not None
        assert (newest.reason, newest.amount_cents) == (RefundReason.FAILED, 25_00)
        assert newest.state in (RefundState.PENDING, RefundState.SUCCEEDED)
    assert scene.check().exit_code == 0
