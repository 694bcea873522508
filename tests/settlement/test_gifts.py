"""Flexible campaigns: charged at once, counted once, given back in two clicks until the end."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState, FundingKind
from app.core import clock
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.payments import inbox, poller
from app.pledges.keys import address_key
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.pledges.sync import sync_pledge
from app.settlement.gift_services import succeeds
from app.settlement.models import Charge, Refund, RefundReason
from app.settlement.sync import ring_pledge, sync_gift
from fake_stripe import shopper
from tests.builders import a_user, post_form, sign_in
from tests.support.scene import ALWAYS_3DS, Gift, Scene, session_in

FLEXIBLE = FundingKind.FLEXIBLE


def charge_of(scene: Scene, gift: Gift) -> Charge | None:
    with scene.app.app_context():
        return db.session.scalar(select(Charge).where(Charge.pledge_id == scene.pledge(gift).id))


def refunds_at_stripe(scene: Scene) -> list[dict[str, Any]]:
    return scene.stripe.control("state")["refunds"]


def receipts(scene: Scene, gift: Gift) -> int:
    with scene.app.app_context():
        occasion = f"pledge:{scene.pledge(gift).id}:paid"
        return len(db.session.scalars(select(OutboxMail).where(OutboxMail.occasion == occasion)).all())


def is_paid_once(scene: Scene, slug: str, gift: Gift, cents: int = 25_00) -> None:
    assert scene.pledge(gift).state == PledgeState.PAID
    assert (scene.row(slug).raised_cents, scene.row(slug).backers_count) == (cents, 1)
    assert [one["amount"] for one in scene.charges()] == [cents]
    assert receipts(scene, gift) == 1
    checked = scene.check()
    assert checked.exit_code == 0, checked.output


# -- given -------------------------------------------------------------------------------------


def test_back_from_the_payment_page_the_gift_is_charged_booked_and_said_plainly(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug, cents=12_50)
    page = scene.come_back(gift, scene.fill_card(gift)).get_data(as_text=True)
    assert "Merci, votre contribution est payée" in page
    assert "Rien n’est débité" not in page
    is_paid_once(scene, slug, gift, 12_50)
    charge = charge_of(scene, gift)
    assert charge is not None
    assert (charge.amount_cents, charge.fee_cents) == (12_50, 44)
    assert scene.pledge(gift).card_last4 == "4242"
    assert scene.pledge(gift).consent_version == "2026-11-flexible"


def test_the_call_to_stripe_has_the_shape_of_the_design(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.give(slug)
    session = next(iter(scene.stripe.control("state")["sessions"]))
    intent = next(iter(scene.stripe.control("state")["payment_intents"]))
    assert session["mode"] == "payment"
    assert session["allowed_payment_method_types"] == ["card"]
    assert session["client_reference_id"] == gift.public_id
    assert intent["transfer_group"] == f"campaign:{scene.row(slug).id}"
    assert intent["metadata"]["pledge"] == gift.public_id
    assert intent["setup_future_usage"] is None


def test_the_receipt_says_what_was_charged_and_how_to_take_it_back(scene: Scene) -> None:
    gift = scene.give(scene.campaign(kind=FLEXIBLE))
    mail = scene.mailbox.last(gift.email)
    assert mail.subject.startswith("Reçu")
    assert "25\u00a0€ ont été débités" in mail.text
    assert "que l’objectif soit atteint ou non" in mail.text
    assert "annuler en deux clics" in mail.text


def test_three_d_secure_and_a_refusal_are_checkouts_own_matter(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug)
    for card in ("4000000000000002", "4000008260003178"):
        with pytest.raises(shopper.PageRefused):
            scene.fill_card(gift, card)
        scene.work(1)
        assert scene.pledge(gift).state == PledgeState.DRAFT
    scene.come_back(gift, scene.fill_card(gift, ALWAYS_3DS))
    is_paid_once(scene, slug, gift)


WAYS = ("return", "webhook", "poller", "intent")


def ring(scene: Scene, gift: Gift, way: str) -> None:
    pledge_id = scene.pledge(gift).id
    if way == "return":
        assert scene.come_back(gift, gift.back).status_code == 200
        return
    with scene.app.app_context():
        if way == "webhook":
            ring_pledge(pledge_id, "checkout.session", session_in(gift.back))
        elif way == "intent":
            ring_pledge(pledge_id, "payment_intent", "pi_unknown_to_us_yet")
        else:
            poller.poll()
            inbox.handle_waiting()


@pytest.mark.parametrize("way", WAYS)
def test_each_way_back_suffices_alone(scene: Scene, way: str) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug)
    scene.fill_card(gift)
    ring(scene, gift, way)
    is_paid_once(scene, slug, gift)


@pytest.mark.parametrize("order", list(itertools.permutations(WAYS[:3])))
def test_all_ways_doubled_in_any_order_make_one_gift_and_one_receipt(scene: Scene, order: tuple[str, ...]) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug)
    scene.fill_card(gift)
    for way in order + order:
        ring(scene, gift, way)
    is_paid_once(scene, slug, gift)


def test_bells_at_the_same_moment_make_one_gift(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug)
    session, pledge_id, wrong = session_in(scene.fill_card(gift)), scene.pledge(gift).id, []

    def knock() -> None:
        try:
            with scene.app.app_context():
                sync_gift(pledge_id, session)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=knock) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    is_paid_once(scene, slug, gift)


def test_a_process_that_ends_between_the_two_steps_leaves_it_to_the_worker(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug)
    scene.fill_card(gift)
    with scene.app.app_context():
        sync_pledge(scene.pledge(gift).id)
    assert scene.pledge(gift).state == PledgeState.DRAFT
    assert "Votre paiement est reçu" in gift.client.get(gift.path()).get_data(as_text=True)
    refused = scene.press(gift, "/annuler")
    assert refused.status_code == 409
    assert scene.press(gift, "/carte").headers["Location"].split("?")[0].endswith("/paiement")
    scene.travel(minutes=61)
    scene.work(2)
    is_paid_once(scene, slug, gift)


def test_a_silent_stripe_on_the_way_back_is_said_and_nothing_is_asked_twice(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug)
    scene.fill_card(gift)
    scene.stripe.kill()
    try:
        page = scene.come_back(gift, gift.back).get_data(as_text=True)
        assert "Nous attendons la confirmation" in page
        assert "Donner ma carte" not in page
    finally:
        scene.stripe.restart()
    scene.work(2)
    is_paid_once(scene, slug, gift)


def test_the_session_of_somebody_else_in_the_return_address_is_refused(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    mine, theirs = scene.promise(slug), scene.promise(slug)
    back = scene.fill_card(theirs)
    assert mine.client.get(f"{mine.path('/paiement')}&session_id={session_in(back)}").status_code == 404
    assert scene.pledge(mine).state == scene.pledge(theirs).state == PledgeState.DRAFT


def test_a_payment_of_another_amount_is_not_booked(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug)
    scene.fill_card(gift)
    with scene.app.app_context(), transaction():
        db.session.get_one(Pledge, scene.pledge(gift).id).amount_cents = 20_00
    scene.come_back(gift, gift.back)
    scene.travel(minutes=62)
    scene.work(2)
    assert scene.pledge(gift).state == PledgeState.ABANDONED
    assert charge_of(scene, gift) is None
    assert scene.check().exit_code != 0  # a person looks at it


def test_an_abandoned_payment_page_gives_the_reward_back_and_a_new_one_is_asked(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug, reward=str(scene.reward(slug).id))
    scene.travel(minutes=61)
    scene.work(2)
    assert scene.pledge(gift).state == PledgeState.ABANDONED
    assert scene.reward(slug).stock_left == 10
    old, gift.checkout = gift.checkout, scene.press(gift, "/carte").headers["Location"]
    assert gift.checkout != old
    with pytest.raises(shopper.PageRefused):
        shopper.complete_checkout(old)
    scene.come_back(gift, scene.fill_card(gift))
    is_paid_once(scene, slug, gift)
    assert scene.reward(slug).stock_left == 9


# -- taken back --------------------------------------------------------------------------------


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
    assert gift.client.post(gift.path("/reprendre"), data=token).status_code == 409
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
        assert scene.press(gift, "/reprendre").status_code == 409
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


# -- too late ----------------------------------------------------------------------------------


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


# -- the end -----------------------------------------------------------------------------------


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
