"""A campaign is cancelled between the plan to charge and the call: nobody is charged."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.payments import runner
from app.payments.models import StripeOperation
from app.payments.rules import OperationKind
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement import charge_services as charges
from tests.money.support import assert_books_equal, due, inside, orders, ring
from tests.support.scene import Gift, Scene


def about_to_be_charged(scene: Scene) -> tuple[str, Gift, int]:
    """The PaymentIntent exists, its confirmation is written down, and nobody has sent it yet."""
    slug, (gift,) = due(scene, 1)
    pledge_id = scene.pledge(gift).id
    with scene.app.app_context():
        with transaction():
            assert charges.collect(pledge_id, at=clock.now())
        create = calls(OperationKind.INTENT_CREATE)[0].id
        db.session.rollback()
        runner.run_now(create)
        confirm = calls(OperationKind.INTENT_CONFIRM)[0]
        assert confirm.first_sent_at is None
    return slug, gift, pledge_id


def calls(kind: OperationKind) -> list[StripeOperation]:
    return list(db.session.scalars(select(StripeOperation).where(StripeOperation.kind == kind)))


def cancel(scene: Scene, slug: str) -> None:
    with scene.app.app_context(), transaction():
        campaign = db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one()
        campaigns.cancel(campaign, by=None, at=clock.now())


@pytest.mark.parametrize("way", ["the worker", "the chain of the promise", "the call alone"])
def test_a_confirmation_that_was_planned_before_the_cancellation_never_leaves(scene: Scene, way: str) -> None:
    slug, gift, pledge_id = about_to_be_charged(scene)
    cancel(scene, slug)
    with scene.app.app_context():
        confirm = calls(OperationKind.INTENT_CONFIRM)[0].id
    {
        "the worker": inside(scene, runner.run_due),
        "the chain of the promise": inside(scene, lambda: runner.run_chain(Pledge.__tablename__, pledge_id)),
        "the call alone": inside(scene, lambda: runner.run_now(confirm)),
    }[way]()
    assert orders(scene, "/confirm") == []
    assert scene.charges() == []
    with scene.app.app_context():
        stopped = db.session.get_one(StripeOperation, confirm)
        assert (stopped.state, stopped.error_code, stopped.first_sent_at) == ("rejected", "not_wanted", None)
    ring(scene, "cancelled promises", "operations")
    assert scene.pledge(gift).state == PledgeState.DROPPED
    assert not any(subject.startswith("Remboursement") for subject in scene.mails(gift))
    assert_books_equal(scene)


def test_one_that_has_left_is_looked_up_as_before_and_its_money_goes_back(scene: Scene) -> None:
    slug, gift, _ = about_to_be_charged(scene)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.PAID
    cancel(scene, slug)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.REFUNDED


def test_a_chain_goes_on_to_the_cancellation_behind_a_call_that_is_not_wanted(scene: Scene) -> None:
    slug, gift, pledge_id = about_to_be_charged(scene)
    cancel(scene, slug)
    with scene.app.app_context():
        with transaction():
            charges.stop(charges.locked(pledge_id), at=clock.now())
        runner.run_chain(Pledge.__tablename__, pledge_id)
    assert scene.pledge(gift).state == PledgeState.DROPPED
    assert orders(scene, "/confirm") == []
