"""Fault cases 51 and 52 (payments design §10): a contributor contests a payment at their bank."""

from __future__ import annotations

import itertools

import pytest

from app.campaigns.models import Reward
from app.campaigns.rules import CampaignState
from app.core.database import db, transaction
from app.payments import ledger
from app.payments.models import LedgerTransaction
from app.pledges.rules import PledgeState
from app.settlement import back_sync
from app.settlement.models import DisputeState, ReversalState
from tests.money import back
from tests.money.back import DISPUTE_FEE, stripe_fee
from tests.money.support import assert_books_equal, inside, together, work_without
from tests.support.scene import Scene


def test_case_51_contested_before_the_transfer_its_money_is_held_and_it_counts_no_more(scene: Scene) -> None:
    slug, (gift, other) = back.collected(scene, 100_00, 60_00)
    back.contest(scene, gift)
    assert (scene.pledge(gift).state, back.dispute(scene).state) == (PledgeState.DISPUTED, DisputeState.OPEN)
    assert (scene.row(slug).raised_cents, scene.row(slug).backers_count) == (60_00, 1)
    assert back.balance(scene, ledger.DISPUTES) == 100_00
    assert back.balance(scene, ledger.FEES_PLATFORM) == DISPUTE_FEE
    asked = back.task(scene, "dispute_opened")
    assert (asked.theirs_cents, asked.data["reason"], bool(asked.data["due_at"])) == (100_00, "fraudulent", True)
    assert "Un paiement de 100 € est contesté" in back.holder_mails(scene, slug)
    assert any("vérifie un paiement" in subject for subject in scene.mails(gift))
    assert_books_equal(scene)
    back.pass_on(scene, slug)
    assert [one["amount"] for one in back.transfers(scene)] == [60_00 - stripe_fee(60_00)]
    # It waits for nothing else: the campaign is settled, and the contested one comes later, or never.
    assert scene.row(slug).state == CampaignState.SETTLED
    assert_books_equal(scene)
    assert scene.pledge(other).state == PledgeState.PAID


def test_case_51_won_it_counts_again_and_is_passed_on_even_after_the_settlement(scene: Scene) -> None:
    slug, (gift, _) = back.collected(scene, 100_00, 60_00, fee_bps=500)
    dispute_id = back.contest(scene, gift)
    back.pass_on(scene, slug)
    back.decide(scene, dispute_id, "won")
    assert (scene.pledge(gift).state, back.dispute(scene).state) == (PledgeState.PAID, DisputeState.WON)
    assert scene.row(slug).raised_cents == 160_00
    scene.work()
    assert sum(one["amount"] for one in back.transfers(scene)) == 160_00 - stripe_fee(100_00) - stripe_fee(60_00) - 8_00
    assert (back.left_to(scene, slug), back.balance(scene, ledger.DISPUTES)) == (0, 0)
    assert back.balance(scene, ledger.FEES_PLATFORM) == -8_00
    assert back.tasks(scene) == []
    assert_books_equal(scene)


def test_case_51_lost_before_the_transfer_the_platform_bears_the_fees_and_the_campaign_the_rest(scene: Scene) -> None:
    slug, (gift, _) = back.collected(scene, 100_00, 60_00)
    dispute_id = back.contest(scene, gift)
    back.decide(scene, dispute_id, "lost")
    assert (scene.pledge(gift).state, back.dispute(scene).state) == (PledgeState.LOST, DisputeState.LOST)
    assert scene.pledge(gift).refunded_cents == back.charge_of(scene, gift).refunded_cents == 100_00
    assert (back.left_to(scene, slug), back.balance(scene, ledger.DISPUTES)) == (60_00, 0)
    assert back.balance(scene, ledger.FEES_PLATFORM) == DISPUTE_FEE + stripe_fee(100_00)
    back.pass_on(scene, slug)
    assert len(back.transfers(scene)) == 1
    assert scene.row(slug).state == CampaignState.SETTLED
    assert back.tasks(scene) == []
    assert_books_equal(scene)


def test_case_51_lost_after_the_transfer_the_holders_share_comes_back(scene: Scene) -> None:
    slug, (gift, _) = back.passed_on(scene, 100_00, 60_00, fee_bps=500)
    received = back.transfer_of(scene, gift).amount_cents
    dispute_id = back.contest(scene, gift)
    assert back.reversals(scene) == []
    back.decide(scene, dispute_id, "lost")
    scene.work()
    assert [(one.state, one.amount_cents) for one in back.reversals(scene)] == [(ReversalState.DONE, received)]
    assert (back.left_to(scene, slug), back.balance(scene, ledger.DISPUTES)) == (0, 0)
    assert back.balance(scene, ledger.FEES_PLATFORM) == DISPUTE_FEE + 100_00 - received - 8_00
    assert "Le paiement contesté de 100 € est rendu" in back.holder_mails(scene, slug)
    assert_books_equal(scene)


def test_case_51_lost_and_the_account_is_empty_it_is_a_debt(scene: Scene) -> None:
    slug, (gift,) = back.passed_on(scene, 100_00)
    back.empty_holder(scene)
    dispute_id = back.contest(scene, gift)
    back.decide(scene, dispute_id, "lost")
    scene.work()
    received = 100_00 - stripe_fee(100_00)
    assert [one.state for one in back.reversals(scene)] == [ReversalState.OWED]
    assert back.balance(scene, ledger.of_holder(scene.row(slug).owner_id)) == received
    assert back.left_to(scene, slug) == 0
    assert back.tasks(scene) == ["reversal_owed"]
    assert_books_equal(scene)


