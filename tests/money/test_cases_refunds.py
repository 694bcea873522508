"""Fault cases 48 to 50 and the refunds of 52 (payments design §10): money back to its card, once and to the cent."""

from __future__ import annotations

import pytest

from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.payments import ledger
from app.pledges.rules import PledgeState
from app.settlement import back_jobs
from app.settlement import refund_services as refunds
from app.settlement.errors import NothingToRefund, RefundTooLarge
from app.settlement.models import Refund, RefundState, ReversalState
from tests.money import back
from tests.money.back import stripe_fee
from tests.money.support import assert_books_equal, inside, together, work_without
from tests.support.scene import Scene

FAILS_LATER, STAYS_PENDING = "4000000000005126", "4000000000007726"


def test_case_48_partial_refunds_add_up_to_the_charge_and_not_a_cent_more(scene: Scene) -> None:
    slug, (gift, other) = back.collected(scene, 100_00, 50_00)
    for cents in (33_33, 33_33):
        back.give_back(scene, gift, cents)
    assert (scene.pledge(gift).state, scene.pledge(gift).refunded_cents) == (PledgeState.PART_REFUNDED, 66_66)
    assert scene.row(slug).raised_cents == 83_34
    with pytest.raises(RefundTooLarge):
        back.ask_back(scene, gift, 33_35)
    back.give_back(scene, gift, 33_34)
    assert scene.pledge(gift).state == PledgeState.REFUNDED
    assert (scene.row(slug).raised_cents, scene.row(slug).backers_count) == (50_00, 1)
    with pytest.raises(NothingToRefund):
        back.ask_back(scene, gift)
    assert sum(one["amount"] for one in back.made_refunds(scene)) == 100_00
    assert back.left_to(scene, slug) == 50_00
    # Stripe keeps its fee: the platform bears it, to the cent, however it was cut.
    assert back.balance(scene, ledger.FEES_PLATFORM) == stripe_fee(100_00)
    assert len([subject for subject in scene.mails(gift) if subject.startswith("Remboursement")]) == 3
    assert_books_equal(scene)
    assert scene.pledge(other).state == PledgeState.PAID


def test_case_48_a_double_click_gives_back_once(scene: Scene) -> None:
    _, (gift,) = back.collected(scene, 100_00)
    refused: list[Exception] = []

    def click() -> None:
        try:
            back.ask_back(scene, gift)
        except NothingToRefund as error:
            refused.append(error)

    together(inside(scene, click), inside(scene, click), inside(scene, click))
    scene.work()
    assert len(refused) == 2
    assert [one["amount"] for one in back.made_refunds(scene)] == [100_00]
    assert_books_equal(scene)


