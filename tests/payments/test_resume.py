"""A process may die between any two statements: the next one finishes, and money moves once."""

from __future__ import annotations

import pytest
import stripe

from app.core import clock
from app.core.database import transaction
from app.payments import calling, operations, runner
from app.payments.models import StripeOperation
from app.payments.outcomes import Done
from app.payments.rules import OperationKind, OperationState
from tests.payments.conftest import Feature

LEASE_SECONDS = 61
DAY_SECONDS = 24 * 3600


def die_before_sending(operation_id: int) -> None:
    """A worker took the call, committed that, and was killed."""
    assert calling.claim(operation_id) is not None


def die_after_sending(feature: Feature, operation_id: int) -> None:
    """The worker's call reached Stripe; the worker was killed before it could write the answer."""
    claimed = calling.claim(operation_id)
    assert claimed is not None
    call = claimed.call
    client = stripe.StripeClient(feature.stripe.key, base_addresses={"api": feature.stripe.url})
    options = {"idempotency_key": call.key}
    if call.kind == OperationKind.INTENT_CONFIRM:
        client.v1.payment_intents.confirm(call.target, params=call.params, options=options)
    elif call.kind == OperationKind.INTENT_CREATE:
        client.v1.payment_intents.create(params=call.params, options=options)
    elif call.kind == OperationKind.TRANSFER_CREATE:
        client.v1.transfers.create(params=call.params, options=options)
    else:
        client.v2.core.accounts.create(params=call.params, options=options)


def test_a_held_call_is_left_alone_until_its_lease_is_over(feature: Feature) -> None:
    operation = feature.plan(OperationKind.CUSTOMER_CREATE, {"email": "a@example.org"}, "cus:1")
    feature.customer("warm-up")
    die_before_sending(operation)
    assert runner.run_now(operation) is None
    assert runner.run_due() == ""
    feature.travel(LEASE_SECONDS)
    assert runner.run_due() == "1 done, 0 unanswered"


def test_killed_before_sending_a_confirmation(feature: Feature) -> None:
    intent, method = feature.intent()
    operation = feature.plan_confirm(intent, method)
    die_before_sending(operation)
    feature.travel(LEASE_SECONDS)
    runner.run_due()
    assert feature.state_of(operation).state == OperationState.DONE
    assert len(feature.charges()) == 1


def test_killed_after_a_confirmation_was_carried_out(feature: Feature) -> None:
    intent, method = feature.intent()
    operation = feature.plan_confirm(intent, method)
    die_after_sending(feature, operation)
    feature.travel(LEASE_SECONDS)
    runner.run_due()
    assert len(feature.orders("/confirm")) == 1  # looked up, not sent again
    assert len(feature.charges()) == 1
    assert isinstance(feature.heard[-1][1], Done)


def test_killed_after_a_payment_intent_was_made_the_same_one_is_used(feature: Feature) -> None:
    customer = feature.customer()
    params = {"amount": 2500, "currency": "eur", "customer": customer}
    operation = feature.plan(OperationKind.INTENT_CREATE, params, "pi:1")
    die_after_sending(feature, operation)
    feature.travel(LEASE_SECONDS)
    runner.run_due()
    assert len(feature.stripe.control("state")["payment_intents"]) == 1
    first, second = feature.orders("/v1/payment_intents")
    assert (first["key"], first["params"]) == (second["key"], second["params"])  # byte for byte


def test_a_day_later_the_payment_intent_is_looked_up_and_not_made_again(feature: Feature) -> None:
    customer = feature.customer()
    params = {"amount": 2500, "currency": "eur", "customer": customer}
    operation = feature.plan(OperationKind.INTENT_CREATE, params, "pi:1")
    die_after_sending(feature, operation)
    feature.travel(DAY_SECONDS)
    feature.stripe.control("keys", "DELETE")
    runner.run_due()
    made = feature.stripe.control("state")["payment_intents"]
    assert [one["id"] for one in made] == [feature.state_of(operation).result_id]


def test_a_day_later_a_confirmation_that_was_done_is_not_sent_again(feature: Feature) -> None:
    intent, method = feature.intent()
    operation = feature.plan_confirm(intent, method)
    die_after_sending(feature, operation)
    feature.travel(DAY_SECONDS)
    feature.stripe.control("keys", "DELETE")
    runner.run_due()
    assert feature.state_of(operation).state == OperationState.DONE
    assert len(feature.orders("/confirm")) == 1
    assert len(feature.charges()) == 1


def test_a_day_later_a_confirmation_that_was_never_sent_goes_under_a_new_key(feature: Feature) -> None:
    intent, method = feature.intent()
    operation = feature.plan_confirm(intent, method)
    die_before_sending(operation)
    feature.travel(DAY_SECONDS)
    runner.run_due()
    assert feature.state_of(operation).state == OperationState.DONE
    assert feature.state_of(operation).renewals == 1
    assert feature.orders("/confirm")[0]["key"].endswith("confirm:1#2")
    assert len(feature.charges()) == 1