def test_case_51_a_partly_refunded_charge_is_contested_for_what_is_left(scene: Scene) -> None:
    slug, (gift,) = back.collected(scene, 100_00)
    back.give_back(scene, gift, 40_00)
    dispute_id = back.contest(scene, gift)
    assert back.dispute(scene).amount_cents == 60_00
    back.decide(scene, dispute_id, "won")
    assert scene.pledge(gift).state == PledgeState.PART_REFUNDED
    assert scene.row(slug).raised_cents == 60_00
    assert_books_equal(scene)


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_case_51_contested_for_all_although_it_was_refunded(scene: Scene, outcome: str) -> None:
    """The bank takes what had already gone back: only the platform can bear that."""
    slug, (gift, _) = back.collected(scene, 100_00, 60_00)
    back.give_back(scene, gift)
    borne = back.balance(scene, ledger.FEES_PLATFORM)
    dispute_id = back.contest(scene, gift, amount=100_00)
    assert scene.pledge(gift).state == PledgeState.REFUNDED
    assert_books_equal(scene)
    back.decide(scene, dispute_id, outcome)
    assert scene.pledge(gift).state == PledgeState.REFUNDED
    assert back.left_to(scene, slug) == 60_00
    lost = 100_00 + DISPUTE_FEE if outcome == "lost" else 0
    assert back.balance(scene, ledger.FEES_PLATFORM) == borne + lost
    assert back.charge_of(scene, gift).refunded_cents == 100_00
    assert_books_equal(scene)


def test_case_51_the_reward_given_to_somebody_else_meanwhile_is_lost_and_the_money_is_not(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00, stock=1)
    with scene.app.app_context():
        reward = str(scene.reward(slug).id)
    gift = scene.give(slug, cents=100_00, reward=reward)
    scene.close(slug)
    dispute_id = back.contest(scene, gift)
    assert scene.reward(slug).stock_left == 1
    with scene.app.app_context(), transaction():
        taken = db.session.query(Reward).one()
        taken.stock_left, taken.chosen_count = 0, 1
    back.decide(scene, dispute_id, "won")
    assert (scene.pledge(gift).state, scene.pledge(gift).reward_id) == (PledgeState.PAID, None)


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_case_51_bells_in_any_order_twice_or_late_change_nothing(scene: Scene, outcome: str) -> None:
    slug, (gift,) = back.collected(scene, 100_00)
    scene.stripe.control("webhooks", "POST", mode="drop")
    made = scene.stripe.control("disputes", "POST", charge=back.charge_of(scene, gift).stripe_charge)
    scene.stripe.control("disputes", "POST", id=made["id"], outcome=outcome)
    pledge_id = scene.pledge(gift).id

    def ring() -> None:
        back_sync.ring_charge(pledge_id, "dispute", made["id"])

    for _ in range(2):
        inside(scene, ring)()
    together(inside(scene, ring), inside(scene, ring))
    scene.work(2)
    with scene.app.app_context():
        kinds = [one.kind for one in db.session.query(LedgerTransaction).order_by(LedgerTransaction.id)]
    assert kinds == ["charge", "dispute", f"dispute_{outcome}"]
    assert scene.pledge(gift).state == (PledgeState.PAID if outcome == "won" else PledgeState.LOST)
    assert len([one for one in back.holder_mails(scene, slug) if "contesté" in one]) == 2
    assert_books_equal(scene)


def test_case_51_a_bank_that_decides_twice_is_shown_to_a_person_and_moves_nothing(scene: Scene) -> None:
    _, (gift,) = back.collected(scene, 100_00)
    dispute_id = back.contest(scene, gift)
    back.decide(scene, dispute_id, "won")
    booked = back.balance(scene, ledger.AVAILABLE)
    scene.stripe.control("disputes", "POST", id=dispute_id, outcome="lost")
    scene.work(2)
    assert back.tasks(scene) == ["strange_dispute"]
    assert (scene.pledge(gift).state, back.balance(scene, ledger.AVAILABLE)) == (PledgeState.PAID, booked)


def test_case_52_a_dispute_of_which_no_bell_rang_is_found_at_night(scene: Scene) -> None:
    slug, (gift,) = back.collected(scene, 100_00)
    made = scene.stripe.control("disputes", "POST", charge=back.charge_of(scene, gift).stripe_charge)
    scene.travel(days=1)
    work_without(scene, "events", "poll")
    assert scene.pledge(gift).state == PledgeState.DISPUTED
    scene.stripe.control("disputes", "POST", id=made["id"], outcome="lost")
    scene.travel(days=1)
    work_without(scene, "events", "poll")
    assert scene.pledge(gift).state == PledgeState.LOST
    assert back.left_to(scene, slug) == 0
    assert_books_equal(scene)


def test_every_order_of_refund_dispute_and_transfer_keeps_the_books_equal(scene: Scene) -> None:
    """All at one campaign: each promise goes its own way through the three."""
    ways = list(itertools.permutations(("refund", "contest", "pass_on")))
    slug, gifts = back.collected(scene, *(100_00 + 7_77 * number for number in range(len(ways))), fee_bps=333)
    scene.approve_payout(slug)
    for step in range(3):
        for gift, way in zip(gifts, ways, strict=True):
            if way[step] == "refund" and scene.pledge(gift).state != PledgeState.DISPUTED:
                back.ask_back(scene, gift, 33_33)
            elif way[step] == "contest":
                back.contest(scene, gift)
        scene.travel(days=4)
        scene.work()
        assert_books_equal(scene)
    for number, one in enumerate(scene.stripe.control("state")["disputes"]):
        back.decide(scene, one["id"], "won" if number % 2 else "lost")
    scene.work()
    assert_books_equal(scene)
    assert back.balance(scene, ledger.DISPUTES) == 0
