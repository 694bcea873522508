"""Every call this stand-in plays: method, path, handler, parameters. Any other call is a 404."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fake_stripe.errors import missing
from fake_stripe.params import NumberOrRange, Shape
from fake_stripe.resources import (
    account,
    balance,
    charges,
    checkout_params,
    checkout_sessions,
    customers,
    disputes,
    events,
    payment_intents,
    payment_methods,
    refunds,
    setup_intents,
    transfers,
    v2_accounts,
    webhook_endpoints,
)
from fake_stripe.store import Obj
from fake_stripe.work import Work, list_object, render

Handler = Callable[..., Obj]


@dataclass
class Route:
    """path: `{}` stands for an id. connected: accepts the header Stripe-Account."""

    method: str
    path: str
    handler: Handler
    params: Shape
    connected: bool = False
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        self.pattern = re.compile(self.path.replace("{}", "([^/]+)"))


def listed(kind: str, url: str, work: Work, params: Obj) -> Obj:
    """Any v1 list: filters are the parameters that are not about paging."""
    paging = ("limit", "starting_after", "ending_before", "expand", "created")
    filters = {name: value for name, value in params.items() if name not in paging}
    try:
        found, more = work.store.page(
            kind,
            filters,
            limit=params.get("limit", 10),
            after=params.get("starting_after"),
            before=params.get("ending_before"),
            created=params.get("created"),
        )
    except KeyError as unknown:
        name = "starting_after" if unknown.args[0] == params.get("starting_after") else "ending_before"
        raise missing(kind, unknown.args[0], name) from unknown
    return list_object(url, [render(obj, work.now) for obj in found], more)


def _list(path: str, kind: str, params: Shape, *, dated: bool = True) -> Route:
    """dated: Stripe lets this list be filtered by `created`."""
    if dated:
        params = Shape(created=NumberOrRange(), **params.fields)
    return Route("GET", path, partial(listed, kind, path), params)


_events_list = Shape(created=NumberOrRange(), **events.LIST.fields)

ROUTES = [
    Route("GET", "/v1/account", account.retrieve, account.RETRIEVE),
    Route("GET", "/v1/balance", balance.balance, balance.BALANCE, connected=True),
    _list("/v1/balance_transactions", "balance_transaction", balance.LIST),
    Route("GET", "/v1/balance_transactions/{}", balance.retrieve, balance.RETRIEVE),
    _list("/v1/charges", "charge", charges.LIST),
    Route("GET", "/v1/charges/{}", charges.retrieve, charges.RETRIEVE),
    Route("POST", "/v1/checkout/sessions", checkout_sessions.create, checkout_params.CREATE),
    _list("/v1/checkout/sessions", "checkout.session", checkout_params.LIST),
    Route("GET", "/v1/checkout/sessions/{}", checkout_sessions.retrieve, checkout_params.RETRIEVE),
    Route(
        "GET",
        "/v1/checkout/sessions/{}/line_items",
        checkout_sessions.line_items,
        checkout_params.LINE_ITEMS,
    ),
    Route("POST", "/v1/checkout/sessions/{}/expire", checkout_sessions.expire, checkout_params.EXPIRE),
    Route("POST", "/v1/customers", customers.create, customers.CREATE),
    Route("GET", "/v1/customers/{}", customers.retrieve, customers.RETRIEVE),
    Route("DELETE", "/v1/customers/{}", customers.delete, customers.DELETE),
    _list("/v1/disputes", "dispute", disputes.LIST),
    Route("GET", "/v1/disputes/{}", disputes.retrieve, disputes.RETRIEVE),
    Route("GET", "/v1/events", events.listed, _events_list),
    Route("GET", "/v1/events/{}", events.retrieve, events.RETRIEVE),
    Route("POST", "/v1/payment_intents", payment_intents.create, payment_intents.CREATE),
    _list("/v1/payment_intents", "payment_intent", payment_intents.LIST),
    Route("GET", "/v1/payment_intents/{}", payment_intents.retrieve, payment_intents.RETRIEVE),
    Route("POST", "/v1/payment_intents/{}", payment_intents.update, payment_intents.UPDATE),
    Route("POST", "/v1/payment_intents/{}/cancel", payment_intents.cancel, payment_intents.CANCEL),
    Route("POST", "/v1/payment_intents/{}/confirm", payment_intents.confirm, payment_intents.CONFIRM),
    _list("/v1/payment_methods", "payment_method", payment_methods.LIST, dated=False),
    Route("GET", "/v1/payment_methods/{}", payment_methods.retrieve, payment_methods.RETRIEVE),
    Route("POST", "/v1/payment_methods/{}/attach", payment_methods.attach, payment_methods.ATTACH),
    Route("POST", "/v1/payment_methods/{}/detach", payment_methods.detach, payment_methods.DETACH),
    Route("POST", "/v1/refunds", refunds.create, refunds.CREATE),
    _list("/v1/refunds", "refund", refunds.LIST),
    Route("GET", "/v1/refunds/{}", refunds.retrieve, refunds.RETRIEVE),
    _list("/v1/setup_intents", "setup_intent", setup_intents.LIST),
    Route("GET", "/v1/setup_intents/{}", setup_intents.retrieve, setup_intents.RETRIEVE),
    Route("POST", "/v1/transfers", transfers.create, transfers.CREATE),
    _list("/v1/transfers", "transfer", transfers.LIST),
    Route("GET", "/v1/transfers/{}", transfers.retrieve, transfers.RETRIEVE),
    Route("POST", "/v1/transfers/{}/reversals", transfers.reverse, transfers.REVERSE),
    Route("GET", "/v1/transfers/{}/reversals", transfers.reversals, transfers.REVERSALS),
    Route("GET", "/v1/transfers/{}/reversals/{}", transfers.retrieve_reversal, transfers.RETRIEVE),
    Route("POST", "/v1/webhook_endpoints", webhook_endpoints.create, webhook_endpoints.CREATE),
    _list("/v1/webhook_endpoints", "webhook_endpoint", webhook_endpoints.LIST, dated=False),
    Route("GET", "/v1/webhook_endpoints/{}", webhook_endpoints.retrieve, webhook_endpoints.RETRIEVE),
    Route("DELETE", "/v1/webhook_endpoints/{}", webhook_endpoints.delete, webhook_endpoints.DELETE),
    Route("POST", "/v2/core/accounts", v2_accounts.create, v2_accounts.CREATE),
    Route("GET", "/v2/core/accounts", v2_accounts.listed, v2_accounts.LIST),
    Route("GET", "/v2/core/accounts/{}", v2_accounts.retrieve, v2_accounts.RETRIEVE),
    Route("POST", "/v2/core/account_links", v2_accounts.link, v2_accounts.LINK),
]

_by_shape: dict[tuple[str, int], list[Route]] = {}
for _route in ROUTES:
    _by_shape.setdefault((_route.method, _route.path.count("/")), []).append(_route)


def find(method: str, path: str) -> tuple[Route, tuple[Any, ...]] | None:
    for route in _by_shape.get((method, path.count("/")), []):
        match = route.pattern.fullmatch(path)
        if match is not None:
            return route, match.groups()
    return None
