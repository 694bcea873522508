"""The door: keys, versions, unknown calls, unknown parameters, bad input of every sort."""

import json
from typing import Any

import pytest
import stripe

from fake_stripe import shopper
from fake_stripe.work import API_VERSION
from tests.fake_stripe.process import FakeStripe
from tests.fake_stripe.till import Till

pytestmark = pytest.mark.machine


def raw_call(
    fake: FakeStripe,
    method: str,
    path: str,
    body: bytes | None = None,
    key: str = FakeStripe.key,
    version: str = API_VERSION,
) -> tuple[int, Any]:
    """A call without the SDK, which would not let us send nonsense."""
    connection = shopper._connection(fake.url.removeprefix("http://"))
    headers = {"Authorization": f"Bearer {key}", "Stripe-Version": version}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_the_version_is_the_one_the_sdk_is_made_for() -> None:
    assert stripe._api_version._ApiVersion.CURRENT == API_VERSION


@pytest.mark.parametrize("key", ["sk_live_abc", "sk_test_abc", "rk_live_x", "sk_test_local_é", "", "x" * 5000])
def test_only_local_keys_enter(fake: FakeStripe, key: str) -> None:
    status, answer = raw_call(fake, "GET", "/v1/account", key=key.encode("utf-8").decode("latin-1"))
    assert status == 401
    assert answer["error"]["type"] == "invalid_request_error"


def test_another_version_is_refused(fake: FakeStripe) -> None:
    status, answer = raw_call(fake, "GET", "/v1/account", version="2024-06-20")
    assert (status, "2024-06-20" in answer["error"]["message"]) == (400, True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/charges"),
        ("GET", "/v1/products"),
        ("DELETE", "/v1/payment_intents/pi_1"),
        ("GET", "/v1/payment_intents/search"),
        ("PUT", "/v1/customers"),
        ("GET", "/v2/core/events"),
    ],
)
def test_what_is_not_played_is_a_404_in_stripes_shape(fake: FakeStripe, method: str, path: str) -> None:
    status, answer = raw_call(fake, method, path)
    assert status == 404
    assert answer["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("path", "body", "code", "param"),
    [
        ("/v1/payment_intents", "amount=100&currency=eur&tip=3", "parameter_unknown", "tip"),
        (
            "/v1/payment_intents",
            "amount=100&currency=eur&payment_method_types[]=card",
            "parameter_unknown",
            "payment_method_types",
        ),
        (
            "/v1/checkout/sessions",
            "mode=setup&success_url=http://a.fr&setup_intent_data[x]=1",
            "parameter_unknown",
            "setup_intent_data[x]",
        ),
        ("/v1/payment_intents", "currency=eur", "parameter_missing", "amount"),
        ("/v1/payment_intents", "amount=12.5&currency=eur", "parameter_invalid_integer", "amount"),
        ("/v1/payment_intents", "amount=٣&currency=eur", "parameter_invalid_integer", "amount"),
        ("/v1/payment_intents", "amount=-5&currency=eur", "parameter_invalid_integer", "amount"),
        ("/v1/payment_intents", "amount=49&currency=eur", "amount_too_small", "amount"),
        ("/v1/payment_intents", "amount=100000000&currency=eur", "amount_too_large", "amount"),
        ("/v1/payment_intents", "amount=100&currency=xof", None, "currency"),
        ("/v1/payment_intents", "amount=100&currency=", "parameter_invalid_empty", "currency"),
        ("/v1/payment_intents", "amount=100&currency=eur&customer=cus_x", "resource_missing", "customer"),
        ("/v1/payment_intents", "amount=100&currency=eur&off_session=maybe", None, "off_session"),
        ("/v1/payment_intents", "amount=100&currency=eur&off_session=true", None, "off_session"),
        ("/v1/payment_intents", "amount[x]=1&amount=2", None, "amount"),
        ("/v1/payment_intents", "amount=100&currency=eur&expand[]=latest_charge.x", None, "expand"),
        ("/v1/customers", "metadata[a]=" + "x" * 501, None, "metadata[a]"),
        ("/v1/customers", "metadata[" + "k" * 41 + "]=x", None, "metadata[" + "k" * 41 + "]"),
        ("/v1/customers", "email=nobody", "email_invalid", "email"),
        ("/v1/checkout/sessions", "mode=setup&success_url=http://a.fr", "parameter_missing", "currency"),
        ("/v1/checkout/sessions", "mode=payment&success_url=http://a.fr", "parameter_missing", "line_items"),
        (
            "/v1/checkout/sessions",
            "mode=setup&currency=eur&success_url=javascript:alert(1)",
            "url_invalid",
            "success_url",
        ),
        (
            "/v1/checkout/sessions",
            "mode=setup&currency=eur&success_url=http://a.fr&expires_at=1",
            None,
            "expires_at",
        ),
        ("/v1/refunds", "amount=5", None, None),
        (
            "/v1/webhook_endpoints",
            "url=https://example.org/x&enabled_events[]=*",
            "url_invalid",
            "url",
        ),
    ],
)
def test_wrong_parameters_are_named(
    fake: FakeStripe, path: str, body: str, code: str | None, param: str | None
) -> None:
    status, answer = raw_call(fake, "POST", path, body.encode())
    assert status == 400
    assert (answer["error"].get("code"), answer["error"].get("param")) == (code, param)


