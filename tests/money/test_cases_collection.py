"""Fault cases 31 to 43 (payments design §10): cards that refuse, banks that ask, people who do two things at once."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.campaigns.rules import CampaignState, FundingKind
from app.core import clock
from app.core.database import db
from app.core.journal import JournalEntry
from app.pledges.rules import PledgeState
from app.settlement import jobs
from app.settlement.models import Charge
from app.settlement.rules import RETRY_AFTER
from fake_stripe import shopper
from tests.money import back
from tests.money.support import assert_books_equal, due, fault, heal, inside, together, wait, was_played, work_without
from tests.money.test_cases_transfers import cancel
from tests.support.scene import ALWAYS_3DS, NO_FUNDS_AFTER_3DS, Gift, Scene, session_in

SOFT = ("generic_decline", "insufficient_funds", "processing_error")
HARD = ("lost_card", "stolen_card", "expired_card")
ANOTHER_CARD = "5555555555554444"


def behaves(scene: Scene, gift: Gift, **how: Any) -> None:
    """The saved card from now on."""
    scene.stripe.control("payment_methods", "POST", id=scene.pledge(gift).payment_method, **how)


def promised(scene: Scene, **card: Any) -> tuple[str, Gift]:
    """One good promise of 100 €, and one whose card has changed since it was given."""
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    gift = scene.give(slug, cents=50_00)
    behaves(scene, gift, **card)
    return slug, gift


def asked_by_bank(scene: Scene, card: str = ALWAYS_3DS) -> tuple[str, Gift]:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    gift = scene.give(slug, cents=50_00, card=card)
    scene.close(slug)
    assert scene.pledge(gift).state == PledgeState.NEEDS_ACTION
    return slug, gift


def bank_of(scene: Scene, gift: Gift) -> str:
    """The address of the bank's page, behind our button."""
    return str(scene.press(gift, "/confirmer").headers["Location"])


def receipts(scene: Scene, gift: Gift) -> int:
    return sum(subject.startswith("Reçu") for subject in scene.mails(gift))


# -- 31 to 33: the card --------------------------------------------------------------------------


@pytest.mark.parametrize("decline", SOFT)
def test_case_31_a_soft_refusal_is_told_tried_again_on_day_three_and_paid(scene: Scene, decline: str) -> None:
    slug, gift = promised(scene, decline=decline)
    scene.close(slug)
    refused = scene.pledge(gift)
    assert (refused.state, refused.last_decline) == (PledgeState.NEEDS_CARD, decline)
    assert refused.first_declined_at is not None
    assert refused.retry_at == refused.first_declined_at + RETRY_AFTER[0]
    assert scene.mails(gift)[-1] == "Votre carte a été refusée"
    behaves(scene, gift, decline=None)
    scene.travel(days=2, hours=23)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.NEEDS_CARD
    scene.travel(hours=2)
    scene.work()
    assert (scene.pledge(gift).state, receipts(scene, gift)) == (PledgeState.PAID, 1)
    assert_books_equal(scene)


@pytest.mark.parametrize("decline", HARD)
def test_case_31_a_hard_refusal_is_never_tried_again_with_this_card(scene: Scene, decline: str) -> None:
    slug, gift = promised(scene, decline=decline)
    scene.close(slug)
    assert (scene.pledge(gift).state, scene.pledge(gift).retry_at) == (PledgeState.NEEDS_CARD, None)
    for _ in range(6):
        scene.travel(days=1)
        scene.work(1)
    assert scene.pledge(gift).attempts_count == 1
    scene.travel(days=1, minutes=5)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.DROPPED
    assert_books_equal(scene)


def test_case_32_a_card_that_ended_between_the_promise_and_the_charge_asks_for_another(scene: Scene) -> None:
    slug, gift = promised(scene, decline="expired_card", exp="2026-01")
    scene.close(slug)
    assert (scene.pledge(gift).state, scene.pledge(gift).last_decline) == (PledgeState.NEEDS_CARD, "expired_card")
    page = scene.press(gift, "/carte").headers["Location"]
    scene.come_back(gift, shopper.complete_checkout(page, ANOTHER_CARD))
    assert scene.pledge(gift).state == PledgeState.PAID
    assert_books_equal(scene)


