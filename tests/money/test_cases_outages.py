"""Cases 7, 11, 13, 15 and 16: Stripe is slow, away, forgetful or killed, and several workers are at it."""

from __future__ import annotations

import threading

import pytest
import stripe

from app.pledges.rules import PledgeState
from fake_stripe import shopper
from tests.money.calls import CONFIRM, EVERY, MONEY, TRANSFER, Kind
from tests.money.support import (
    assert_books_equal,
    assert_paid_once,
    due,
    fault,
    heal,
    orders,
    ring,
    together,
    until_true,
    wait,
    was_played,
)
from tests.support.scene import Scene


def test_case_07_a_minute_of_429_slows_the_collection_down_and_counts_no_attempt(scene: Scene) -> None:
    _, gifts = due(scene, 5)
    fault(scene, "/v1/payment_intents*", "status", status=429, times=0)
    for _ in range(12):
        scene.travel(seconds=5)
        scene.work(1)
    asked = len(orders(scene, "/payment_intents")) + len(orders(scene, "/confirm"))
    assert 0 < asked <= 6 * len(gifts), "an exponential wait leaves six tries in a minute at the most"
    assert scene.charges() == []
    heal(scene)
    wait(scene)
    assert_paid_once(scene, gifts)
    assert_books_equal(scene)


def test_case_11_an_hour_of_503_the_web_says_later_and_the_worker_resumes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)  # the library's own pause between two reads
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.01)
    _, waiting = due(scene, 2)
    slug = scene.campaign(goal_cents=100_00, account=False)
    fault(scene, "/v1/*", "status", status=503, method="*", times=0)
    client = scene.app.test_client()
    path, fields = scene.form(slug, client, amount="100")
    answer = client.post(path, data=fields)
    assert answer.status_code == 503
    assert "Réessayer" in answer.get_data(as_text=True)
    for _ in range(6):
        scene.travel(minutes=10)
        scene.work(1)
    assert {scene.pledge(gift).state for gift in waiting} == {PledgeState.DUE}
    heal(scene)
    wait(scene)
    assert_paid_once(scene, waiting)
    late = scene.gift_of(fields["form_key"], client)
    late.checkout = scene.press(late, "/carte").headers["Location"]
    scene.fill_card(late)
    scene.come_back(late, late.back)
    assert scene.pledge(late).state == PledgeState.AUTHORISED
    assert_books_equal(scene)


@pytest.mark.parametrize("kind", EVERY, ids=str)
def test_case_13_the_key_is_forgotten_between_the_try_and_the_next_one(scene: Scene, kind: Kind) -> None:
    """A day later Stripe knows no key any more: the same order would be carried out a second time."""
    story = kind.before(scene)
    fault(scene, kind.path, "drop", phase="after", times=0)
    kind.order(story)
    assert was_played(scene)
    heal(scene)
    scene.travel(hours=25)
    scene.stripe.control("keys", "DELETE")
    wait(scene, 3)
    kind.after(story)
    assert_books_equal(scene)


@pytest.mark.parametrize(("kind", "phase"), [(CONFIRM, "before"), *((kind, "after") for kind in MONEY)], ids=str)
def test_case_15_stripe_is_killed_in_the_middle_of_an_order(scene: Scene, kind: Kind, phase: str) -> None:
    """Before it had done anything, or after it had committed and before it answered."""
    story = kind.before(scene)
    fault(scene, kind.path, "delay", phase=phase, seconds=30)
    asking = threading.Thread(target=lambda: (kind.order(story), shopper.close()))
    asking.start()
    until_true(lambda: was_played(scene))
    if phase == "after":
        until_true(lambda: bool(orders(scene, kind.path.rpartition("*")[2])))
    scene.stripe.kill()
    asking.join()
    scene.stripe.restart()
    wait(scene, 3)
    kind.after(story)
    assert_books_equal(scene)


@pytest.mark.parametrize(
    ("kind", "phase"), [*((kind, "before") for kind in MONEY), (CONFIRM, "after"), (TRANSFER, "after")], ids=str
)
def test_case_16_three_workers_at_once_and_a_lease_that_ends_while_a_call_hangs(
    scene: Scene, kind: Kind, phase: str
) -> None:
    story = kind.before(scene)
    fault(scene, kind.path, "delay", phase=phase, seconds=0.6)
    slow = threading.Thread(target=lambda: a_round(scene))
    slow.start()
    until_true(lambda: was_played(scene))
    scene.travel(seconds=130)  # the leases of the call and of the promise are over, the answer is not there
    together(*[lambda: a_round(scene)] * 2)
    slow.join()
    together(*[lambda: a_round(scene)] * 3)
    wait(scene, 3)
    kind.after(story)
    assert_books_equal(scene)


def a_round(scene: Scene) -> None:
    """What a worker does about money in one round."""
    ring(scene, "collection", "transfers", "operations", "stuck charges")
    shopper.close()
