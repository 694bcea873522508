"""Who is told what: features register a handler for each kind of call and a bell for their rows.

The tables belong to the app, not to the module: several apps live in one test process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask, current_app

from app.payments.models import StripeOperation
from app.payments.outcomes import Outcome
from app.payments.rules import OperationKind

Handler = Callable[[StripeOperation, Outcome, datetime], None]
Bell = Callable[[int, str, str], None]
Wanted = Callable[[StripeOperation], bool]


@dataclass(frozen=True)
class OpenWork:
    """How many rows of a feature wait for this Stripe account, and the verb that closes them as test data."""

    count: Callable[[], int]
    close: Callable[[datetime], int]


@dataclass
class Registry:
    handlers: dict[OperationKind, Handler] = field(default_factory=dict)
    wanted: dict[OperationKind, Wanted] = field(default_factory=dict)
    bells: dict[str, Bell] = field(default_factory=dict)
    open_work: dict[str, OpenWork] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)  # the gateway and what it learnt, for this process


class HandlerMissing(RuntimeError):
    """A kind of call whose result nobody would hear."""


def init_app(app: Flask) -> None:
    app.extensions["payments"] = Registry()


def registry() -> Registry:
    found: Registry = current_app.extensions["payments"]
    return found


def register(kind: OperationKind, handler: Handler) -> None:
    """`handler(operation, outcome, at)` runs inside the transaction that ends the operation.

    It may plan further operations; it never calls Stripe. Errors: ValueError for a second handler.
    """
    if registry().handlers.setdefault(OperationKind(kind), handler) is not handler:
        raise ValueError(f"{kind} has a handler already")


def register_wanted(kind: OperationKind, is_wanted: Wanted) -> None:
    """`is_wanted(operation)` is asked in the transaction that claims a call never sent before: False stops it for ever.

    It reads, and writes nothing. The handler hears nothing of a call that was stopped.
    """
    registry().wanted[OperationKind(kind)] = is_wanted


def is_wanted(operation: StripeOperation) -> bool:
    """Whether a planned call may still be sent."""
    asked = registry().wanted.get(OperationKind(operation.kind))
    return asked is None or asked(operation)


def register_bell(subject_kind: str, ring: Bell) -> None:
    """`ring(subject_id, object_type, object_id)` is called outside any transaction when something may have changed.

    It fetches from Stripe, then applies in its own transaction; it must bear repeats and any order.
    """
    if registry().bells.setdefault(subject_kind, ring) is not ring:
        raise ValueError(f"{subject_kind} has a bell already")


def register_open_work(subject_kind: str, *, count: Callable[[], int], close: Callable[[datetime], int]) -> None:
    """For the environment guard: `count()` rows still wait for Stripe; `close(at)` ends them as test
    data inside the guard's transaction and returns how many."""
    registry().open_work[subject_kind] = OpenWork(count, close)


def check() -> None:
    """At the end of create_app. Errors: HandlerMissing names every kind without a handler."""
    missing = [kind.value for kind in OperationKind if kind not in registry().handlers]
    if missing:
        raise HandlerMissing(", ".join(missing))
