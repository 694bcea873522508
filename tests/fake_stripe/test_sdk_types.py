"""The fake is never laxer than Stripe: its parameters are those of the SDK's types, or fewer."""

import inspect
import json
import re
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_stripe.params import Many, Reader, Shape
from fake_stripe.routes import ROUTES
from tests.fake_stripe.process import FakeStripe
from tests.fake_stripe.test_door import raw_call

pytestmark = pytest.mark.machine

# Where the parameter types of a package of services are.
PARAMETERS = {"stripe.checkout": "stripe.params.checkout", "stripe.v2.core": "stripe.params.v2.core"}


@cache
def sdk_params() -> dict[tuple[str, str], type]:
    """(method, path) → the SDK's parameter TypedDict, read from the source of its services."""
    found: dict[tuple[str, str], type] = {}
    for service in (
        stripe.AccountService,
        stripe.BalanceService,
        stripe.BalanceTransactionService,
        stripe.ChargeService,
        stripe.CustomerService,
        stripe.DisputeService,
        stripe.EventService,
        stripe.PaymentIntentService,
        stripe.PaymentMethodService,
        stripe.RefundService,
        stripe.SetupIntentService,
        stripe.TransferService,
        stripe.TransferReversalService,
        stripe.WebhookEndpointService,
        stripe.checkout.SessionService,
        stripe.checkout.SessionLineItemService,
        stripe.v2.core.AccountService,
        stripe.v2.core.AccountLinkService,
    ):
        package = import_module(PARAMETERS.get(service.__module__.rpartition(".")[0], "stripe.params"))
        for _, function in inspect.getmembers(service, inspect.isfunction):
            source = inspect.getsource(function)
            call = re.search(r'"(get|post|delete)",\s+(?:"(/v[^"]+)"|"(/v[^"]+)"\.format)', source)
            typed = re.search(r'"(\w+Params)"', source)
            if call and typed and "_async" not in function.__name__:
                path = re.sub(r"\{\w+\}", "{}", call[2] or call[3])
                found[call[1].upper(), path] = getattr(package, typed[1])
    return found


def unknown_names(shape: Reader, typed: Any, path: str = "") -> list[str]:
    """What we accept and the SDK's type does not have."""
    if isinstance(shape, Many):
        return unknown_names(shape.item, typed, path)
    if not isinstance(shape, Shape):
        return []
    module, found = inspect.getmodule(typed), []
    for name, reader in shape.fields.items():
        if name not in typed.__annotations__:
            found.append(f"{path}{name}")
            continue
        inside = re.findall(r"\b[A-Z]\w+Params\w+", str(typed.__annotations__[name]))
        if isinstance(reader, Shape) or (isinstance(reader, Many) and isinstance(reader.item, Shape)):
            found += unknown_names(reader, getattr(module, inside[0]), f"{path}{name}.")
    return found


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_nothing_is_accepted_that_this_version_of_stripe_does_not_know(route: Any) -> None:
    typed = sdk_params().get((route.method, route.path))
    assert typed is not None, "the SDK has no such call"
    # `page` is only met inside `next_page_url`, which the SDK follows by itself.
    assert [name for name in unknown_names(route.params, typed) if name != "page"] == []


NAMES = [
    *sorted({name for route in ROUTES for name in route.params.fields}),
    "",
    "x",
    "metadata[a]",
    "a[b][0]",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    fields=st.dictionaries(st.sampled_from(NAMES), st.one_of(st.text(max_size=20), st.integers().map(str)), max_size=6),
    json_body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    ),
)
def test_nonsense_never_breaks_it(fake: FakeStripe, route: Any, fields: dict[str, str], json_body: Any) -> None:
    path = route.path.replace("{}", "x_1")
    if route.method == "GET":
        status, answer = raw_call(fake, "GET", f"{path}?{urlencode(fields)}")
    elif path.startswith("/v2/"):
        status, answer = raw_call(fake, route.method, path, json.dumps(json_body).encode())
    else:
        status, answer = raw_call(fake, route.method, path, urlencode(fields).encode())
    assert status < 500
    assert status == 200 or {"type", "message"} <= answer["error"].keys()
