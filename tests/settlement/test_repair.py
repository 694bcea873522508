"""A refused charge: told, repaired by its owner, tried again by itself, or dropped. Never both."""

from __future__ import annotations

import threading
import time

import pytest
import stripe
from sqlalchemy import select

from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.payments import operations
from app.payments.runner import run_chain
from app.pledges.checkout import SUBJECT
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement import charge_services as charges
from app.settlement import jobs
from app.settlement.models import Attempt, Charge
from fake_stripe import shopper
from tests.money.support import fault
from tests.support.scene import ALWAYS_3DS, FAILS_LATER, NO_FUNDS_AFTER_3DS, Gift, Scene, session_in


def collected(scene: Scene, card: str, **more: object) -> tuple[str, Gift]:
    """A succeeded campaign with one good promise of 100 € and one with `card`, already tried."""
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    gift = scene.give(slug, card=card, **more)
    scene.close(slug)
    return slug, gift


def attempts(scene: Scene, gift: Gift) -> list[str]:
    with scene.app.app_context():
        return [
            str(one.state)
            for one in db.session.scalars(
                select(Attempt).join(Pledge).where(Pledge.public_id == gift.public_id).order_by(Attempt.number)
            )
        ]


def intents_of(scene: Scene, gift: Gift) -> list[dict[str, object]]:
    found = scene.stripe.control("state")["payment_intents"]
    return [one for one in found if one["metadata"]["pledge"] == gift.public_id]


def test_a_refused_card_is_told_with_a_link_that_only_shows(scene: Scene) -> None:
    slug, gift = collected(scene, FAILS_LATER)
    assert scene.pledge(gift).state == PledgeState.NEEDS_CARD
    mail = scene.mailbox.last(gift.email)
    assert mail.subject == "Votre carte a été refusée"
    link = next(one for one in mail.links if "/regler" in one).removeprefix("http://127.0.0.1:8000")
    before = scene.stripe.control("orders")["orders"]
    for _ in range(3):  # a scanner of links, then a person
        page = scene.app.test_client().get(link)
        assert page.status_code == 200
    assert scene.stripe.control("orders")["orders"] == before
    assert scene.pledge(gift).state == PledgeState.NEEDS_CARD
    assert "Donner une autre carte" in page.get_data(as_text=True)
    assert scene.row(slug).raised_cents == 125_00


def test_another_card_pays_the_same_payment_intent(scene: Scene) -> None:
    _, gift = collected(scene, FAILS_LATER)
    intent = scene.pledge(gift).payment_intent
    page = scene.press(gift, "/carte").headers["Location"]
    answer = scene.come_back(gift, shopper.complete_checkout(page))
    assert "C’est réglé" in answer.get_data(as_text=True)
    assert scene.pledge(gift).state == PledgeState.PAID
    assert [one["id"] for one in intents_of(scene, gift)] == [intent]
    assert attempts(scene, gift) == ["declined", "succeeded"]
    scene.work()
    assert len(scene.charges()) == 2
    assert sum("Reçu" in subject for subject in scene.mails(gift)) == 1


def test_a_worker_that_is_faster_than_the_page_is_waited_for_and_the_good_news_is_told(scene: Scene) -> None:
    _, gift = collected(scene, FAILS_LATER)
    back = shopper.complete_checkout(scene.press(gift, "/carte").headers["Location"])
    fault(scene, "/v1/payment_intents/*/confirm", "delay", seconds=1.0, times=1)
    worker = threading.Thread(target=scene.work)
    worker.start()
    with scene.app.app_context():
        pledge_id, until = scene.pledge(gift).id, time.monotonic() + 10
        while not (is_held := operations.is_in_other_hands(SUBJECT, pledge_id, clock.now())):
            db.session.rollback()
            assert time.monotonic() < until, "the worker never asked"
        db.session.rollback()
    assert is_held
    answer = scene.come_back(gift, back)
    worker.join()
    assert "C’est réglé" in answer.get_data(as_text=True)
    assert scene.pledge(gift).state == PledgeState.PAID
    assert len(scene.charges()) == 2


def test_another_card_whose_owner_never_comes_back_is_charged_by_the_worker(scene: Scene) -> None:
    _, gift = collected(scene, FAILS_LATER)
    page = scene.press(gift, "/carte").headers["Location"]
    shopper.complete_checkout(page)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.PAID
    assert len(scene.charges()) == 2


