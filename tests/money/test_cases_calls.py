"""Cases 1 to 6, 8 to 10 and 12: one order to Stripe and its answer are harmed, whatever kind of order it is."""

from __future__ import annotations

import time
from contextlib import nullcontext

import pytest

from tests.money.calls import (
    CONFIRM,
    CREATIONS,
    CUSTOMER,
    EVERY,
    MONEY,
    PAYMENT,
    REFUND,
    SESSION,
    TRANSFER,
    Kind,
    Story,
)
from tests.money.support import assert_books_equal, fault, impatient, orders, wait, was_played
from tests.support.scene import Scene


def harmed(scene: Scene, kind: Kind, action: str, **more: object) -> Story:
    """The story up to and with the harmed order."""
    story = kind.before(scene)
    fault(scene, kind.path, action, **more)
    kind.order(story)
    assert was_played(scene)
    return story


def ends_well(story: Story, kind: Kind, *, rounds: int = 3) -> None:
    wait(story.scene, rounds)
    kind.after(story)
    assert_books_equal(story.scene)


def carried_out(scene: Scene, kind: Kind) -> list[str]:
    """The keys of the orders of this kind that Stripe carried out, whatever became of the answer."""
    done = orders(scene, kind.path.rpartition("*")[2])
    return [one["key"] for one in done if one["outcome"] == "executed"]


@pytest.mark.parametrize("kind", CREATIONS, ids=str)
def test_case_01_a_time_out_before_stripe_saw_the_order_makes_one_object(scene: Scene, kind: Kind) -> None:
    ends_well(harmed(scene, kind, "drop", phase="before"), kind)
    keys = carried_out(scene, kind)
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("kind", CREATIONS, ids=str)
def test_case_02_a_time_out_after_stripe_has_made_it_finds_the_same_object(scene: Scene, kind: Kind) -> None:
    story = kind.before(scene)
    fault(scene, kind.path, "delay", phase="after", seconds=0.8)
    with impatient(scene):
        kind.order(story)
    assert was_played(scene)
    ends_well(story, kind)
    keys = carried_out(scene, kind)
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("action", ["drop", "delay"])
def test_case_03_a_time_out_before_the_confirmation_is_carried_out_is_looked_up_then_confirmed(
    scene: Scene, action: str
) -> None:
    """`delay`: the order arrives only after we have given it up, while the next try is already there."""
    story = CONFIRM.before(scene)
    fault(scene, CONFIRM.path, action, phase="before", seconds=0.8)
    with impatient(scene):
        CONFIRM.order(story)
        wait(scene, 1)
    assert was_played(scene)
    time.sleep(0.5)
    ends_well(story, CONFIRM)


@pytest.mark.parametrize("action", ["drop", "delay"])
def test_case_04_a_time_out_after_the_charge_is_looked_up_and_never_sent_again(scene: Scene, action: str) -> None:
    story = CONFIRM.before(scene)
    fault(scene, CONFIRM.path, action, phase="after", seconds=0.8)
    with impatient(scene) if action == "delay" else nullcontext():
        CONFIRM.order(story)
    assert was_played(scene)
    assert len(scene.charges()) >= 1
    ends_well(story, CONFIRM)
    assert len(orders(scene, "/confirm")) == len(story.gifts)  # one each: the lost answer was read, not asked for anew


@pytest.mark.parametrize("kind", [CUSTOMER, PAYMENT, CONFIRM, TRANSFER, REFUND], ids=str)
def test_case_05_an_answer_cut_in_the_middle_is_unknown_and_looked_up(scene: Scene, kind: Kind) -> None:
    ends_well(harmed(scene, kind, "half", phase="after"), kind)


@pytest.mark.parametrize("kind", MONEY, ids=str)
def test_case_06_a_lock_or_a_key_in_use_is_waited_for_under_the_same_key(scene: Scene, kind: Kind) -> None:
    story = harmed(scene, kind, "status", status=409, times=2)
    fault(scene, kind.path, "delay", phase="before", seconds=0.5)  # the next try meets the one before it: 409 again
    with impatient(scene, 0.2):
        wait(scene, 1)
        wait(scene, 1)
    time.sleep(0.5)
    ends_well(story, kind)
    asked = orders(scene, kind.path.rpartition("*")[2])
    assert {409} <= {one["status"] for one in asked}
    assert not [one["key"] for one in asked if "#" in one["key"]], "a 409 needs no new key"


@pytest.mark.parametrize("kind", [SESSION, *MONEY], ids=str)
def test_case_08_a_500_before_anything_was_done_is_sent_again(scene: Scene, kind: Kind) -> None:
    ends_well(harmed(scene, kind, "status", status=500, phase="before"), kind)


@pytest.mark.parametrize("kind", EVERY, ids=str)
def test_case_09_a_500_kept_under_the_key_with_nothing_done_is_looked_up_then_renewed(scene: Scene, kind: Kind) -> None:
    story = harmed(scene, kind, "sticky", phase="before")
    ends_well(story, kind, rounds=5)
    asked = orders(scene, kind.path.rpartition("*")[2])
    assert [one["key"] for one in asked if one["key"].endswith("#2")] != [], "the old key answers 500 for ever"


@pytest.mark.parametrize("kind", EVERY, ids=str)
def test_case_10_a_500_kept_under_the_key_with_the_work_done_is_found_and_booked(scene: Scene, kind: Kind) -> None:
    story = harmed(scene, kind, "sticky", phase="after")
    ends_well(story, kind, rounds=5)
    if kind in MONEY:
        assert len(carried_out(scene, kind)) == len(story.gifts), "done once each, also the one that said 500"


@pytest.mark.parametrize(("kind", "phase"), [(CONFIRM, "before"), *((kind, "after") for kind in EVERY)], ids=str)
def test_case_12_a_page_of_a_proxy_instead_of_an_answer_is_unknown_and_looked_up(
    scene: Scene, kind: Kind, phase: str
) -> None:
    ends_well(harmed(scene, kind, "html", phase=phase), kind)
