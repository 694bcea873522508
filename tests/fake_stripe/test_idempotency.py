"""Idempotency keys, exactly as documented; and the fault script that makes them necessary."""

import threading

import pytest
import stripe

from tests.fake_stripe.process import FakeStripe
from tests.fake_stripe.till import RECIPIENT, Till

pytestmark = pytest.mark.machine


def intents(fake: FakeStripe) -> int:
    return len(fake.control("state")["payment_intents"])


def test_the_same_key_answers_the_same_and_says_so(till: Till, fake: FakeStripe) -> None:
    customer = till.customer().id
    first = till.intent(customer, idempotency_key="pi:1")
    again = till.intent(customer, idempotency_key="pi:1")
    assert again.id == first.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert first.last_response is not None
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert intents(fake) == 1


def test_the_same_key_with_other_parameters_or_another_call_is_an_error(till: Till) -> None:
    customer = till.customer().id
    intent = till.intent(customer, idempotency_key="pi:1")
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        till.intent(customer, cents=999, idempotency_key="pi:1")
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        till.client.v1.payment_intents.cancel(intent.id, options={"idempotency_key": "pi:1"})


def test_a_refusal_by_the_bank_is_replayed_not_retried(till: Till) -> None:
    customer, method = till.saved_card("4000000000000341")
    intent = till.intent(customer)
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            till.confirm(intent.id, method, idempotency_key="confirm:1")
    assert len(till.client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_a_call_whose_parameters_were_refused_keeps_no_key(till: Till) -> None:
    customer = till.customer().id
    with pytest.raises(stripe.InvalidRequestError, match=r"at least 0\.50"):
        till.intent(customer, cents=12, idempotency_key="pi:1")
    assert till.intent(customer, idempotency_key="pi:1").amount == 2500


def test_keys_are_forgotten_after_a_simulated_day(till: Till, fake: FakeStripe) -> None:
    customer = till.customer().id
    first = till.intent(customer, idempotency_key="pi:1")
    fake.control("clock", offset_seconds=86_000)
    assert till.intent(customer, idempotency_key="pi:1").id == first.id
    fake.control("clock", offset_seconds=86_400 + 5)
    assert till.intent(customer, idempotency_key="pi:1").id != first.id
    assert fake.control("keys", "DELETE")["forgotten"] > 0
    till.intent(customer, idempotency_key="pi:1")
    assert intents(fake) == 3


def test_v2_keeps_keys_for_a_month(till: Till, fake: FakeStripe) -> None:
    first = till.client.v2.core.accounts.create(RECIPIENT, {"idempotency_key": "acct:1"})
    fake.control("clock", offset_seconds=29 * 86_400)
    assert till.client.v2.core.accounts.create(RECIPIENT, {"idempotency_key": "acct:1"}).id == first.id
    fake.control("clock", offset_seconds=31 * 86_400)
    assert till.client.v2.core.accounts.create(RECIPIENT, {"idempotency_key": "acct:1"}).id != first.id


def test_a_second_call_while_the_first_one_runs_is_a_conflict(till: Till, fake: FakeStripe) -> None:
    customer = till.customer().id
    fake.control("faults", action="delay", seconds=1.0, path="/v1/payment_intents")
    first = threading.Thread(target=till.intent, args=(customer,), kwargs={"idempotency_key": "pi:1"})
    first.start()
    while not fake.control("faults")["rules"][0]["played"]:
        pass
    with pytest.raises(stripe.APIError) as conflict:
        till.intent(customer, idempotency_key="pi:1")
    assert conflict.value.http_status == 409
    first.join()
    till.intent(customer, idempotency_key="pi:1")
    assert intents(fake) == 1


@pytest.mark.parametrize(("phase", "done"), [("before", 0), ("after", 1)])
def test_a_kept_500_comes_back_for_ever(till: Till, fake: FakeStripe, phase: str, done: int) -> None:
    customer = till.customer().id
    fake.control("faults", action="sticky", phase=phase, path="/v1/payment_intents")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            till.intent(customer, idempotency_key="pi:1")
        assert broken.value.http_status == 500
    assert intents(fake) == done
    till.intent(customer, idempotency_key="pi:2")
    assert intents(fake) == done + 1


@pytest.mark.parametrize("action", ["drop", "half", "html", "status"])
@pytest.mark.parametrize(("phase", "done"), [("before", 0), ("after", 1)])
def test_an_answer_lost_on_the_way_is_found_again_with_its_key(
    till: Till, fake: FakeStripe, action: str, phase: str, done: int
) -> None:
    customer = till.customer().id
    fake.control("faults", action=action, phase=phase, path="/v1/payment_intents", method="POST")
    with pytest.raises((stripe.APIConnectionError, stripe.APIError)):
        till.intent(customer, idempotency_key="pi:1")
    assert intents(fake) == done
    till.intent(customer, idempotency_key="pi:1")
    assert intents(fake) == 1


@pytest.mark.parametrize(("status", "error"), [(429, stripe.RateLimitError), (503, stripe.APIError)])
def test_busy_and_broken_answers(till: Till, fake: FakeStripe, status: int, error: type[stripe.StripeError]) -> None:
    fake.control("faults", action="status", status=status, times=2)
    for _ in range(2):
        with pytest.raises(error):
            till.customer()
    assert till.customer().email == "ada@example.org"


def test_a_rule_matches_what_it_names_skips_and_ends(till: Till, fake: FakeStripe) -> None:
    customer = till.customer().id
    fake.control("faults", action="status", path="/v1/*", contains="amount=777", skip=1)
    till.intent(customer, cents=776)
    till.intent(customer, cents=777)
    with pytest.raises(stripe.APIError):
        till.intent(customer, cents=777)
    till.intent(customer, cents=777)
    assert fake.control("faults", "DELETE") == {}
    assert fake.control("faults") == {"rules": []}
    for wrong in (
        {"action": "explode"},
        {"action": "drop", "when": 3},
        {"action": "drop", "phase": "during"},
    ):
        with pytest.raises(ValueError, match="ValueError"):
            fake.control("faults", **wrong)


def test_every_order_is_written_down_even_the_repeated_and_the_refused(till: Till, fake: FakeStripe) -> None:
    customer = till.customer().id
    till.intent(customer, idempotency_key="pi:1")
    till.intent(customer, idempotency_key="pi:1")
    with pytest.raises(stripe.InvalidRequestError):
        till.client.v1.payment_intents.cancel("pi_nobody")
    till.client.v1.payment_intents.list()
    fake.control("faults", action="status", status=500)
    with pytest.raises(stripe.APIError):
        till.customer()
    found = [(order["path"], order["status"], order["outcome"]) for order in fake.control("orders")["orders"]]
    assert found == [
        ("/v1/customers", 200, "executed"),
        ("/v1/payment_intents", 200, "executed"),
        ("/v1/payment_intents", 200, "replayed"),
        ("/v1/payment_intents/pi_nobody/cancel", 404, "refused"),
        ("/v1/customers", 500, "fault status"),
    ]