def test_the_card_page_of_somebody_else_repairs_nothing(scene: Scene) -> None:
    _, gift = collected(scene, FAILS_LATER)
    other = scene.promise(scene.campaign())
    back = scene.fill_card(other)
    forged = f"{gift.path('/retour')}&session_id={session_in(back)}"
    assert gift.client.get(forged).status_code == 404
    assert scene.pledge(gift).state == PledgeState.NEEDS_CARD


def test_the_bank_asks_the_contributor_agrees_and_it_is_paid_once(scene: Scene) -> None:
    _, gift = collected(scene, ALWAYS_3DS)
    assert scene.pledge(gift).state == PledgeState.NEEDS_ACTION
    bank = scene.press(gift, "/confirmer").headers["Location"]
    assert scene.press(gift, "/confirmer").headers["Location"] == bank, "the page already open"
    back = shopper.authenticate_payment(bank)
    for _ in range(2):
        scene.come_back(gift, back)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.PAID
    assert attempts(scene, gift) == ["declined", "succeeded"]
    assert len(intents_of(scene, gift)) == 1
    assert len(scene.charges()) == 2


def test_the_bank_is_answered_and_the_tab_closed_the_event_is_enough(scene: Scene) -> None:
    _, gift = collected(scene, ALWAYS_3DS)
    shopper.authenticate_payment(scene.press(gift, "/confirmer").headers["Location"])
    scene.travel(seconds=30)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.PAID


def test_a_refusal_at_the_bank_can_be_tried_again(scene: Scene) -> None:
    _, gift = collected(scene, ALWAYS_3DS)
    bank = scene.press(gift, "/confirmer").headers["Location"]
    answer = scene.come_back(gift, shopper.authenticate_payment(bank, authorise=False))
    assert "rien n’est débité" in answer.get_data(as_text=True)
    assert scene.pledge(gift).state == PledgeState.NEEDS_ACTION
    bank = scene.press(gift, "/confirmer").headers["Location"]
    scene.come_back(gift, shopper.authenticate_payment(bank))
    assert scene.pledge(gift).state == PledgeState.PAID
    assert attempts(scene, gift) == ["declined", "declined", "succeeded"]


def test_agreed_at_the_bank_but_without_funds_asks_for_another_card(scene: Scene) -> None:
    _, gift = collected(scene, NO_FUNDS_AFTER_3DS)
    if scene.pledge(gift).state == PledgeState.NEEDS_ACTION:
        bank = scene.press(gift, "/confirmer").headers["Location"]
        scene.come_back(gift, shopper.authenticate_payment(bank))
    assert scene.pledge(gift).state == PledgeState.NEEDS_CARD
    assert scene.pledge(gift).last_decline == "insufficient_funds"
    assert len(scene.charges()) == 1


def test_a_soft_refusal_is_tried_again_after_three_and_six_days_then_dropped(scene: Scene) -> None:
    slug, gift = collected(scene, FAILS_LATER)
    for days in range(1, 7):
        scene.travel(days=1)
        scene.work(2)
        assert len(attempts(scene, gift)) == 1 + (days >= 3) + (days >= 6), days
    scene.travel(days=1)
    scene.work(3)
    assert scene.pledge(gift).state == PledgeState.DROPPED
    assert intents_of(scene, gift)[0]["status"] == "canceled"
    assert scene.row(slug).raised_cents == 100_00
    assert scene.row(slug).backers_count == 1
    subjects = scene.mails(gift)
    assert sum(subject.startswith("Rappel") for subject in subjects) == 3
    assert subjects[-1] == "Votre contribution est abandonnée : rien n’est débité"
    scene.approve_payout(slug)
    scene.travel(days=10)
    scene.work()
    assert len(scene.charges()) == 1
    assert scene.row(slug).state == "settled", "it stays a success below the goal, and the rest is passed on"
    assert scene.check().exit_code == 0


