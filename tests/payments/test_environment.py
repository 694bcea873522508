"""Ids of one Stripe account are never sent to another, and what is open is not forgotten."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core.database import db, transaction
from app.payments import dispatch, environment, poller, runner
from app.payments.errors import WrongEnvironment
from app.payments.models import PspEnvironment, StripeOperation
from app.payments.rules import OperationKind, OperationState
from tests.payments.conftest import Feature

OTHER = "acct_of_another_life"


@pytest.fixture
def moved(feature: Feature) -> Feature:
    """Our rows belong to another Stripe account than the key."""
    feature.customer()
    with transaction():
        db.session.execute(update(PspEnvironment).values(psp_env=OTHER))
        db.session.execute(update(StripeOperation).values(psp_env=OTHER))
    return feature


def an_open_call(feature: Feature) -> int:
    return feature.plan(OperationKind.CUSTOMER_CREATE, {"email": "a@example.org"}, "cus:open")


def test_the_first_contact_makes_the_account_ours(feature: Feature) -> None:
    assert environment.current() == ""
    operation = an_open_call(feature)
    runner.run_due()
    account = feature.stripe.control("state")["account"]
    assert environment.current() == account
    assert feature.state_of(operation).psp_env == account


def test_with_something_open_nothing_is_sent_to_another_account(moved: Feature) -> None:
    operation = an_open_call(moved)
    with pytest.raises(WrongEnvironment):
        runner.run_now(operation)
    assert runner.run_due() == "nothing can be sent: WrongEnvironment"
    assert poller.poll_when_due() == ""
    assert len(moved.orders("/v1/customers")) == 1
    assert moved.state_of(operation).state == OperationState.PLANNED


def test_with_nothing_open_the_new_account_is_taken(moved: Feature) -> None:
    actual = environment.ensure()
    assert environment.current() == actual != OTHER
    current = db.session.scalars(select(PspEnvironment.psp_env).where(PspEnvironment.is_current)).all()
    assert current == [actual]


def test_open_rows_of_a_feature_count_too(moved: Feature) -> None:
    closed: list[int] = []
    dispatch.register_open_work("test_rows", count=lambda: 3 - len(closed), close=lambda at: closed.append(1) or 3)
    with pytest.raises(WrongEnvironment):
        environment.ensure()


def test_the_operator_closes_the_old_ones_as_test_data(moved: Feature, app: Flask) -> None:
    operation = an_open_call(moved)
    cli = app.test_cli_runner()
    shown = cli.invoke(args=["payments", "environment"])
    assert shown.exit_code == 1
    assert "--close-as-test-data" in shown.output
    done = cli.invoke(args=["payments", "environment", "--close-as-test-data"])
    assert done.exit_code == 0, done.output
    row = moved.state_of(operation)
    assert (row.state, row.error_code) == (OperationState.REJECTED, "environment_closed")
    assert environment.current() != OTHER
    assert runner.run_due() == ""
    assert moved.customer("cus:new").startswith("cus_")


def test_the_doctor_is_content_with_a_healthy_installation(feature: Feature, app: Flask) -> None:
    environment.ensure()
    answer = app.test_cli_runner().invoke(args=["payments", "doctor"])
    assert answer.exit_code == 0, answer.output
    assert feature.stripe.control("state")["account"] in answer.output


def test_the_doctor_names_a_foreign_account(moved: Feature, app: Flask) -> None:
    an_open_call(moved)
    answer = app.test_cli_runner().invoke(args=["payments", "doctor"])
    assert answer.exit_code == 1
    assert OTHER in answer.output


def test_the_doctor_says_when_stripe_is_away(feature: Feature, app: Flask) -> None:
    feature.stripe.kill()
    answer = app.test_cli_runner().invoke(args=["payments", "doctor"])
    feature.stripe.restart()
    assert answer.exit_code == 1
    assert "connection" in answer.output
