"""A feature of its own for these tests: it registers handlers and a bell, and keeps what it hears."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from app.core import clock
from app.core.database import db, transaction
from app.payments import dispatch, environment, operations, runner
from app.payments.client import Pace
from app.payments.gateway import Gateway
from app.payments.models import StripeOperation
from app.payments.outcomes import Done, Outcome
from app.payments.rules import OperationKind
from fake_stripe import shopper
from tests.fake_stripe.conftest import Witness
from tests.fake_stripe.process import FakeStripe
from tests.fake_stripe.spec import problems_of

KIND = "test_rows"


def outside(call: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """A request as it comes from outside: without the app context that stands around these tests."""
    return Context().run(call, *given, **named)


@dataclass
class Feature:
    """`heard`: (kind, outcome) in order; `rings`: (subject id, object type, object id)."""

    stripe: FakeStripe
    heard: list[tuple[str, Outcome]] = field(default_factory=list)
    rings: list[tuple[int, str, str]] = field(default_factory=list)
    follow: dict[str, Any] = field(default_factory=lambda: defaultdict(lambda: None))

    def handle(self, operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
        self.heard.append((operation.kind, outcome))
        follow = self.follow[operation.kind]
        if follow:
            follow(operation, outcome, at)

    def ring(self, subject_id: int, object_type: str, object_id: str) -> None:
        self.rings.append((subject_id, object_type, object_id))

    # -- planning and running ------------------------------------------------------------------

    def plan(
        self, kind: OperationKind, params: dict[str, Any], key: str, *, target: str = "", subject_id: int = 1
    ) -> int:
        with transaction():
            return operations.plan(
                kind, subject_kind=KIND, subject_id=subject_id, params=params, key=key, at=clock.now(),
                target=target,
            ).id  # fmt: skip

    def run(self, kind: OperationKind, params: dict[str, Any], key: str, **more: Any) -> dict[str, Any]:
        outcome = runner.run_now(self.plan(kind, params, key, **more))
        assert isinstance(outcome, Done), outcome
        return outcome.object

    def customer(self, key: str = "cus:1") -> str:
        return str(self.run(OperationKind.CUSTOMER_CREATE, {"email": "a@example.org"}, key)["id"])

    def saved_card(self, customer: str, number: str = shopper.GOOD_CARD, key: str = "cs:1") -> str:
        """A payment method saved through a real Checkout page in setup mode."""
        session = self.run(
            OperationKind.SESSION_CREATE,
            {
                "mode": "setup", "customer": customer, "currency": "eur",
                "success_url": "http://127.0.0.1:8000/merci",
            },
            key,
        )  # fmt: skip
        shopper.complete_checkout(session["url"], number)
        made = self.stripe.control("state")["setup_intents"][-1]
        return str(made["payment_method"])

    def intent(self, card: str = shopper.GOOD_CARD, *, cents: int = 2500, key: str = "1") -> tuple[str, str]:
        """(PaymentIntent, saved card): created, unconfirmed."""
        customer = self.customer(f"cus:{key}")
        method = self.saved_card(customer, card, f"cs:{key}")
        made = self.run(
            OperationKind.INTENT_CREATE,
            {"amount": cents, "currency": "eur", "customer": customer, "transfer_group": "campaign:1"},
            f"pi:{key}",
        )
        return str(made["id"]), method

    def plan_customer(self, subject_id: int) -> int:
        params = {"email": "a@example.org"}
        return self.plan(OperationKind.CUSTOMER_CREATE, params, f"cus:{subject_id}", subject_id=subject_id)

    def plan_confirm(self, intent: str, method: str, key: str = "confirm:1", *, subject_id: int = 1) -> int:
        params = {"payment_method": method, "off_session": True, "return_url": "http://127.0.0.1:8000/retour"}
        return self.plan(OperationKind.INTENT_CONFIRM, params, key, target=intent, subject_id=subject_id)

    # -- what is true ----------------------------------------------------------------------------

    def state_of(self, operation_id: int) -> StripeOperation:
        db.session.rollback()
        return db.session.get_one(StripeOperation, operation_id, populate_existing=True)

    def charges(self) -> list[dict[str, Any]]:
        """Charges that took money, by Stripe's own books."""
        return [one for one in self.stripe.control("state")["charges"] if one["status"] == "succeeded"]

    def orders(self, path: str) -> list[dict[str, Any]]:
        """Every order that Stripe received for paths that contain `path`."""
        return [one for one in self.stripe.control("orders")["orders"] if path in one["path"]]

    def fault(self, path: str, action: str, **more: Any) -> None:
        rule = {"method": "POST", "path": path, "action": action, **more}
        status, _, answer = shopper.request(
            "POST", f"{self.stripe.url}/_control/faults", json.dumps(rule).encode(), "application/json"
        )
        assert status == 200, answer

    def travel(self, seconds: int) -> None:
        """Our clock and Stripe's, forward together."""
        with transaction():
            clock.set_offset(clock.offset_seconds() + seconds)
        clock.forget()
        self.stripe.control("clock", offset_seconds=clock.offset_seconds())


@pytest.fixture
def feature(ctx: None, stripe_server: FakeStripe) -> Iterator[Feature]:
    """The registrations, undone at the end, when every call made is also held against Stripe's own
    description of its API."""
    made = Feature(stripe_server)
    registry = dispatch.registry()
    kept = dict(registry.handlers), dict(registry.bells), dict(registry.open_work)
    registry.open_work.clear()
    for kind in OperationKind:
        if kind != OperationKind.ACCOUNT_CREATE:
            registry.handlers.pop(kind, None)
            dispatch.register(kind, made.handle)
    dispatch.register_bell(KIND, made.ring)
    environment.forget()
    witness = Witness()
    registry.kept["gateway"] = Gateway(stripe_server.key, stripe_server.url, Pace(0), witness)
    yield made
    registry.handlers, registry.bells, registry.open_work = kept
    del registry.kept["gateway"]
    environment.forget()
    assert [problem for call in witness.seen for problem in problems_of(call)] == []
