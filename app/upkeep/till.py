"""Orders of the guided try: straight to the gateway, under marks of their own, and undone at the end.

They are no operations: nothing of this installation waits for them, so no row is written. Their
metadata names no installation, so that their events and charges are nobody's.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from app.core import clock
from app.payments.client import Call, gateway
from app.payments.errors import GatewayRefused, GatewayUnavailable
from app.payments.outcomes import Done, Outcome, Rejected
from app.payments.rules import CREATIONS, OperationKind

ENV = "smoke"


class Till:
    """One try. `token` names it at Stripe; what it leaves there is in `open_*` until `clean_up`."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(5)
        self.group = f"smoke:{self.token}"
        self.open_sessions: list[str] = []
        self.open_intents: list[str] = []
        self.open_cards: list[str] = []
        self.open_charges: list[str] = []
        self._number = 0

    def order(self, kind: OperationKind, params: Mapping[str, Any], target: str = "") -> Outcome:
        """Errors: GatewayUnavailable."""
        self._number += 1
        key = f"{ENV}:{self.token}:{self._number}"
        given = dict(params)
        if kind in CREATIONS:
            given["metadata"] = {**given.get("metadata", {}), "env": ENV, "op": key}
        call = Call(0, kind, target, given, key, key, clock.real_now())
        outcome, _request_id = gateway().send(call)
        return outcome

    def clean_up(self) -> list[str]:
        """Give back, cancel, expire, detach, each in its turn; what could not be undone, a line each."""
        orders = [
            *((OperationKind.REFUND_CREATE, {"charge": one}, "", one) for one in self.open_charges),
            *((OperationKind.INTENT_CANCEL, {}, one, one) for one in self.open_intents),
            *((OperationKind.SESSION_EXPIRE, {}, one, one) for one in self.open_sessions),
            *((OperationKind.METHOD_DETACH, {}, one, one) for one in self.open_cards),
        ]
        left = []
        for kind, params, target, name in orders:
            try:
                outcome = self.order(kind, params, target)
            except (GatewayUnavailable, GatewayRefused) as error:
                left.append(f"{name}: {type(error).__name__}")
                continue
            if not isinstance(outcome, Done):
                left.append(f"{name}: {said(outcome)}")
        return left


def said(outcome: Outcome) -> str:
    """An outcome in a few words: the status of what was done, or the code of the refusal."""
    if isinstance(outcome, Done):
        return str(outcome.object.get("status") or "done")
    if isinstance(outcome, Rejected):
        return f"refused: {outcome.code or 'no code'} ({outcome.message})".replace(" ()", "")
    return f"declined: {outcome.code} {outcome.decline_code}".rstrip()
