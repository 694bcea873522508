"""Money moved after the copy was made: found again, booked once, never taken a second time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.core.jobs import run_once
from app.payments.models import MoneyTask, PspEnvironment, StripeOperation
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement import refund_services as refunds
from app.settlement.models import Charge, Refund, RefundReason, Transfer
from app.upkeep import catch_up
from fake_stripe import shopper
from tests.support.scene import FAILS_LATER, Gift, Scene
from tests.upkeep.copies import backup, restore, rows, run, worker_has_stopped


def charges_per_pledge(scene: Scene) -> Counter[str]:
    return Counter(one["metadata"]["pledge"] for one in scene.charges())


def back_to(scene: Scene, folder: Path, *, days: float = 0) -> str:
    """The disaster, `days` before anybody restores: Stripe forgets its keys after one."""
    if days:
        scene.travel(days=days)
    worker_has_stopped(scene.app)
    said = restore(scene.app, folder)
    with scene.app.app_context():
        assert db.session.query(PspEnvironment).one().catch_up_from is None
        db.session.remove()
    return said


def everything_agrees(scene: Scene, *gifts: Gift) -> None:
    assert set(charges_per_pledge(scene)) == {gift.public_id for gift in gifts}
    assert set(charges_per_pledge(scene).values()) <= {1}, "nobody is charged twice"
    assert [scene.pledge(gift).state for gift in gifts] == [PledgeState.PAID] * len(gifts)
    assert len(rows(scene.app, Charge)) == len(gifts)
    checked = scene.check()
    assert checked.exit_code == 0, checked.output


@pytest.mark.parametrize("days", [0, 3])
def test_charged_after_the_copy_is_booked_once_and_nobody_is_charged_twice(
    scene: Scene, tmp_path: Path, days: int
) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gifts = [scene.give(slug, cents=cents) for cents in (60_00, 70_00)]
    folder = backup(scene.app, tmp_path / "copy")
    scene.close(slug)
    assert len(scene.charges()) == 2
    back_to(scene, folder, days=days)
    assert scene.pledge(gifts[0]).state == PledgeState.AUTHORISED
    scene.work()
    everything_agrees(scene, *gifts)


def test_without_catching_up_the_same_restore_would_charge_twice(scene: Scene, tmp_path: Path) -> None:
    """The danger is real: what stands between it and the contributors is the catching up alone."""
    slug = scene.campaign(goal_cents=100_00)
    gifts = [scene.give(slug, cents=cents) for cents in (60_00, 70_00)]
    folder = backup(scene.app, tmp_path / "copy")
    scene.close(slug)
    back_to(scene, folder, days=3)
    with scene.app.app_context(), transaction():
        db.session.query(PspEnvironment).one().restorations = 0
        for pledge in db.session.query(Pledge):
            pledge.payment_intent = None
        db.session.execute(db.text("DELETE FROM stripe_objects WHERE stripe_id LIKE 'pi_%'"))
    scene.work()
    assert set(charges_per_pledge(scene).values()) == {2}
    assert len(gifts) == 2


def test_a_card_given_on_a_page_asked_for_after_the_copy(scene: Scene, tmp_path: Path) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.promise(slug, cents=120_00)
    folder = backup(scene.app, tmp_path / "copy")
    gift.checkout = scene.press(gift, "/carte").headers["Location"]
    scene.fill_card(gift)
    scene.close(slug)
    assert len(scene.charges()) == 1
    back_to(scene, folder, days=3)
    scene.work()
    everything_agrees(scene, gift)


def test_a_card_replaced_after_the_copy_stays_the_one_that_is_charged(scene: Scene, tmp_path: Path) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=120_00, card=FAILS_LATER)
    folder = backup(scene.app, tmp_path / "copy")
    page = scene.press(gift, "/carte").headers["Location"]
    scene.come_back(gift, shopper.complete_checkout(page))
    back_to(scene, folder)
    scene.close(slug)
    everything_agrees(scene, gift)


@pytest.mark.parametrize("days", [0, 3])
def test_passed_on_after_the_copy_is_not_passed_on_again(scene: Scene, tmp_path: Path, days: int) -> None:
    slug = scene.campaign(goal_cents=100_00, fee_bps=500)
    gifts = [scene.give(slug, cents=cents) for cents in (60_00, 70_00)]
    scene.close(slug)
    scene.treasurers()
    folder = backup(scene.app, tmp_path / "copy")
    scene.travel(days=7, hours=1)
    pass_on(scene, slug)
    sent = scene.stripe.control("state")["transfers"]
    assert len(sent) == 2
    back_to(scene, folder, days=days)
    pass_on(scene, slug)
    assert scene.row(slug).state == CampaignState.SETTLED
    assert scene.stripe.control("state")["transfers"] == sent
    assert len(rows(scene.app, Transfer)) == 2
    everything_agrees(scene, *gifts)


def pass_on(scene: Scene, slug: str) -> None:
    scene.work()
    scene.approve_payout(slug)
    scene.work()


def test_a_call_that_was_under_way_in_the_copy_is_not_made_twice(scene: Scene, tmp_path: Path) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=120_00)
    fault = {"method": "POST", "path": "/v1/payment_intents", "phase": "after", "action": "drop", "times": 1}
    scene.stripe.control("faults", "POST", **fault)
    scene.close(slug)
    folder = backup(scene.app, tmp_path / "copy")
    scene.travel(minutes=10)
    scene.work()
    assert len(scene.charges()) == 1
    back_to(scene, folder, days=3)
    scene.travel(minutes=10)
    scene.work()
    everything_agrees(scene, gift)
    assert len(scene.stripe.control("state")["payment_intents"]) == 1


def test_a_promise_made_after_the_copy_is_lost_and_said_so(scene: Scene, tmp_path: Path) -> None:
    slug = scene.campaign(goal_cents=100_00)
    kept = scene.give(slug, cents=120_00)
    folder = backup(scene.app, tmp_path / "copy")
    lost = scene.give(slug, cents=50_00)
    scene.close(slug)
    said = back_to(scene, folder)
    assert "1 promises made after the copy are lost here (5000 cents" in said
    (task,) = rows(scene.app, MoneyTask)
    assert task.data["pledge"] == lost.public_id
    assert task.theirs_cents == 50_00
    scene.work()
    assert scene.pledge(kept).state == PledgeState.PAID
    assert set(charges_per_pledge(scene).values()) == {1}
    checked = scene.check()
    assert checked.exit_code == 1
    assert "charges without promise" in checked.output


def test_a_goal_that_only_lost_promises_had_reached_is_for_a_person_to_decide(scene: Scene, tmp_path: Path) -> None:
    """Charged for a campaign that fails in this life: never taken again, never given back by itself, always shown."""
    slug = scene.campaign(goal_cents=100_00)
    kept = scene.give(slug, cents=60_00)
    folder = backup(scene.app, tmp_path / "copy")
    lost = scene.give(slug, cents=70_00)
    scene.close(slug)
    back_to(scene, folder)
    scene.work()
    assert scene.row(slug).state == CampaignState.FAILED
    assert scene.pledge(kept).state == PledgeState.RELEASED
    assert charges_per_pledge(scene) == {kept.public_id: 1, lost.public_id: 1}
    checked = scene.check()
    assert checked.exit_code == 1
    assert f"≠ {slug}" in checked.output


def test_nothing_is_sent_while_stripe_is_silent_after_a_restore(scene: Scene, tmp_path: Path) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=120_00)
    folder = backup(scene.app, tmp_path / "copy")
    scene.close(slug)
    scene.travel(days=3)
    worker_has_stopped(scene.app)
    scene.stripe.control("faults", "POST", method="GET", path="/v1/*", action="drop", times=0)
    assert "the worker catches up before it sends anything" in restore(scene.app, folder)
    before = len(scene.stripe.control("orders")["orders"])
    with scene.app.app_context():
        run_once(scene.app.extensions["jobs"])
    assert len(scene.stripe.control("orders")["orders"]) == before, "nothing was ordered"
    scene.stripe.control("faults", "DELETE")
    scene.work()
    everything_agrees(scene, gift)


def test_names_of_calls_are_new_after_each_restore_and_old_ones_are_known(scene: Scene, tmp_path: Path) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=60_00)
    folder = backup(scene.app, tmp_path / "copy")
    before = {one.idempotency_key for one in rows(scene.app, StripeOperation)}
    back_to(scene, folder)
    again = backup(scene.app, tmp_path / "again")
    back_to(scene, again)
    scene.give(slug, cents=70_00)
    new = {one.idempotency_key for one in rows(scene.app, StripeOperation)} - before
    assert new
    assert all(".2:" in name for name in new)
    scene.close(slug)
    assert scene.check().exit_code == 0


def test_catching_up_twice_changes_nothing(scene: Scene, tmp_path: Path) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=120_00)
    folder = backup(scene.app, tmp_path / "copy")
    scene.close(slug)
    back_to(scene, folder)
    with scene.app.app_context():
        with transaction():
            db.session.query(PspEnvironment).one().catch_up_from = scene.pledge(gift).created_at
        assert catch_up.catch_up().found_again == 0
        assert catch_up.catch_up_when_asked() == ""
    scene.work()
    everything_agrees(scene, gift)
    assert run(scene.app, "payments", "doctor").exit_code == 0


def a_proposed_refund(scene: Scene, gift: Gift) -> int:
    first, _second = scene.treasurers()
    with scene.app.app_context(), transaction():
        pledge = db.session.query(Pledge).filter_by(public_id=gift.public_id).one()
        reason = RefundReason.GOODWILL
        asked = refunds.propose(pledge, reason=reason, amount_cents=10_00, by=first, words="", at=clock.now())
        return asked.id


def approve(scene: Scene, refund_id: int) -> None:
    _first, second = scene.treasurers()
    with scene.app.app_context(), transaction():
        refunds.approve(db.session.get_one(Refund, refund_id), by=second, at=clock.now())
    scene.work()


@pytest.mark.parametrize("is_proposed_in_copy", [True, False])
def test_given_back_after_the_copy_is_not_given_back_again(
    scene: Scene, tmp_path: Path, is_proposed_in_copy: bool
) -> None:
    """Approved again it is found at Stripe; unknown to the copy it is booked as found there."""
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=120_00)
    scene.close(slug)
    scene.treasurers()
    refund_id = a_proposed_refund(scene, gift) if is_proposed_in_copy else 0
    folder = backup(scene.app, tmp_path / "copy")
    approve(scene, refund_id or a_proposed_refund(scene, gift))
    assert [one["amount"] for one in scene.stripe.control("state")["refunds"]] == [10_00]
    back_to(scene, folder, days=3)
    scene.work()
    if is_proposed_in_copy:
        approve(scene, refund_id)
    assert [one["amount"] for one in scene.stripe.control("state")["refunds"]] == [10_00]
    assert [one.refunded_cents for one in rows(scene.app, Charge)] == [10_00]
    checked = scene.check()
    assert checked.exit_code == 0, checked.output