@pytest.mark.parametrize("gone", ["card", "customer"])
def test_case_33_forgotten_in_the_dashboard_another_card_is_asked_for(scene: Scene, gone: str) -> None:
    slug, gift = promised(scene)
    pledge, client = scene.pledge(gift), back.dashboard(scene)
    if gone == "card":
        client.v1.payment_methods.detach(str(pledge.payment_method))
    else:
        client.v1.customers.delete(str(pledge.customer))
    scene.close(slug)
    assert scene.pledge(gift).state == PledgeState.NEEDS_CARD
    page = scene.press(gift, "/carte").headers["Location"]
    scene.come_back(gift, shopper.complete_checkout(page, ANOTHER_CARD))
    wait(scene, rounds=2)
    assert (scene.pledge(gift).state, receipts(scene, gift)) == (PledgeState.PAID, 1)
    assert_books_equal(scene)


# -- 34 to 37: the bank --------------------------------------------------------------------------


def test_case_34_agreed_at_the_bank_the_same_payment_is_made_once(scene: Scene) -> None:
    _, gift = asked_by_bank(scene)
    intent = scene.pledge(gift).payment_intent
    back_to_us = shopper.authenticate_payment(bank_of(scene, gift))
    for _ in range(3):
        scene.come_back(gift, back_to_us)
    scene.work()
    assert (scene.pledge(gift).state, receipts(scene, gift)) == (PledgeState.PAID, 1)
    assert [one["payment_intent"] for one in scene.charges()].count(intent) == 1
    assert_books_equal(scene)


def test_case_35_refused_at_the_bank_left_open_and_opened_twice(scene: Scene) -> None:
    _, gift = asked_by_bank(scene)
    bank_of(scene, gift)  # a tab that is closed
    scene.travel(hours=1)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.NEEDS_ACTION
    refused = shopper.authenticate_payment(bank_of(scene, gift), authorise=False)
    assert "rien n’est débité" in scene.come_back(gift, refused).get_data(as_text=True)
    first, second = bank_of(scene, gift), bank_of(scene, gift)
    assert first == second
    paid = shopper.authenticate_payment(first)
    with suppress(shopper.PageRefused):
        shopper.authenticate_payment(second)  # the other tab, a moment later
    scene.come_back(gift, paid)
    assert scene.pledge(gift).state == PledgeState.PAID
    # The link of the mail, used after the payment: it leads to the promise, and asks nothing.
    assert gift.client.get(gift.path("/regler")).status_code == 303
    answer = scene.press(gift, "/confirmer")
    assert not answer.headers.get("Location", "").startswith(scene.stripe.url)
    assert receipts(scene, gift) == 1
    assert_books_equal(scene)


@pytest.mark.parametrize("round_", range(4))
def test_case_36_agreed_at_the_bank_while_the_window_closes_is_paid_or_dropped_never_both(
    scene: Scene, round_: int
) -> None:
    slug, gift = asked_by_bank(scene)
    bank = bank_of(scene, gift)
    scene.travel(days=7, minutes=1)

    def agree() -> None:
        with suppress(shopper.PageRefused):
            shopper.authenticate_payment(bank)

    together(agree, inside(scene, jobs.drop_overdue))
    scene.work()
    taken = len(scene.charges()) == 2
    assert scene.pledge(gift).state == (PledgeState.PAID if taken else PledgeState.DROPPED)
    assert scene.row(slug).raised_cents == (150_00 if taken else 100_00)
    assert receipts(scene, gift) == int(taken)
    assert_books_equal(scene)


