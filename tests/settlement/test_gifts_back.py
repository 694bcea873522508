"""Gifts that go back: in two clicks until the end, or because they came too late."""

from __future__ import annotations

from sqlalchemy import select

from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.pledges.keys import address_key
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement.models import Refund, RefundReason
from tests.builders import a_user, post_form, sign_in
from tests.settlement.gifts import FLEXIBLE, charge_of, refunds_at_stripe
from tests.support.scene import Gift, Scene


def test_a_gift_is_taken_back_in_two_clicks_and_refunded_in_full(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.give(slug, reward=str(scene.reward(slug).id))
    assert "Annuler ma contribution" in gift.client.get(gift.path()).get_data(as_text=True)
    token = {"csrf_token": scene.token(gift)}
    assert gift.client.post(gift.path("/reprendre"), data=token).status_code == 303
    scene.work(2)
    assert scene.pledge(gift).state == PledgeState.REFUNDED
    assert [one["amount"] for one in refunds_at_stripe(scene)] == [25_00]
    assert (scene.row(slug).raised_cents, scene.row(slug).backers_count) == (0, 0)
    assert scene.reward(slug).stock_left == 10
    subjects = scene.mails(gift)
    assert any("annulée" in subject for subject in subjects)
    assert any(subject.startswith("Remboursement") for subject in subjects)
    again = gift.client.post(gift.path("/reprendre"), data=token, follow_redirects=True)
    assert again.status_code == 200
    assert "C’était déjà annulé" in again.get_data(as_text=True)
    scene.work(2)
    assert len(refunds_at_stripe(scene)) == 1
    assert scene.check().exit_code == 0


def test_while_the_refund_is_on_its_way_the_page_says_so_and_offers_nothing(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.give(slug)
    scene.stripe.kill()
    try:
        assert scene.press(gift, "/reprendre").status_code == 303
        page = gift.client.get(gift.path()).get_data(as_text=True)
        assert "remboursement en cours" in page
        assert "Annuler ma contribution" not in page
        with scene.app.app_context():
            listed = gift.client.get("/contributions", query_string={"cle": address_key(gift.email)})
        assert "remboursement en cours" in listed.get_data(as_text=True)
        assert scene.press(gift, "/reprendre").status_code == 303
    finally:
        scene.stripe.restart()
    scene.travel(minutes=10)
    scene.work(2)
    assert "remboursée" in gift.client.get(gift.path()).get_data(as_text=True)
    assert len(refunds_at_stripe(scene)) == 1


def test_after_the_end_a_gift_stays_given_and_the_page_says_why(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.give(slug)
    token = scene.token(gift)
    scene.travel_to(scene.row(slug).closes_at)
    answer = gift.client.post(gift.path("/reprendre"), data={"csrf_token": token})
    assert answer.status_code == 409
    assert "ne peut plus être annulée" in answer.get_data(as_text=True)
    assert scene.pledge(gift).state == PledgeState.PAID
    assert refunds_at_stripe(scene) == []
    assert "Annuler ma contribution" not in gift.client.get(gift.path()).get_data(as_text=True)


def test_neither_the_amount_nor_the_card_of_a_paid_gift_changes(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.give(slug)
    page = gift.client.get(gift.path()).get_data(as_text=True)
    assert "Changer de carte" not in page
    assert "annulez, puis contribuez à nouveau" in page
    assert scene.press(gift, "/montant", amount="10").status_code == 409
    assert scene.press(gift, "/carte").status_code == 409
    assert scene.press(gift, "/annuler").status_code == 409
    assert (scene.pledge(gift).state, scene.pledge(gift).amount_cents) == (PledgeState.PAID, 25_00)


def test_an_all_or_nothing_promise_has_no_way_back_for_money_that_was_not_taken(scene: Scene) -> None:
    gift = scene.give(scene.campaign())
    assert scene.press(gift, "/reprendre").status_code == 409
    assert scene.pledge(gift).state == PledgeState.AUTHORISED


def test_a_guest_finds_a_gift_again_by_the_mailed_link_and_takes_it_back(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.give(slug, email="lise@exemple.fr")
    other = scene.app.test_client()
    post_form(other, "/contributions/lien", {"email": gift.email}, page="/contributions")
    link = next(one for one in scene.mailbox.last(gift.email).links if "/contributions?" in one)
    listed = other.get(link.removeprefix("http://127.0.0.1:8000")).get_data(as_text=True)
    assert "débitée" in listed
    own = listed.split(f'href="/contributions/{gift.public_id}')[1].split('"')[0].replace("&amp;", "&")
    assert other.get(f"/contributions/{gift.public_id}{own}").status_code == 200
    gift.client = other
    scene.press(gift, "/reprendre")
    scene.work(1)
    assert scene.pledge(gift).state == PledgeState.REFUNDED


def test_a_stranger_takes_nothing_back(scene: Scene) -> None:
    gift = scene.give(scene.campaign(kind=FLEXIBLE))
    with scene.app.app_context():
        stranger = sign_in(scene.app, a_user())
    token = stranger.client.get("/compte").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    path = f"/contributions/{gift.public_id}/reprendre"
    assert stranger.client.post(path, data={"csrf_token": token}).status_code == 404
    assert gift.client.post(gift.path("/reprendre")).status_code in (303, 400)
    assert gift.client.get(gift.path("/reprendre")).status_code == 405
    assert scene.pledge(gift).state == PledgeState.PAID


def test_a_payment_after_the_campaign_is_over_stays_out_of_the_total_and_goes_back_whole(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug, reward=str(scene.reward(slug).id))
    scene.fill_card(gift)
    with scene.app.app_context(), transaction():
        campaigns.cancel(db.session.get_one(Campaign, scene.row(slug).id), by=None, at=clock.now())
    page = scene.come_back(gift, gift.back).get_data(as_text=True)
    assert "trop tard" in page
    scene.work(2)
    late_is_refunded(scene, slug, gift)
    assert scene.reward(slug).stock_left == 10


def late_is_refunded(scene: Scene, slug: str, gift: Gift, others_cents: int = 0) -> None:
    pledge = scene.pledge(gift)
    assert (pledge.state, pledge.refunded_cents, pledge.paid_at) == (PledgeState.REFUNDED, pledge.amount_cents, None)
    assert charge_of(scene, gift) is not None
    with scene.app.app_context():
        assert [one.reason for one in db.session.scalars(select(Refund))] == [RefundReason.LATE]
    assert [one["amount"] for one in refunds_at_stripe(scene)] == [pledge.amount_cents]
    assert scene.row(slug).raised_cents == others_cents
    assert any("trop tard" in subject for subject in scene.mails(gift))
    checked = scene.check()
    assert checked.exit_code == 0, checked.output


def test_a_payment_whose_reward_has_gone_meanwhile_goes_back_whole(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE, stock=1)
    reward = str(scene.reward(slug).id)
    gift = scene.promise(slug, reward=reward)
    with scene.app.app_context(), transaction():  # given up for dead, as when Stripe had lost its page
        row = db.session.get_one(Pledge, scene.pledge(gift).id)
        row.state = PledgeState.ABANDONED
        campaigns.give_back_stock(int(reward))
    scene.give(slug, reward=reward)
    scene.fill_card(gift)
    for _ in range(2):
        scene.come_back(gift, gift.back)
        scene.work(2)
    late_is_refunded(scene, slug, gift, others_cents=25_00)
    assert scene.reward(slug).stock_left == 0