def test_unknown_ids_are_404_and_lists_know_their_own_ids(fake: FakeStripe, till: Till) -> None:
    for path in ("payment_intents/pi_x", "customers/cus_x", "charges/ch_x", "checkout/sessions/cs_test_x"):
        status, answer = raw_call(fake, "GET", f"/v1/{path}")
        assert (status, answer["error"]["code"]) == (404, "resource_missing")
    customer = till.customer().id
    status, answer = raw_call(fake, "GET", f"/v1/payment_intents?starting_after={customer}")
    assert (status, answer["error"]["param"]) == (400, "starting_after")


def test_lists_are_paged_both_ways(till: Till) -> None:
    customer = till.customer().id
    made = [till.intent(customer, 100 + number).id for number in range(5)][::-1]
    intents = till.client.v1.payment_intents
    first = intents.list({"customer": customer, "limit": 2})
    assert ([intent.id for intent in first.data], first.has_more) == (made[:2], True)
    second = intents.list({"customer": customer, "limit": 2, "starting_after": made[1]})
    assert [intent.id for intent in second.data] == made[2:4]
    before = intents.list({"customer": customer, "ending_before": made[3]})
    assert ([intent.id for intent in before.data], before.has_more) == (made[:3], False)
    assert [intent.id for intent in first.auto_paging_iter()] == made
    assert intents.list({"customer": customer, "created": {"gt": 9_000_000_000}}).data == []


def test_a_deleted_customer_pays_no_more(till: Till) -> None:
    customer, method = till.saved_card()
    assert till.client.v1.customers.delete(customer).deleted
    assert till.client.v1.customers.retrieve(customer).deleted
    assert till.client.v1.payment_methods.retrieve(method).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        till.intent(customer)


def test_other_calls_of_the_gateway(till: Till, fake: FakeStripe) -> None:
    account = till.client.v1.accounts.retrieve_current()
    assert account.id == fake.control("state")["account"]
    session = till.payment_session()
    lines = till.client.v1.checkout.sessions.line_items.list(session.id).data
    assert [line.amount_total for line in lines] == [2500]
    assert till.client.v1.checkout.sessions.list({"status": "open"}).data[0].id == session.id
    till.holder("later")
    assert len(till.client.v2.core.accounts.list({"limit": 1}).data) == 1


def test_an_unknown_host_name_is_refused(fake: FakeStripe) -> None:
    connection = shopper._connection(fake.url.removeprefix("http://"))
    connection.request("GET", "/health", headers={"Host": "evil.example"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 421


def test_a_huge_body_is_refused(fake: FakeStripe) -> None:
    status, _, _ = shopper.request("POST", fake.url + "/v1/customers", b"a" * 5_000_000)
    assert status == 413
    shopper.close()
