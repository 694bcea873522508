"""Flexible campaigns: charged at once, booked once, whoever rings first."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta

import pytest
import stripe
from sqlalchemy import select

from app.core import clock
from app.core.database import db, transaction
from app.payments import inbox, poller
from app.payments.models import StripeOperation
from app.payments.rules import OperationKind
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.pledges.services import forget_customer
from app.pledges.sync import sync_pledge
from app.settlement.sync import ring_pledge, sync_gift
from fake_stripe import shopper
from tests.settlement.gifts import FLEXIBLE, charge_of, is_paid_once
from tests.support.scene import ALWAYS_3DS, Gift, Scene, session_in


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


def forget_the_page(scene: Scene, gift: Gift) -> None:
    """Our clock says that the page is over; Stripe's does not."""
    with scene.app.app_context(), transaction():
        pledge = db.session.get_one(Pledge, scene.pledge(gift).id)
        pledge.session_expires_at = clock.now() - timedelta(minutes=1)


def test_a_new_page_is_asked_for_only_when_the_last_one_can_no_longer_be_paid(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug)
    forget_the_page(scene, gift)
    old, gift.checkout = gift.checkout, scene.press(gift, "/carte").headers["Location"]
    with pytest.raises(shopper.PageRefused):
        shopper.complete_checkout(old)
    scene.come_back(gift, scene.fill_card(gift))
    is_paid_once(scene, slug, gift)


def test_while_stripe_is_silent_no_second_page_is_made(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug)
    forget_the_page(scene, gift)
    token = scene.token(gift)
    scene.stripe.kill()
    try:
        assert gift.client.post(gift.path("/carte"), data={"csrf_token": token}).status_code == 503
    finally:
        scene.stripe.restart()
    with scene.app.app_context():
        asked = select(StripeOperation).where(StripeOperation.kind == OperationKind.SESSION_CREATE)
        assert len(db.session.scalars(asked).all()) == 1


def test_who_asks_for_a_new_page_after_paying_is_shown_what_was_paid(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug)
    scene.fill_card(gift)
    forget_the_page(scene, gift)
    answer = scene.press(gift, "/carte")
    assert answer.headers["Location"].split("?")[0].endswith("/paiement")
    assert "payée" in scene.come_back(gift, answer.headers["Location"]).get_data(as_text=True)
    is_paid_once(scene, slug, gift)


def test_a_customer_deleted_at_stripe_takes_no_paid_gift_away(scene: Scene) -> None:
    slug = scene.campaign(kind=FLEXIBLE)
    gift = scene.promise(slug)
    scene.fill_card(gift)
    stripe.StripeClient(scene.stripe.key, base_addresses={"api": scene.stripe.url}).v1.customers.delete(
        str(scene.pledge(gift).customer)
    )
    with scene.app.app_context(), transaction():
        forget_customer(db.session.get_one(Pledge, scene.pledge(gift).id))
    scene.work(2)
    is_paid_once(scene, slug, gift)
