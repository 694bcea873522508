"""Protections taken away on purpose, in the children only: a run with one of them must fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.payments import calling
from app.payments.client import Call
from app.payments.gateway import Gateway
from app.payments.outcomes import Declined
from app.payments.rules import OperationKind, Step
from tests.money.crash.fuse import Fuse


def unstable_key(fuse: Fuse) -> None:
    """Every sending carries a new idempotency key, as if it were made at the moment of the call."""
    fuse.has_unstable_key = True


def blind(fuse: Fuse) -> None:
    """The same, and nothing is looked up before it is sent again."""
    unstable_key(fuse)
    assert callable(calling.next_step)
    calling.next_step = lambda *_, **__: Step()


def one_step(fuse: Fuse) -> None:
    """The same, and the PaymentIntent is created and confirmed in one call: the form of every tutorial."""
    blind(fuse)
    true_send = Gateway.send

    def send(gateway: Gateway, call: Call) -> Any:
        if call.kind != OperationKind.INTENT_CREATE:
            return true_send(gateway, call)
        more = {"confirm": True, "off_session": True, "payment_method": _card_of(call)}
        outcome, request_id = true_send(gateway, replace(call, params=call.params | more))
        if isinstance(outcome, Declined):  # our handlers know no refusal here: they go on in two steps
            return true_send(gateway, call)
        return outcome, request_id

    Gateway.send = send  # type: ignore[method-assign]  # the bug that is planted


def _card_of(call: Call) -> str:
    """The card is no parameter of an unconfirmed creation: it is read from the promise."""
    from app.core.database import db
    from app.payments.models import StripeOperation
    from app.pledges.models import Pledge

    operation = db.session.get_one(StripeOperation, call.operation_id)
    card = db.session.get_one(Pledge, operation.subject_id).payment_method
    db.session.rollback()
    return str(card)


PLANTS: dict[str, Callable[[Fuse], None]] = {"key": unstable_key, "blind": blind, "one-step": one_step}
