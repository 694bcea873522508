"""Refunds at their edges: two persons, second tries, what waits for a person, and whose money it is meanwhile."""

from __future__ import annotations

import pytest

from app.core import clock
from app.core.database import db, transaction
from app.payments import ledger
from app.payments.runner import run_chain
from app.pledges.rules import PledgeState
from app.settlement import back_sync
from app.settlement import refund_services as refunds
from app.settlement.errors import NothingToRefund, SamePerson
from app.settlement.models import Charge, Refund, RefundReason, RefundState, ReversalState, TransferState
from app.settlement.rules import part_cents
from tests.money import back
from tests.money.back import stripe_fee
from tests.money.support import assert_books_equal, inside, ring, work_without
from tests.money.test_cases_transfers import cancel
from tests.support.scene import Gift, Scene

FAILS_LATER, STAYS_PENDING = "4000000000005126", "4000000000007726"


def propose(scene: Scene, gift: Gift, cents: int | None = None) -> int:
    by = scene.treasurers()[0]
    pledge_id = scene.pledge(gift).id
    with scene.app.app_context(), transaction():
        pledge = db.session.get_one(back.Pledge, pledge_id)
        return refunds.propose(
            pledge, reason=RefundReason.GOODWILL, amount_cents=cents, by=by, words="Pardon.", at=clock.now()
        ).id


def approve(scene: Scene, refund_id: int, *, second: bool = True) -> None:
    by = scene.treasurers()[int(second)]
    with scene.app.app_context(), transaction():
        refunds.approve(db.session.get_one(Refund, refund_id), by=by, at=clock.now())


def try_again(scene: Scene, refund_id: int) -> None:
    by = scene.treasurers()[0]
    with scene.app.app_context(), transaction():
        refunds.try_again(db.session.get_one(Refund, refund_id), by=by, at=clock.now())
    scene.work()


def test_nothing_leaves_before_a_second_person_and_the_money_is_not_passed_on_meanwhile(scene: Scene) -> None:
    slug, (gift, _) = back.collected(scene, 100_00, 60_00)
    refund_id = propose(scene, gift, 30_00)
    back.pass_on(scene, slug)
    assert back.made_refunds(scene) == []
    assert [one["amount"] for one in back.transfers(scene)] == [60_00 - stripe_fee(60_00)]
    with pytest.raises(SamePerson):
        approve(scene, refund_id, second=False)
    for _ in range(2):
        approve(scene, refund_id)
    scene.work()
    assert [one["amount"] for one in back.made_refunds(scene)] == [30_00]
    left = 70_00 - (stripe_fee(100_00) - back.next_share(stripe_fee(100_00), 0, 30_00))
    assert sorted(one["amount"] for one in back.transfers(scene)) == [60_00 - stripe_fee(60_00), left]
    assert_books_equal(scene)


def test_what_is_proposed_leaves_no_room_for_more(scene: Scene) -> None:
    _, (gift,) = back.collected(scene, 100_00)
    propose(scene, gift)
    with pytest.raises(NothingToRefund):
        back.ask_back(scene, gift)


def test_contested_between_the_two_persons_nothing_is_approved(scene: Scene) -> None:
    _, (gift,) = back.collected(scene, 100_00)
    refund_id = propose(scene, gift)
    back.contest(scene, gift)
    with pytest.raises(NothingToRefund):
        approve(scene, refund_id)
    assert back.refund(scene, refund_id).state == RefundState.PROPOSED


def test_refunded_in_the_dashboard_between_the_two_persons_nothing_is_approved(scene: Scene) -> None:
    _, (gift,) = back.collected(scene, 100_00)
    refund_id = propose(scene, gift, 60_00)
    back.dashboard(scene).v1.refunds.create({"charge": back.charge_of(scene, gift).stripe_charge, "amount": 50_00})
    scene.work(2)
    with pytest.raises(NothingToRefund):
        approve(scene, refund_id)
    assert_books_equal(scene)


def test_a_cancelled_campaign_overtakes_what_was_proposed(scene: Scene) -> None:
    slug, (gift,) = back.collected(scene, 100_00)
    refund_id = propose(scene, gift, 30_00)
    cancel(scene, slug)
    scene.work()
    assert back.refund(scene, refund_id).state == RefundState.CANCELLED
    assert [one["amount"] for one in back.made_refunds(scene)] == [100_00]
    assert scene.pledge(gift).state == PledgeState.REFUNDED
    assert_books_equal(scene)


def failed(scene: Scene, gift: Gift, cents: int | None = None) -> int:
    """Sent, and come back from the bank."""
    refund_id = back.give_back(scene, gift, cents)
    scene.stripe.control("refunds", "POST", id=back.made_refunds(scene)[-1]["id"], status="failed")
    scene.work(2)
    assert back.refund(scene, refund_id).state == RefundState.FAILED
    return refund_id


def test_a_failed_one_is_tried_again_and_its_old_bells_change_nothing(scene: Scene) -> None:
    slug, (gift,) = back.collected(scene, 100_00, card=STAYS_PENDING)
    refund_id = failed(scene, gift)
    old = back.made_refunds(scene)[0]["id"]
    try_again(scene, refund_id)
    assert back.refund(scene, refund_id).state == RefundState.PENDING
    charge_id = back.charge_of(scene, gift).stripe_charge
    for object_type, object_id in (("refund", old), ("charge", charge_id)):
        inside(scene, lambda kind=object_type, one=object_id: back_sync.ring_charge(scene.pledge(gift).id, kind, one))()
    inside(scene, lambda: back_sync.ring_refund(refund_id, "refund", old))()
    assert back.refund(scene, refund_id).state == RefundState.PENDING
    assert len(back.made_refunds(scene)) == 2
    assert back.left_to(scene, slug) == 0
    assert back.tasks(scene) == []
    scene.travel(hours=2)
    scene.work()
    assert back.refund(scene, refund_id).state == RefundState.SUCCEEDED
    assert_books_equal(scene)