def paid_and_ready(feature: Feature) -> dict[str, object]:
    """The parameters of a transfer for a real charge to a real, onboarded account."""
    intent, method = feature.intent()
    runner.run_now(feature.plan_confirm(intent, method))
    client = stripe.StripeClient(feature.stripe.key, base_addresses={"api": feature.stripe.url})
    account = client.v2.core.accounts.create(
        {
            "dashboard": "express",
            "identity": {"country": "fr", "entity_type": "individual"},
            "configuration": {
                "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
            },
            "defaults": {
                "currency": "eur",
                "responsibilities": {"fees_collector": "application", "losses_collector": "application"},
            },
        }
    )
    feature.stripe.control("accounts", id=account.id, status="active")
    return {
        "amount": 1000, "currency": "eur", "destination": account.id, "transfer_group": "campaign:1",
        "source_transaction": feature.charges()[0]["id"],
    }  # fmt: skip


def test_a_transfer_whose_answer_was_lost_is_found_before_anything_is_sent(feature: Feature) -> None:
    params = paid_and_ready(feature)
    operation = feature.plan(OperationKind.TRANSFER_CREATE, params, "tr:1")
    die_after_sending(feature, operation)
    feature.travel(LEASE_SECONDS)
    runner.run_due()
    assert feature.state_of(operation).state == OperationState.DONE
    assert len(feature.orders("/v1/transfers")) == 1


def test_a_transfer_is_made_once_even_when_all_keys_are_forgotten(feature: Feature) -> None:
    params = paid_and_ready(feature)
    operation = feature.plan(OperationKind.TRANSFER_CREATE, params, "tr:1")
    die_after_sending(feature, operation)
    feature.travel(DAY_SECONDS)
    feature.stripe.control("keys", "DELETE")
    runner.run_due()
    assert feature.state_of(operation).state == OperationState.DONE
    assert len(feature.stripe.control("state")["transfers"]) == 1


def test_a_transfer_never_sent_is_sent_after_the_look(feature: Feature) -> None:
    params = paid_and_ready(feature)
    operation = feature.plan(OperationKind.TRANSFER_CREATE, params, "tr:1")
    die_before_sending(operation)
    feature.travel(LEASE_SECONDS)
    runner.run_due()
    assert feature.state_of(operation).state == OperationState.DONE
    assert len(feature.stripe.control("state")["transfers"]) == 1


def test_two_workers_with_the_same_call_tell_the_feature_once(feature: Feature) -> None:
    intent, method = feature.intent()
    operation = feature.plan_confirm(intent, method)
    slow = calling.claim(operation)  # its answer hangs until the lease is over
    assert slow is not None
    feature.travel(LEASE_SECONDS)
    runner.run_due()
    answer = calling.ask(slow)
    calling.finish_alone(answer)
    assert isinstance(answer.outcome, Done)
    assert [kind for kind, _ in feature.heard].count("intent.confirm") == 1
    assert len(feature.charges()) == 1


def test_stripe_killed_in_the_middle_of_a_request(feature: Feature) -> None:
    intent, method = feature.intent()
    operation = feature.plan_confirm(intent, method)
    feature.stripe.kill()
    assert runner.run_now(operation) is None
    feature.stripe.restart()
    feature.stripe.control("clock", offset_seconds=clock.offset_seconds())
    feature.travel(LEASE_SECONDS)
    runner.run_due()
    assert feature.state_of(operation).state == OperationState.DONE
    assert len(feature.charges()) == 1


def test_a_lost_worker_between_the_new_key_and_the_call(feature: Feature) -> None:
    intent, method = feature.intent()
    operation = feature.plan_confirm(intent, method)
    die_before_sending(operation)
    feature.travel(DAY_SECONDS)
    claimed = calling.claim(operation)
    assert claimed is not None
    calling._renew(claimed.call)
    feature.travel(LEASE_SECONDS)
    runner.run_due()
    row = feature.state_of(operation)
    assert (row.state, row.renewals) == (OperationState.DONE, 1)
    assert len(feature.charges()) == 1


def test_planned_calls_survive_with_their_parameters_unchanged(feature: Feature) -> None:
    params = {"email": "a@example.org", "name": "Zoé 🌱 \u200fشجرة"}
    operation = feature.plan(OperationKind.CUSTOMER_CREATE, params, "cus:1")
    with transaction():
        operations.plan(
            OperationKind.CUSTOMER_CREATE, subject_kind="test_rows", subject_id=1,
            params={"email": "other@example.org"}, key="cus:1", at=clock.now(),
        )  # fmt: skip
    runner.run_now(operation)
    made = feature.stripe.control("state")["customers"][0]
    assert (made["email"], made["name"]) == (params["email"], params["name"])
    assert isinstance(feature.state_of(operation), StripeOperation)


def test_a_key_that_stripe_has_seen_with_other_words_refuses_nobody_s_card(feature: Feature) -> None:
    """As after a new release of the library that writes the same order otherwise: look, then a new key."""
    intent, method = feature.intent()
    operation = feature.plan_confirm(intent, method)
    key = feature.state_of(operation).idempotency_key
    client = stripe.StripeClient(feature.stripe.key, base_addresses={"api": feature.stripe.url})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.confirm(intent, params={"payment_method": "pm_x"}, options={"idempotency_key": key})
    assert runner.run_now(operation) is None
    assert feature.state_of(operation).state == OperationState.LOOK_UP
    feature.travel(600)
    runner.run_due()
    assert feature.state_of(operation).state == OperationState.DONE
    assert len(feature.charges()) == 1