def test_a_dropped_promise_gives_its_reward_back(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    gift = scene.give(slug, card=FAILS_LATER, reward=str(scene.reward(slug).id))
    scene.close(slug)
    assert scene.reward(slug).stock_left == 9
    scene.travel(days=7, hours=1)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.DROPPED
    assert scene.reward(slug).stock_left == 10


def test_a_contributor_may_give_up_during_the_repair(scene: Scene) -> None:
    slug, gift = collected(scene, FAILS_LATER)
    assert scene.press(gift, "/renoncer").status_code == 303
    assert scene.pledge(gift).state == PledgeState.DROPPED
    assert scene.row(slug).raised_cents == 100_00
    assert gift.client.get(gift.path("/regler")).status_code == 303


def test_paid_at_the_bank_a_moment_before_the_drop_stays_paid(scene: Scene) -> None:
    slug, gift = collected(scene, ALWAYS_3DS)
    bank = scene.press(gift, "/confirmer").headers["Location"]
    shopper.authenticate_payment(bank)
    scene.travel(days=8)
    with scene.app.app_context():
        jobs.drop_overdue()
    assert scene.pledge(gift).state == PledgeState.PAID
    assert scene.row(slug).raised_cents == 125_00
    assert scene.check().exit_code == 0


def test_a_cancellation_that_finds_a_success_books_it(scene: Scene) -> None:
    """The cancellation was planned, then the bank's answer came: Stripe refuses it, and the money is booked."""
    _, gift = collected(scene, ALWAYS_3DS)
    bank = scene.press(gift, "/confirmer").headers["Location"]
    pledge_id = scene.pledge(gift).id
    with scene.app.app_context(), transaction():
        charges.give_up(charges.locked(pledge_id), by=None, at=clock.now())
    shopper.authenticate_payment(bank)
    with scene.app.app_context():
        run_chain("pledges", pledge_id)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.PAID
    assert len(scene.charges()) == 2


def test_after_the_window_the_bank_is_not_asked_any_more(scene: Scene) -> None:
    _, gift = collected(scene, ALWAYS_3DS)
    token = {"csrf_token": scene.token(gift)}
    scene.travel(days=7, minutes=1)
    for end in ("/confirmer", "/carte"):
        assert gift.client.post(gift.path(end), data=token).status_code == 409
    assert "délai est passé" in gift.client.get(gift.path("/regler")).get_data(as_text=True)
    assert len(scene.charges()) == 1


@pytest.mark.parametrize("end", ["/confirmer", "/renoncer", "/carte"])
def test_a_paid_promise_has_nothing_to_repair(scene: Scene, end: str) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=100_00)
    scene.close(slug)
    answer = scene.press(gift, end)
    assert answer.status_code in (303, 409)
    assert "checkout" not in answer.headers.get("Location", "")
    assert scene.pledge(gift).state == PledgeState.PAID
    assert len(scene.charges()) == 1


def test_a_card_detached_at_stripe_asks_for_another_and_crashes_nothing(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=100_00)
    with scene.app.app_context():
        client = stripe.StripeClient(scene.stripe.key, base_addresses={"api": scene.stripe.url})
        client.v1.payment_methods.detach(str(scene.pledge(gift).payment_method))
    scene.close(slug)
    assert scene.pledge(gift).state == PledgeState.NEEDS_CARD
    page = scene.press(gift, "/carte").headers["Location"]
    scene.come_back(gift, shopper.complete_checkout(page))
    assert scene.pledge(gift).state == PledgeState.PAID


def test_one_link_is_not_pressed_without_end(scene: Scene) -> None:
    _, gift = collected(scene, FAILS_LATER)
    codes = [scene.press(gift, "/confirmer").status_code for _ in range(13)]
    assert codes[-1] == 429
    with scene.app.app_context():
        assert db.session.query(Charge).count() == 1


def test_an_older_refusal_is_not_read_as_the_answer_to_the_new_card(scene: Scene) -> None:
    _, gift = collected(scene, FAILS_LATER)
    shopper.complete_checkout(scene.press(gift, "/carte").headers["Location"])
    rule = {"method": "POST", "path": "*/confirm", "action": "status", "status": 503, "phase": "before", "times": 4}
    scene.stripe.control("faults", "POST", **rule)
    for _ in range(2):
        scene.work(1)
        scene.travel(minutes=3)  # "stuck charges" asks for the PaymentIntent, which shows the old card's refusal
        scene.work(1)
    assert attempts(scene, gift) == ["declined", "sent"]
    assert scene.pledge(gift).state == PledgeState.CHARGING
    for _ in range(6):
        scene.travel(minutes=6)
        scene.work(1)
    assert scene.pledge(gift).state == PledgeState.PAID
    assert attempts(scene, gift) == ["declined", "succeeded"]


def test_a_campaign_cancelled_meanwhile_lets_nobody_pay_from_an_old_link(scene: Scene) -> None:
    slug, gift = collected(scene, ALWAYS_3DS)
    assert scene.pledge(gift).state == PledgeState.NEEDS_ACTION
    with scene.app.app_context(), transaction():
        campaigns.cancel(db.session.get_one(Campaign, scene.row(slug).id), by=None, at=clock.now())
    answer = scene.press(gift, "/confirmer")
    assert not answer.headers.get("Location", "").startswith(scene.stripe.url)
    assert attempts(scene, gift) == ["declined"]
