"""Charging: each promise once, whatever is repeated, lost, refused or killed on the way."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.core.jobs import run_once
from app.payments import flight, runner
from app.payments.dispatch import registry
from app.payments.gateway import Gateway
from app.payments.models import LedgerEntry, LedgerTransaction, StripeOperation
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement import charge_services as charges
from app.settlement.collect_jobs import collect_due
from app.settlement.models import Charge
from app.settlement.sync import sync_intent
from fake_stripe import shopper
from tests.support.scene import Gift, Scene


def closed(scene: Scene, count: int = 3) -> tuple[str, list[Gift]]:
    """A succeeded campaign whose promises are due, and nothing collected yet."""
    slug = scene.campaign(goal_cents=100_00)
    gifts = [scene.give(slug, cents=100_00 + n) for n in range(count)]
    scene.travel_to(scene.row(slug).closes_at)
    skipped = {"collection", "operations", "transfers"}
    with scene.app.app_context():
        for _ in range(3):
            run_once([job for job in scene.app.extensions["jobs"] if job.name not in skipped])
    assert {scene.pledge(gift).state for gift in gifts} == {PledgeState.DUE}
    return slug, gifts


def fault(scene: Scene, path: str, action: str, **more: Any) -> None:
    rule = {"method": "POST", "path": path, "action": action, **more}
    status, _, answer = shopper.request(
        "POST", f"{scene.stripe.url}/_control/faults", json.dumps(rule).encode(), "application/json"
    )
    assert status == 200, answer


def was_played(scene: Scene) -> bool:
    return all(rule["played"] for rule in scene.stripe.control("faults")["rules"])


def assert_each_paid_once(scene: Scene, gifts: list[Gift]) -> None:
    assert [scene.pledge(gift).state for gift in gifts] == [PledgeState.PAID] * len(gifts)
    assert len(scene.charges()) == len(gifts)
    assert {one["metadata"]["pledge"] for one in scene.charges()} == {gift.public_id for gift in gifts}
    checked = scene.check()
    assert checked.exit_code == 0, checked.output


def test_collecting_twice_charges_once(scene: Scene) -> None:
    _, gifts = closed(scene)
    with scene.app.app_context():
        collect_due()
        collect_due()
    scene.work()
    assert_each_paid_once(scene, gifts)


def test_three_workers_at_once_charge_once(scene: Scene) -> None:
    _, gifts = closed(scene, 4)

    def collect() -> None:
        with scene.app.app_context():
            collect_due()

    threads = [threading.Thread(target=collect) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    scene.work()
    assert_each_paid_once(scene, gifts)


def test_the_order_is_written_before_each_call_and_confirmed_in_two_steps(scene: Scene) -> None:
    closed(scene, 2)
    scene.work()
    orders = [one for one in scene.stripe.control("orders")["orders"] if "/payment_intents" in one["path"]]
    creations = [one for one in orders if one["path"] == "/v1/payment_intents" and one["method"] == "POST"]
    assert len(creations) == 2
    assert all("confirm" not in str(one["params"]) for one in creations)
    assert all(one["key"] for one in orders if one["method"] == "POST")


@pytest.mark.parametrize("path", ["/v1/payment_intents", "/v1/payment_intents/*/confirm"])
@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("action", ["drop", "half", "html", "status", "sticky"])
def test_an_answer_that_is_lost_charges_nobody_twice(scene: Scene, path: str, phase: str, action: str) -> None:
    _, gifts = closed(scene, 2)
    fault(scene, path, action, phase=phase, times=2)
    for _ in range(6):
        scene.work(1)
        scene.travel(minutes=6)
    assert was_played(scene)
    assert_each_paid_once(scene, gifts)


def test_a_minute_of_429_slows_down_and_counts_no_attempt(scene: Scene) -> None:
    _, gifts = closed(scene, 2)
    fault(scene, "*/confirm", "status", status=429, times=3)
    for _ in range(5):
        scene.work(1)
        scene.travel(minutes=6)
    assert_each_paid_once(scene, gifts)
    assert was_played(scene)
    assert {scene.pledge(gift).attempts_count for gift in gifts} == {1}


def test_stripe_dies_in_the_middle_and_comes_back(scene: Scene) -> None:
    _, gifts = closed(scene, 2)
    scene.stripe.kill()
    try:
        scene.work(1)
        assert {scene.pledge(gift).state for gift in gifts} == {PledgeState.DUE}
    finally:
        scene.stripe.restart()
    for _ in range(3):
        scene.travel(minutes=6)
        scene.work(1)
    assert_each_paid_once(scene, gifts)


class Killed(BaseException):
    """As kill -9: nothing after it runs, the database keeps what was committed."""


@pytest.mark.parametrize("call", ["intent.create", "intent.confirm"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_around_a_call_is_taken_over_without_a_second_charge(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, call: str, moment: str
) -> None:
    """The process dies just before Stripe is asked, or just after Stripe has acted."""
    _, gifts = closed(scene, 1)
    real = Gateway.send

    def dying(self: Gateway, order: Any) -> Any:
        if order.kind != call:
            return real(self, order)
        if moment == "after":
            real(self, order)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Gateway, "send", dying)
        with scene.app.app_context(), pytest.raises(Killed):
            collect_due()
    for _ in range(4):
        scene.travel(minutes=3)
        scene.work(2)
    assert_each_paid_once(scene, gifts)


def test_keys_forgotten_by_stripe_after_a_day_charge_nobody_twice(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, gifts = closed(scene, 1)
    real = Gateway.send

    def dying(self: Gateway, order: Any) -> Any:
        real(self, order)
        raise Killed

    for _ in range(2):  # after the PaymentIntent, then after the confirmation
        with monkeypatch.context() as patched:
            patched.setattr(Gateway, "send", dying)
            with scene.app.app_context():
                for job in (collect_due, runner.run_due):
                    try:
                        job()
                    except Killed:
                        db.session.rollback()
        scene.travel(hours=25)
        scene.work(1)
    scene.work()
    assert_each_paid_once(scene, gifts)


def test_bells_in_any_order_after_the_charge_change_nothing(scene: Scene) -> None:
    _, gifts = closed(scene, 1)
    scene.work()
    with scene.app.app_context():
        pledge = scene.pledge(gifts[0])
        for stale in ("requires_payment_method", "requires_action", "canceled", "requires_confirmation"):
            with transaction():
                news = {
                    "id": pledge.payment_intent, "currency": "eur", "status": stale,
                    "last_payment_error": {"code": "card_declined", "decline_code": "generic_decline"},
                }  # fmt: skip
                charges.apply_intent(charges.locked(pledge.id), news, at=clock.now())
        for _ in range(3):
            sync_intent(pledge.id)
        assert db.session.query(Charge).count() == 1
        assert db.session.query(LedgerTransaction).filter_by(kind="charge").count() == 1
    assert_each_paid_once(scene, gifts)


def test_an_intent_of_another_amount_or_promise_is_not_booked(scene: Scene) -> None:
    slug, gifts = closed(scene, 2)
    with scene.app.app_context():
        for gift in gifts:
            with transaction():
                charges.collect(scene.pledge(gift).id, at=clock.now())
            runner.run_chain("pledges", scene.pledge(gift).id)
        first, second = (scene.pledge(gift) for gift in gifts)
    assert_each_paid_once(scene, gifts)
    with scene.app.app_context():
        with transaction():
            charges.apply_intent(
                charges.locked(second.id),
                {"id": first.payment_intent, "currency": "eur", "status": "succeeded"},
                at=clock.now(),
            )
        assert db.session.query(Charge).count() == 2
        assert sum(one.amount_cents for one in db.session.query(LedgerEntry)) == 0
    assert scene.row(slug).state == CampaignState.SUCCEEDED


def test_a_wrong_amount_at_stripe_is_an_alarm_and_no_booking(scene: Scene) -> None:
    _, gifts = closed(scene, 1)
    pledge = scene.pledge(gifts[0])
    with scene.app.app_context():
        with transaction():
            row = db.session.get_one(Pledge, pledge.id)
            row.payment_intent = "pi_somewhere"
            row.state = PledgeState.CHARGING
        lie = {
            "id": "pi_somewhere", "currency": "eur", "status": "succeeded",
            "latest_charge": {"id": "ch_1", "amount": pledge.amount_cents - 1, "balance_transaction": {"fee": 1}},
        }  # fmt: skip
        with transaction():
            charges.apply_intent(charges.locked(pledge.id), lie, at=clock.now())
        assert db.session.query(Charge).count() == 0
    assert scene.pledge(gifts[0]).state == PledgeState.CHARGING


def test_a_campaign_cancelled_after_its_success_charges_nobody_any_more(scene: Scene) -> None:
    slug, _ = closed(scene, 2)
    with scene.app.app_context(), transaction():
        campaigns.cancel(db.session.get_one(Campaign, scene.row(slug).id), by=None, at=clock.now())
    scene.work()
    assert scene.charges() == []


def test_an_outage_does_not_make_every_promise_wait_for_its_time_out(scene: Scene) -> None:
    _, gifts = closed(scene, 5)
    fault(scene, "/v1/payment_intents", "status", status=503, phase="before", times=99)
    with scene.app.app_context():
        assert collect_due() == "0 done, 3 unanswered"
    asked = [one for one in scene.stripe.control("orders")["orders"] if one["path"] == "/v1/payment_intents"]
    assert len(asked) == runner.GIVE_UP_AFTER
    scene.stripe.control("faults", "DELETE")
    for _ in range(4):
        scene.travel(minutes=6)
        scene.work(1)
    assert_each_paid_once(scene, gifts)


def test_a_run_that_its_minute_has_cut_goes_on_with_its_seats_and_a_silent_one_begins_with_few(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(scene, 6)
    with scene.app.app_context():
        assert collect_due() == "12 done, 0 unanswered"
        assert flight.seats_at_first() == flight.GIVE_UP_AFTER, "it came to its end"
    closed(scene, 6)
    monkeypatch.setattr(flight, "A_RUN_SECONDS", 0.02)  # no function of ours: how long a minute is
    with scene.app.app_context():
        collect_due()
        kept = registry().kept["open seats"]
        assert flight.seats_at_first() > flight.GIVE_UP_AFTER
        assert flight.seats_at_first() == flight.GIVE_UP_AFTER, "known once"
        registry().kept["open seats"] = (kept[0], kept[1] - flight.GOES_ON_WITHIN_SECONDS)
        assert flight.seats_at_first() == flight.GIVE_UP_AFTER, "too long ago"
    fault(scene, "/v1/payment_intents*", "status", status=503, phase="before", times=99)
    with scene.app.app_context():
        registry().kept["open seats"] = (kept[0], kept[1] + 3600)  # it goes on with many, and hears nothing
        collect_due()
        assert flight.seats_at_first() == flight.GIVE_UP_AFTER, "Stripe was silent"


def test_a_second_payment_intent_is_cancelled_and_never_confirmed(scene: Scene) -> None:
    _, gifts = closed(scene, 1)
    scene.work()
    first = scene.pledge(gifts[0]).payment_intent
    with scene.app.app_context(), transaction():
        charges.keep_intent(charges.locked(scene.pledge(gifts[0]).id), "pi_second", at=clock.now())
    with scene.app.app_context():
        orders = db.session.query(StripeOperation).filter_by(target="pi_second").all()
        assert [one.kind for one in orders] == ["intent.cancel"]
    assert scene.pledge(gifts[0]).payment_intent == first


def test_a_campaign_cancelled_while_the_payment_is_prepared_charges_nobody(scene: Scene) -> None:
    """The answer of the creation comes after the cancellation, and before the job that ends its promises."""
    slug, gifts = closed(scene, 1)
    with scene.app.app_context():
        pledge_id = scene.pledge(gifts[0]).id
        with transaction():
            assert charges.collect(pledge_id, at=clock.now())
        with transaction():
            campaigns.cancel(db.session.get_one(Campaign, scene.row(slug).id), by=None, at=clock.now())
        runner.run_chain("pledges", pledge_id)
    assert scene.charges() == []
    scene.work()
    assert scene.pledge(gifts[0]).state == PledgeState.DROPPED
    assert scene.charges() == []
    assert {one["status"] for one in scene.stripe.control("state")["payment_intents"]} == {"canceled"}
    assert scene.check().exit_code == 0
