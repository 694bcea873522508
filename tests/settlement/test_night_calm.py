"""The comparison of the night while money moves: nobody is asked about a payment under way."""

from __future__ import annotations

from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core.database import db, transaction
from app.payments.models import MoneyTask, StripeOperation
from app.payments.rules import OPEN_STATES
from app.settlement import night_check
from app.settlement.books import Comparison
from app.settlement.night_calm import steady
from tests.money import back
from tests.money.support import fault, heal, inside, ring
from tests.support.scene import Scene


def waiting_transfer(scene: Scene) -> str:
    """Stripe has passed the money on; its answer was lost, and the worker has not looked again yet."""
    slug, _ = back.collected(scene, 100_00)
    scene.approve_payout(slug)
    scene.travel(days=7, minutes=5)
    fault(scene, "/v1/transfers", "drop", phase="after", times=1)
    ring(scene, "transfers", "operations")
    heal(scene)
    with scene.app.app_context():
        kinds = list(db.session.scalars(select(StripeOperation.kind).where(StripeOperation.state.in_(OPEN_STATES))))
    assert kinds == ["transfer.create"]
    return slug


def night(scene: Scene) -> str:
    return str(inside(scene, night_check.run_when_due)())


def test_a_transfer_whose_answer_is_on_its_way_is_no_task_and_the_night_is_finished_later(scene: Scene) -> None:
    waiting_transfer(scene)
    assert "again later" in night(scene)
    assert back.tasks(scene) == []
    assert night(scene) == "", "not at every bell"
    scene.travel(minutes=11)
    ring(scene, "operations")
    assert "again later" not in night(scene)
    assert back.tasks(scene) == []
    scene.travel(minutes=11)
    assert night(scene) == "", "done for this night"


def test_what_differs_elsewhere_is_asked_all_the_same_and_closed_only_when_it_was_compared(scene: Scene) -> None:
    other, _ = back.collected(scene, 100_00)
    slug = waiting_transfer(scene)
    plant(scene, other, 7)
    assert "again later" in night(scene)
    assert (back.tasks(scene), back.task(scene, "books_differ").ours_cents) == (["books_differ"], 100_07)
    with scene.app.app_context(), transaction():
        asked = db.session.scalars(select(MoneyTask)).one()
        asked.key = asked.key.replace(other, slug)  # as if it had been asked about the one that moves
    plant(scene, other, -7)
    scene.travel(minutes=11)
    assert "again later" in night(scene)
    assert back.tasks(scene) == ["books_differ"], "nobody could compare it: it stays"


def test_a_call_without_an_answer_for_an_hour_excuses_nothing_more(scene: Scene) -> None:
    waiting_transfer(scene)
    scene.travel(minutes=61)
    assert "again later" not in night(scene)
    assert back.tasks(scene) == ["books_differ", "books_differ"]  # of the campaign, and of the balance


def plant(scene: Scene, slug: str, cents: int) -> None:
    with scene.app.app_context(), transaction():
        db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one().raised_cents += cents


def test_a_payment_that_comes_in_at_each_look_is_no_difference_and_a_true_one_beside_it_is(scene: Scene) -> None:
    looks = 0

    def compare() -> list[Comparison]:
        nonlocal looks
        looks += 1
        coming = (("ours", 100 * looks), ("stripe", 100 * looks + 25 + looks))
        return [
            Comparison("x", "charged", coming),
            Comparison("x", "total", (("stored", looks), ("promises", looks - 7))),
        ]

    with scene.app.app_context():
        lines, is_calm = steady(compare, lambda: None, None)
    assert ([one.name for one in lines], is_calm) == (["total"], False)
