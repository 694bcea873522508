"""Planned calls are carried out once, whatever happens to the answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.core.database import db, transaction
from app.payments import operations, runner
from app.payments.client import gateway
from app.payments.errors import InsideTransaction
from app.payments.models import StripeObject
from app.payments.outcomes import Declined, Done, Rejected
from app.payments.rules import OperationKind, OperationState
from tests.payments.conftest import KIND, Feature

CUSTOMERS = "/v1/customers"
INTENTS = "/v1/payment_intents"
CONFIRM = "/v1/payment_intents/*/confirm"


def until_done(feature: Feature, *, rounds: int = 12) -> None:
    """The worker's bell, with the waiting times skipped."""
    for _ in range(rounds):
        if not runner.run_due():
            feature.travel(30)


def test_a_call_is_carried_out_and_its_feature_is_told_once(feature: Feature) -> None:
    customer = feature.customer()
    assert customer.startswith("cus_")
    assert [kind for kind, _ in feature.heard] == ["customer.create"]
    assert operations.find_subject(customer) == (KIND, 1)
    made = feature.stripe.control("state")["customers"][0]
    assert made["metadata"]["env"] == operations.installation()
    assert made["metadata"]["subject"] == f"{KIND}:1"


def test_the_same_key_is_the_same_operation(feature: Feature) -> None:
    first = feature.plan(OperationKind.CUSTOMER_CREATE, {"email": "a@example.org"}, "cus:1")
    second = feature.plan(OperationKind.CUSTOMER_CREATE, {"email": "b@example.org"}, "cus:1")
    assert first == second
    runner.run_now(first)
    assert runner.run_now(second) is None
    assert len(feature.orders(CUSTOMERS)) == 1


def test_a_call_planned_for_later_is_not_made_now(feature: Feature) -> None:
    with transaction():
        operations.plan(
            OperationKind.CUSTOMER_CREATE, subject_kind=KIND, subject_id=1, params={}, key="later",
            at=clock.now(), due_at=clock.now() + timedelta(days=3),
        )  # fmt: skip
    assert runner.run_due() == ""
    feature.travel(3 * 86_400)
    assert runner.run_due() == "1 done, 0 unanswered"


def test_a_chain_goes_on_to_what_a_handler_planned(feature: Feature) -> None:
    def then(operation: object, outcome: object, at: object) -> None:
        assert isinstance(outcome, Done)
        params = {
            "mode": "setup", "customer": outcome.object["id"], "currency": "eur",
            "success_url": "http://127.0.0.1:8000/merci",
        }  # fmt: skip
        operations.plan(
            OperationKind.SESSION_CREATE, subject_kind=KIND, subject_id=1, params=params, key="cs:1",
            at=clock.now(),
        )  # fmt: skip

    feature.follow["customer.create"] = then
    feature.plan(OperationKind.CUSTOMER_CREATE, {"email": "a@example.org"}, "cus:1")
    runner.run_chain(KIND, 1)
    assert [kind for kind, _ in feature.heard] == ["customer.create", "session.create"]


def test_a_chain_stops_when_stripe_is_silent_and_the_worker_goes_on(feature: Feature) -> None:
    operation = feature.plan(OperationKind.CUSTOMER_CREATE, {"email": "a@example.org"}, "cus:1")
    feature.fault(CUSTOMERS, "status", status=503, times=1)
    runner.run_chain(KIND, 1)
    assert feature.state_of(operation).state == OperationState.UNKNOWN
    assert feature.heard == []
    until_done(feature, rounds=3)
    assert feature.state_of(operation).state == OperationState.DONE


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("action", ["drop", "half", "html", "sticky"])
def test_no_harmed_answer_makes_a_second_charge(feature: Feature, action: str, phase: str) -> None:
    intent, method = feature.intent()
    feature.fault(CONFIRM, action, phase=phase)
    operation = feature.plan_confirm(intent, method)
    assert runner.run_now(operation) is None
    assert feature.state_of(operation).state == OperationState.UNKNOWN
    until_done(feature)
    assert feature.state_of(operation).state == OperationState.DONE
    assert len(feature.charges()) == 1
    kind, outcome = feature.heard[-1]
    assert kind == "intent.confirm"
    assert isinstance(outcome, Done)
    assert outcome.object["status"] == "succeeded"
    assert outcome.object["latest_charge"]["balance_transaction"]["fee"] > 0


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("action", ["drop", "half", "html", "sticky"])
def test_no_harmed_answer_makes_a_second_payment_intent(feature: Feature, action: str, phase: str) -> None:
    customer = feature.customer()
    feature.fault(INTENTS, action, phase=phase)
    params = {"amount": 2500, "currency": "eur", "customer": customer}
    operation = feature.plan(OperationKind.INTENT_CREATE, params, "pi:1")
    assert runner.run_now(operation) is None
    until_done(feature)
    made = feature.stripe.control("state")["payment_intents"]
    assert [one["id"] for one in made] == [feature.state_of(operation).result_id]