def test_case_37_agreed_at_the_bank_and_then_no_funds_asks_for_another_card(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    gift = scene.give(slug, cents=50_00, card=NO_FUNDS_AFTER_3DS)
    behaves(scene, gift, asks=True)
    scene.close(slug)
    assert scene.pledge(gift).state == PledgeState.NEEDS_ACTION
    scene.come_back(gift, shopper.authenticate_payment(bank_of(scene, gift)))
    assert (scene.pledge(gift).state, scene.pledge(gift).last_decline) == (
        PledgeState.NEEDS_CARD, "insufficient_funds",
    )  # fmt: skip
    page = scene.press(gift, "/carte").headers["Location"]
    scene.come_back(gift, shopper.complete_checkout(page, ANOTHER_CARD))
    assert scene.pledge(gift).state == PledgeState.PAID
    assert_books_equal(scene)


# -- 38 to 40: two things at once ----------------------------------------------------------------


def test_case_38_taken_back_while_the_worker_charges_the_first_to_come_wins(scene: Scene) -> None:
    """After the end a promise can no longer be taken back: it is charged, and the page says what may be asked."""
    _, gifts = due(scene, 3)
    tokens = [scene.token(gift) for gift in gifts]
    fault(scene, "/v1/payment_intents/*/confirm", "delay", seconds=0.3, times=0)
    codes: list[int] = []

    def take_back() -> None:
        for gift, token in zip(gifts, tokens, strict=True):
            codes.append(gift.client.post(gift.path("/annuler"), data={"csrf_token": token}).status_code)

    together(inside(scene, lambda: scene.work(2)), take_back)
    assert set(codes) == {409}
    assert {scene.pledge(gift).state for gift in gifts} == {PledgeState.PAID}
    assert_books_equal(scene)


def test_case_38_given_up_while_a_charge_is_tried_again_is_paid_or_dropped(scene: Scene) -> None:
    slug, gift = promised(scene, decline="insufficient_funds")
    scene.close(slug)
    behaves(scene, gift, decline=None)
    token = scene.token(gift)
    scene.travel(days=3, minutes=1)
    together(
        inside(scene, lambda: scene.work(1)),
        lambda: gift.client.post(gift.path("/renoncer"), data={"csrf_token": token}),
    )
    wait(scene)
    taken = len(scene.charges()) == 2
    assert scene.pledge(gift).state == (PledgeState.PAID if taken else PledgeState.DROPPED)
    assert_books_equal(scene)


def test_case_39_no_other_amount_once_the_payment_is_prepared(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=100_00)
    token = scene.token(gift)
    scene.travel_to(scene.row(slug).closes_at)
    fault(scene, "/v1/payment_intents/*/confirm", "status", status=503)
    work_without(scene, "books", rounds=1)
    assert was_played(scene)
    assert scene.pledge(gift).payment_intent is not None
    answer = gift.client.post(gift.path("/montant"), data={"csrf_token": token, "amount": "50"})
    assert answer.status_code == 409
    heal(scene)
    wait(scene)
    assert [one["amount"] for one in scene.charges()] == [100_00]
    assert scene.pledge(gift).amount_cents == 100_00
    assert_books_equal(scene)


def test_case_40_the_older_of_two_card_pages_is_completed_last_and_its_card_is_not_kept(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=100_00)
    older = scene.press(gift, "/carte").headers["Location"]
    newer = scene.press(gift, "/carte").headers["Location"]
    scene.come_back(gift, shopper.complete_checkout(newer, ANOTHER_CARD))
    kept = scene.pledge(gift).payment_method
    with suppress(shopper.PageRefused):
        scene.come_back(gift, shopper.complete_checkout(older))
    scene.work()
    assert scene.pledge(gift).payment_method == kept
    methods = scene.stripe.control("state")["payment_methods"]
    assert [one["id"] for one in methods if one["customer"]] == [kept]
    scene.close(slug)
    assert scene.pledge(gift).state == PledgeState.PAID
    assert_books_equal(scene)


def test_case_40_a_card_given_after_the_campaign_was_cancelled_is_forgotten(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.promise(slug, cents=100_00)
    cancel(scene, slug)
    scene.come_back(gift, scene.fill_card(gift))
    scene.work()
    assert scene.pledge(gift).state == PledgeState.ABANDONED
    assert [one for one in scene.stripe.control("state")["payment_methods"] if one["customer"]] == []
    assert scene.charges() == []
    assert_books_equal(scene)


def test_case_40_a_payment_made_after_the_campaign_was_cancelled_goes_back_by_itself(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00, kind=FundingKind.FLEXIBLE)
    gift = scene.promise(slug, cents=100_00)
    cancel(scene, slug)
    scene.come_back(gift, scene.fill_card(gift))
    scene.work()
    assert scene.pledge(gift).state == PledgeState.REFUNDED
    assert [one["amount_refunded"] for one in scene.charges()] == [100_00]
    assert scene.row(slug).raised_cents == 0
    assert_books_equal(scene)


# -- 41 to 43 ------------------------------------------------------------------------------------


def test_case_41_the_session_of_somebody_else_in_the_return_address_shows_and_moves_nothing(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    mine, theirs = scene.promise(slug, cents=100_00), scene.promise(slug, cents=77_00)
    of_theirs, of_mine = session_in(scene.fill_card(theirs)), session_in(scene.fill_card(mine))
    forged = mine.back.replace(of_mine, of_theirs)
    answer = scene.come_back(mine, forged)
    assert answer.status_code == 404
    assert theirs.email not in answer.get_data(as_text=True)
    assert {scene.pledge(one).state for one in (mine, theirs)} == {PledgeState.DRAFT}
    for gift in (mine, theirs):
        scene.come_back(gift, gift.back)
        assert scene.pledge(gift).state == PledgeState.AUTHORISED
    assert_books_equal(scene)


def test_case_42_a_payment_of_another_amount_is_not_booked_and_a_person_is_asked(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=100_00)
    scene.travel_to(scene.row(slug).closes_at)
    fault(scene, "/v1/payment_intents/*/confirm", "status", status=503)
    work_without(scene, "books", rounds=1)
    assert was_played(scene)
    back.dashboard(scene).v1.payment_intents.update(str(scene.pledge(gift).payment_intent), {"amount": 10_00})
    heal(scene)
    wait(scene)
    assert [one["amount"] for one in scene.charges()] == [10_00]
    assert (scene.pledge(gift).state, receipts(scene, gift)) == (PledgeState.CHARGING, 0)
    with scene.app.app_context():
        assert db.session.query(Charge).count() == 0
    found = back.task(scene, "strange_amount")
    assert (found.ours_cents, found.theirs_cents) == (100_00, 10_00)
    assert scene.check().exit_code == 1
    scene.travel(days=30)
    scene.work()
    assert back.transfers(scene) == []


def test_case_43_two_schedulers_and_a_card_in_the_same_second_one_verdict_in_or_out(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=60_00)
    closes_at = scene.row(slug).closes_at
    assert closes_at is not None
    scene.travel_to(closes_at - timedelta(minutes=10))
    last = scene.promise(slug, cents=60_00)
    scene.travel_to(closes_at)
    scene.fill_card(last)
    together(
        *(inside(scene, lambda: scene.work(1)) for _ in range(2)),
        lambda: scene.come_back(last, last.back),
    )
    scene.work()
    row = scene.row(slug)
    with scene.app.app_context():
        verdicts = db.session.scalars(
            select(JournalEntry.action).where(JournalEntry.action.in_(("campaign.succeed", "campaign.fail")))
        ).all()
        assert row.verdict_at is not None
        assert row.verdict_at <= clock.now()
    assert len(verdicts) == 1
    # The verdict waits for a page that was opened before the end: this one is in.
    assert (row.state, row.verdict_raised_cents) == (CampaignState.SUCCEEDED, 120_00)
    assert scene.pledge(last).state == PledgeState.PAID
    assert_books_equal(scene)
