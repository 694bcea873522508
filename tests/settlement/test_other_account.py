"""Money collected at one Stripe account is not forgotten when the key opens another."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.core.database import db, transaction
from app.payments import environment
from app.payments.errors import WrongEnvironment
from app.payments.models import PaymentAccount, PspEnvironment, StripeObject, StripeOperation
from tests.settlement.test_transfers import collected, sent
from tests.support.scene import Scene

OTHER = "acct_of_another_life"


def move_our_rows(scene: Scene) -> None:
    """As if all that was done so far had been done at another account."""
    with scene.app.app_context():
        with transaction():
            for model in (PspEnvironment, PaymentAccount, StripeObject, StripeOperation):
                db.session.execute(update(model).values(psp_env=OTHER))
        environment.forget()


def test_money_that_waits_for_its_holder_keeps_us_at_its_stripe_account(scene: Scene) -> None:
    collected(scene, 100_00)
    move_our_rows(scene)
    with scene.app.app_context():
        assert environment.count_open() == 1
        with pytest.raises(WrongEnvironment):
            environment.ensure()


def test_money_already_passed_on_keeps_us_nowhere(scene: Scene) -> None:
    collected(scene, 100_00)
    scene.travel(days=8)
    scene.work()
    assert len(sent(scene)) == 1
    move_our_rows(scene)
    with scene.app.app_context():
        assert environment.ensure() != OTHER


def test_closed_as_test_data_it_is_never_ordered_from_the_new_account(scene: Scene) -> None:
    slug = collected(scene, 100_00)
    move_our_rows(scene)
    answer = scene.app.test_cli_runner().invoke(args=["payments", "environment", "--close-as-test-data"])
    assert answer.exit_code == 0, answer.output
    assert "1 closed as test data" in answer.output
    scene.open_account(scene.row(slug).owner_id)
    scene.travel(days=8)
    scene.work()
    assert sent(scene) == []