def test_another_refund_replaces_the_one_that_failed(scene: Scene) -> None:
    _, (gift,) = back.collected(scene, 100_00, card=STAYS_PENDING)
    first = failed(scene, gift, 40_00)
    second = back.give_back(scene, gift, 50_00)
    assert back.refund(scene, first).state == RefundState.CANCELLED
    assert back.refund(scene, second).state == RefundState.PENDING
    assert back.tasks(scene) == []
    with pytest.raises(NothingToRefund):
        try_again(scene, first)
    assert_books_equal(scene)


def test_after_the_transfer_a_failed_one_keeps_the_holders_share_for_its_contributor(scene: Scene) -> None:
    slug, (gift,) = back.passed_on(scene, 100_00, card=STAYS_PENDING)
    received = back.transfer_of(scene, gift).amount_cents
    refund_id = failed(scene, gift)
    assert back.left_to(scene, slug) == received
    assert_books_equal(scene)
    try_again(scene, refund_id)
    assert [one.state for one in back.reversals(scene)] == [ReversalState.DONE]
    assert (back.left_to(scene, slug), back.balance(scene, ledger.FEES_PLATFORM)) == (0, 100_00 - received)
    assert_books_equal(scene)


def test_a_part_that_fails_after_the_rest_was_passed_on_takes_nothing_from_the_holder_twice(scene: Scene) -> None:
    slug, (gift,) = back.collected(scene, 100_00, card="4242424242424242")
    back.give_back(scene, gift, 40_00)
    back.pass_on(scene, slug)
    received = back.transfer_of(scene, gift).amount_cents
    scene.stripe.control("refunds", "POST", id=back.made_refunds(scene)[0]["id"], status="failed")
    scene.work(2)
    assert (scene.pledge(gift).refunded_cents, back.left_to(scene, slug)) == (0, 40_00)
    assert_books_equal(scene)
    back.give_back(scene, gift, 40_00)
    assert back.reversals(scene) == []
    assert back.left_to(scene, slug) == 0
    back.give_back(scene, gift)
    assert [one.amount_cents for one in back.reversals(scene)] == [received]
    assert back.left_to(scene, slug) == 0
    assert_books_equal(scene)


@pytest.mark.parametrize("fails", [True, False], ids=["a refund fails", "one is made in the dashboard"])
def test_what_is_heard_of_a_refund_while_a_transfer_flies_leaves_no_part_of_stripes_fee_nowhere(
    scene: Scene, fails: bool
) -> None:
    slug, (gift,) = back.collected(scene, 100_00, fee_bps=500)
    if fails:
        back.give_back(scene, gift, 40_00)
        scene.travel(hours=2)
        scene.work()
    scene.travel(days=7, minutes=5)
    scene.approve_payout(slug)
    ring(scene, "transfers")
    if fails:
        scene.stripe.control("refunds", "POST", id=back.made_refunds(scene)[0]["id"], status="failed")
    else:
        back.dashboard(scene).v1.refunds.create({"charge": back.charge_of(scene, gift).stripe_charge, "amount": 40_00})
    ring(scene, "poll", "events")
    assert scene.pledge(gift).refunded_cents == (0 if fails else 40_00)
    with scene.app.app_context():
        run_chain("transfers", back.transfer_of(scene, gift).id)
    scene.work()
    assert back.transfer_of(scene, gift).state == TransferState.DONE
    assert back.balance(scene, ledger.FEES_PSP) == 0
    assert_books_equal(scene)


def test_two_parts_asked_while_a_transfer_flies_cost_the_holder_their_share_to_the_cent_in_any_order(
    scene: Scene,
) -> None:
    slug, (gift, _) = back.collected(scene, 59_90, 60_10)
    scene.travel(days=7, minutes=5)
    scene.approve_payout(slug)
    ring(scene, "transfers")
    first, second = (back.ask_back(scene, gift, 5_99) for _ in range(2))
    assert back.reversals(scene) == [], "nothing is taken back of a transfer whose answer is not known"
    with scene.app.app_context():
        run_chain("transfers", back.transfer_of(scene, gift).id)
        for number, refund_id in enumerate((second, first)):
            with transaction():
                refunds.send(db.session.get_one(Refund, refund_id), at=clock.now())
            run_chain("reversals", back.reversals(scene)[number].id)
            run_chain("refunds", refund_id)
    scene.work()
    received = 59_90 - stripe_fee(59_90)
    assert sum(one.amount_cents for one in back.reversals(scene)) == part_cents(received, 11_98, 59_90)
    assert_books_equal(scene)


def test_a_refund_whose_bell_comes_before_our_own_answer_is_booked_once(scene: Scene) -> None:
    _, (gift,) = back.collected(scene, 100_00)
    scene.stripe.control("faults", "POST", method="POST", path="/v1/refunds", action="drop", phase="after", times=1)
    refund_id = back.ask_back(scene, gift)
    scene.work(1)
    work_without(scene, "operations", "books")
    assert back.refund(scene, refund_id).state == RefundState.SUCCEEDED
    scene.travel(minutes=6)
    scene.work()
    with scene.app.app_context():
        assert db.session.query(Charge).one().refunded_cents == 100_00
    assert len(back.made_refunds(scene)) == 1
    assert back.tasks(scene) == []
    assert_books_equal(scene)