def test_case_48_a_failed_charge_and_a_contested_one_are_not_refunded(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    paid, refused = scene.give(slug, cents=100_00), scene.give(slug, cents=50_00, card="4000000000000341")
    scene.close(slug)
    with pytest.raises(NothingToRefund):
        back.ask_back(scene, refused)
    back.contest(scene, paid)
    with pytest.raises(NothingToRefund):
        back.ask_back(scene, paid)
    assert back.made_refunds(scene) == []
    assert_books_equal(scene)


def test_case_48_contested_between_the_question_and_the_order_stripe_refuses_and_a_person_is_asked(
    scene: Scene,
) -> None:
    _, (gift,) = back.collected(scene, 100_00)
    refund_id = back.ask_back(scene, gift)
    scene.stripe.control("disputes", "POST", charge=back.charge_of(scene, gift).stripe_charge)
    scene.work()
    assert back.refund(scene, refund_id).state == RefundState.FAILED
    assert back.tasks(scene) == ["dispute_opened", "refund_failed"]
    assert scene.pledge(gift).state == PledgeState.DISPUTED
    assert back.made_refunds(scene) == []
    assert_books_equal(scene)


def test_case_49_a_refund_that_fails_at_the_bank_restores_the_ledger_and_asks_a_person(scene: Scene) -> None:
    slug, (gift,) = back.collected(scene, 100_00, card=STAYS_PENDING)
    before = back.left_to(scene, slug)
    refund_id = back.give_back(scene, gift)
    assert back.refund(scene, refund_id).state == RefundState.PENDING
    assert (scene.pledge(gift).state, back.left_to(scene, slug)) == (PledgeState.REFUNDED, 0)
    assert_books_equal(scene)
    scene.stripe.control("refunds", "POST", id=back.made_refunds(scene)[0]["id"], status="failed")
    scene.work()
    assert back.refund(scene, refund_id).state == RefundState.FAILED
    assert (scene.pledge(gift).state, back.left_to(scene, slug)) == (PledgeState.PAID, before)
    assert scene.row(slug).raised_cents == 100_00
    assert back.balance(scene, ledger.FEES_PLATFORM) == 0
    assert back.tasks(scene) == ["refund_failed"]
    assert "Votre remboursement n’est pas arrivé" in scene.mails(gift)
    assert_books_equal(scene)


def test_case_49_what_failed_is_kept_for_its_contributor_until_a_person_decides(scene: Scene) -> None:
    slug, (gift, other) = back.collected(scene, 100_00, 60_00, card=FAILS_LATER)
    refund_id = back.give_back(scene, gift, 40_00)
    assert back.refund(scene, refund_id).state == RefundState.SUCCEEDED
    scene.travel(hours=2)
    scene.work()
    assert back.refund(scene, refund_id).state == RefundState.FAILED
    back.pass_on(scene, slug)
    assert [one["amount"] for one in back.transfers(scene)] == [60_00 - stripe_fee(60_00)]
    assert scene.row(slug).state == CampaignState.SUCCEEDED
    treasurer = scene.treasurers()[0]
    with scene.app.app_context(), transaction():
        refunds.give_up(db.session.get_one(Refund, refund_id), by=treasurer, at=clock.now())
    scene.work()
    assert sum(one["amount"] for one in back.transfers(scene)) == 160_00 - stripe_fee(100_00) - stripe_fee(60_00)
    assert scene.row(slug).state == CampaignState.SETTLED
    assert back.tasks(scene) == []
    assert_books_equal(scene)
    assert scene.pledge(other).state == PledgeState.PAID


def test_case_49_a_pending_refund_whose_bell_is_lost_is_found_by_the_worker(scene: Scene) -> None:
    _, (gift,) = back.collected(scene, 100_00, card=STAYS_PENDING)
    refund_id = back.give_back(scene, gift)
    scene.travel(hours=2)
    work_without(scene, "events", "poll", "books")
    assert back.refund(scene, refund_id).state == RefundState.SUCCEEDED
    assert_books_equal(scene)


def test_case_50_after_the_transfer_the_holder_gives_their_share_back_first(scene: Scene) -> None:
    slug, (gift, other) = back.passed_on(scene, 100_00, 60_00, fee_bps=500)
    received = back.transfer_of(scene, gift).amount_cents
    back.give_back(scene, gift, 50_00)
    first = (received * 50_00 * 2 + 100_00) // (2 * 100_00)
    assert [one.amount_cents for one in back.reversals(scene)] == [first]
    back.give_back(scene, gift)
    assert sum(one.amount_cents for one in back.reversals(scene)) == received
    assert back.holder_balance(scene) == back.transfer_of(scene, other).amount_cents
    # The platform gives its own fee back too, and bears Stripe's.
    assert back.balance(scene, ledger.FEES_PLATFORM) == 100_00 - received - (5_00 + 3_00)
    assert back.left_to(scene, slug) == 0
    assert scene.pledge(gift).state == PledgeState.REFUNDED
    assert len([subject for subject in back.holder_mails(scene, slug) if "repris sur votre compte" in subject]) == 2
    assert_books_equal(scene)


def test_case_50_an_empty_account_is_a_debt_and_the_contributor_does_not_wait_for_it(scene: Scene) -> None:
    slug, (gift,) = back.passed_on(scene, 100_00)
    back.empty_holder(scene)
    back.give_back(scene, gift)
    (owed,) = back.reversals(scene)
    assert (owed.state, owed.amount_cents) == (ReversalState.OWED, 100_00 - stripe_fee(100_00))
    holder = ledger.of_holder(scene.row(slug).owner_id)
    assert back.balance(scene, holder) == owed.amount_cents
    assert [one["amount"] for one in back.made_refunds(scene)] == [100_00]
    assert back.tasks(scene) == ["reversal_owed"]
    assert_books_equal(scene)


def test_case_50_a_debt_is_asked_for_once_a_day_and_paid_when_there_is_money_again(scene: Scene) -> None:
    slug, (gift,) = back.passed_on(scene, 100_00)
    back.empty_holder(scene)
    back.give_back(scene, gift)
    scene.travel(hours=23)
    scene.work(2)
    assert back.reversals(scene)[0].tries == 1
    scene.travel(hours=2)
    scene.work(2)
    assert (back.reversals(scene)[0].tries, back.reversals(scene)[0].state) == (2, ReversalState.OWED)
    # Another campaign of the same holder brings the account money: here Stripe simply has it again.
    owed = back.reversals(scene)[0].amount_cents
    back.refill_holder(scene)
    scene.travel(days=1, minutes=5)
    scene.work(2)
    assert back.reversals(scene)[0].state == ReversalState.DONE
    assert back.balance(scene, ledger.of_holder(scene.row(slug).owner_id)) == 0
    assert back.transfer_of(scene, gift).reversed_cents == owed
    assert back.tasks(scene) == []
    assert len(back.made_refunds(scene)) == 1
    assert_books_equal(scene)


@pytest.mark.parametrize("cents", [40_00, 100_00])
def test_case_52_a_refund_made_in_the_dashboard_is_booked_and_shown_to_a_person(scene: Scene, cents: int) -> None:
    slug, (gift, _) = back.collected(scene, 100_00, 50_00)
    charge = back.charge_of(scene, gift).stripe_charge
    back.dashboard(scene).v1.refunds.create({"charge": charge, "amount": cents})
    scene.work(2)
    state = PledgeState.REFUNDED if cents == 100_00 else PledgeState.PART_REFUNDED
    assert (scene.pledge(gift).state, scene.pledge(gift).refunded_cents) == (state, cents)
    assert back.left_to(scene, slug) == 150_00 - cents
    found = back.task(scene, "refund_found")
    assert (found.ours_cents, found.theirs_cents) == (0, cents)
    assert_books_equal(scene)
    back.pass_on(scene, slug)
    assert scene.row(slug).state == CampaignState.SETTLED
    assert_books_equal(scene)


def test_case_52_a_refund_made_there_after_the_transfer_takes_nothing_from_the_holder_by_itself(scene: Scene) -> None:
    slug, (gift,) = back.passed_on(scene, 100_00)
    charge = back.charge_of(scene, gift).stripe_charge
    back.dashboard(scene).v1.refunds.create({"charge": charge, "amount": 30_00})
    scene.work(2)
    assert back.reversals(scene) == []
    assert back.balance(scene, ledger.FEES_PLATFORM) == 30_00
    # The person decides to take the holder's share back, there too: it repays the platform first.
    client, made = back.dashboard(scene), back.transfer_of(scene, gift)
    share = (made.amount_cents * 30_00 * 2 + 100_00) // (2 * 100_00)
    assert made.stripe_transfer is not None
    client.v1.transfers.reversals.create(made.stripe_transfer, {"amount": share + 1_00})
    scene.work(2)
    assert back.balance(scene, ledger.FEES_PLATFORM) == 30_00 - share
    assert back.left_to(scene, slug) == 1_00
    assert back.tasks(scene) == ["refund_found", "reversal_found"]
    # What is in hand pays the next refund before the holder is asked again.
    back.give_back(scene, gift, 10_00)
    asked = [one.amount_cents for one in back.reversals(scene)][1:]
    assert asked == [back.next_share(made.amount_cents, 30_00, 10_00) - 1_00]
    assert back.left_to(scene, slug) == 0
    assert_books_equal(scene)


def test_case_52_all_bells_lost_the_night_finds_it(scene: Scene) -> None:
    slug, (gift,) = back.collected(scene, 100_00)
    charge = back.charge_of(scene, gift).stripe_charge
    back.dashboard(scene).v1.refunds.create({"charge": charge, "amount": 10_00})
    scene.travel(days=1)
    work_without(scene, "events", "poll")
    assert scene.pledge(gift).refunded_cents == 10_00
    assert back.tasks(scene) == ["refund_found"]
    assert scene.row(slug).raised_cents == 90_00
    assert_books_equal(scene)


def test_a_refund_asked_while_the_transfer_is_under_way_waits_for_it(scene: Scene) -> None:
    slug, (gift,) = back.collected(scene, 100_00)
    scene.approve_payout(slug)
    scene.travel(days=7, minutes=5)
    work_without(scene, "operations", "refunds")
    refund_id = back.ask_back(scene, gift)
    work_without(scene, "operations")
    assert (back.refund(scene, refund_id).state, back.made_refunds(scene)) == (RefundState.PLANNED, [])
    scene.work()
    assert back.refund(scene, refund_id).state == RefundState.SUCCEEDED
    assert [one.state for one in back.reversals(scene)] == [ReversalState.DONE]
    assert_books_equal(scene)


def test_the_job_of_refunds_sends_nothing_twice(scene: Scene) -> None:
    _, (gift,) = back.collected(scene, 100_00)
    back.ask_back(scene, gift, 20_00)
    together(*(inside(scene, back_jobs.send_refunds) for _ in range(3)))
    scene.work()
    assert [one["amount"] for one in back.made_refunds(scene)] == [20_00]
    assert_books_equal(scene)