def test_a_minute_of_429_costs_nothing_but_time(feature: Feature) -> None:
    intent, method = feature.intent()
    feature.fault(CONFIRM, "status", status=429, times=4)
    operation = feature.plan_confirm(intent, method)
    until_done(feature, rounds=20)
    assert feature.state_of(operation).tries == 5
    assert [type(outcome) for kind, outcome in feature.heard if kind == "intent.confirm"] == [Done]


def test_an_outage_does_not_make_every_call_wait_for_its_time_out(feature: Feature) -> None:
    for number in range(10):
        feature.plan(OperationKind.CUSTOMER_CREATE, {"email": "a@example.org"}, f"cus:{number}")
    feature.fault(CUSTOMERS, "status", status=503, times=0)
    assert runner.run_due() == "0 done, 3 unanswered"


def test_a_decline_is_told_with_its_code_and_the_intent(feature: Feature) -> None:
    intent, method = feature.intent("4000000000000341")
    runner.run_now(feature.plan_confirm(intent, method))
    _, outcome = feature.heard[-1]
    assert isinstance(outcome, Declined)
    assert outcome.code == "card_declined"
    assert outcome.object is not None
    assert outcome.object["id"] == intent


def test_an_absent_contributor_whom_the_bank_wants_to_see(feature: Feature) -> None:
    intent, method = feature.intent("4000002760003184")
    outcome = runner.run_now(feature.plan_confirm(intent, method))
    assert isinstance(outcome, Declined)
    assert outcome.code == "authentication_required"
    params = {"payment_method": method, "return_url": "http://127.0.0.1:8000/retour"}
    again = feature.run(OperationKind.INTENT_CONFIRM_ON_SESSION, params, "confirm:2", target=intent)
    assert again["status"] == "requires_action"
    assert again["next_action"]["redirect_to_url"]["url"].startswith(feature.stripe.url)


def test_a_second_confirmation_of_a_paid_intent_is_a_success_not_a_charge(feature: Feature) -> None:
    intent, method = feature.intent()
    runner.run_now(feature.plan_confirm(intent, method, "confirm:1"))
    outcome = runner.run_now(feature.plan_confirm(intent, method, "confirm:2"))
    assert isinstance(outcome, Done)
    assert outcome.object["latest_charge"]["balance_transaction"]["net"] > 0
    assert len(feature.charges()) == 1


def test_cancelling_a_paid_intent_says_that_it_is_paid(feature: Feature) -> None:
    intent, method = feature.intent()
    runner.run_now(feature.plan_confirm(intent, method))
    outcome = runner.run_now(feature.plan(OperationKind.INTENT_CANCEL, {}, f"cancel:{intent}", target=intent))
    assert isinstance(outcome, Rejected)
    assert outcome.object is not None
    assert outcome.object["status"] == "succeeded"


def test_cancelling_twice_and_detaching_twice_are_done(feature: Feature) -> None:
    intent, method = feature.intent()
    for key in ("cancel:1", "cancel:2"):
        feature.run(OperationKind.INTENT_CANCEL, {}, key, target=intent)
    for key in ("detach:1", "detach:2"):
        feature.run(OperationKind.METHOD_DETACH, {}, key, target=method)


def test_a_refused_parameter_ends_the_call(feature: Feature) -> None:
    operation = feature.plan(OperationKind.CUSTOMER_CREATE, {"not_a_parameter": "1"}, "cus:1")
    outcome = runner.run_now(operation)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "parameter_unknown"
    assert feature.state_of(operation).state == OperationState.REJECTED


def test_stripe_is_never_asked_inside_a_transaction(feature: Feature) -> None:
    ready = gateway()
    with transaction():
        with pytest.raises(InsideTransaction):
            gateway()
        with pytest.raises(InsideTransaction):
            ready.fetch("payment_intent", "pi_1")


def test_a_failing_handler_keeps_neither_the_others_nor_its_own_call(feature: Feature) -> None:
    def fail(operation: object, outcome: object, at: object) -> None:
        feature.follow["customer.create"] = None
        raise LookupError("a bug of a feature")

    feature.follow["customer.create"] = fail
    first = feature.plan(OperationKind.CUSTOMER_CREATE, {"email": "a@example.org"}, "cus:1")
    second = feature.plan(OperationKind.CUSTOMER_CREATE, {"email": "b@example.org"}, "cus:2")
    runner.run_due()
    assert feature.state_of(first).state == OperationState.UNKNOWN
    assert feature.state_of(second).state == OperationState.DONE
    until_done(feature, rounds=3)
    assert feature.state_of(first).state == OperationState.DONE
    assert len(feature.stripe.control("state")["customers"]) == 2


def test_nothing_is_left_open_in_the_session_while_stripe_is_asked(feature: Feature) -> None:
    feature.customer()
    assert not db.session().in_transaction()


def test_the_owner_hears_before_the_ids_are_noted(feature: Feature) -> None:
    """A bell notes the same ids under its feature's lock: noted before the handler takes that lock, both
    would wait for each other, and PostgreSQL would end one of them."""
    known: list[int] = []
    feature.follow[OperationKind.CUSTOMER_CREATE] = lambda *_: known.append(db.session.query(StripeObject).count())
    customer = feature.customer()
    assert known == [0]
    assert db.session.get(StripeObject, customer) is not None
