"""The three ways in which a call to Stripe can end. An answer that never came is none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.payments.rules import CONFIRMATIONS, OperationKind, charged_since

UNEXPECTED_STATE = "payment_intent_unexpected_state"


@dataclass(frozen=True)
class Done:
    """It was done; `object` as Stripe shows it."""

    object: dict[str, Any]


@dataclass(frozen=True)
class Declined:
    """The bank said no, or wants to see the contributor (402). `object` is the PaymentIntent."""

    code: str
    decline_code: str
    message: str
    object: dict[str, Any] | None


@dataclass(frozen=True)
class Rejected:
    """Stripe refuses for good (another 4xx); the same order would be refused again."""

    code: str
    message: str
    object: dict[str, Any] | None


Outcome = Done | Declined | Rejected


def settled(kind: str, target: str, outcome: Outcome) -> Outcome:
    """A refusal that only says "already so" is a success."""
    if not isinstance(outcome, Rejected):
        return outcome
    if kind == OperationKind.METHOD_DETACH:  # gone or never attached: nobody can charge it any more
        return Done({"id": target, "object": "payment_method", "customer": None})
    status = (outcome.object or {}).get("status")
    if outcome.object is not None and outcome.code == UNEXPECTED_STATE:
        if kind in CONFIRMATIONS and status == "succeeded":
            return Done(outcome.object)
        if kind == OperationKind.INTENT_CANCEL and status == "canceled":
            return Done(outcome.object)
    return outcome


def of_confirmation(intent: dict[str, Any], *, sent_at: datetime) -> Outcome | None:
    """What a retrieved PaymentIntent says about a confirmation sent at `sent_at`; None: not done yet."""
    status = intent.get("status")
    if status in ("succeeded", "processing", "requires_action"):
        return Done(intent)
    if status == "canceled":
        return Rejected(UNEXPECTED_STATE, "The PaymentIntent was canceled.", intent)
    error = intent.get("last_payment_error")
    if isinstance(error, Mapping) and charged_since(intent, sent_at):
        return Declined(
            str(error.get("code") or ""), str(error.get("decline_code") or ""),
            str(error.get("message") or ""), intent,
        )  # fmt: skip
    return None
