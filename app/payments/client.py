"""The way to the gateway: built at the first call, so that a process without payments never loads `stripe`."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import current_app

from app.core.database import in_transaction
from app.payments.dispatch import registry
from app.payments.errors import InsideTransaction

if TYPE_CHECKING:
    from app.payments.gateway import Gateway


@dataclass(frozen=True)
class Call:
    """An operation as the gateway sees it: a value, so that no row is touched while Stripe is asked."""

    operation_id: int
    kind: str
    target: str
    params: dict[str, Any]
    key: str  # as sent now, renewals included
    mark: str  # as written in the metadata of what it creates
    sent_at: datetime  # when this key was first sent


class Pace:
    """At most `per_second` calls, evenly spaced; 0 means as fast as they come."""

    def __init__(self, per_second: int):
        self._gap = 1 / per_second if per_second else 0.0
        self._next = 0.0
        self._guard = threading.Lock()

    def wait(self) -> None:
        if not self._gap:
            return
        with self._guard:
            now = time.monotonic()
            at = max(now, self._next)
            self._next = at + self._gap
        time.sleep(at - now)


def gateway() -> Gateway:
    """The gateway of this app. Errors: InsideTransaction when a transaction is open."""
    if in_transaction():
        raise InsideTransaction("Stripe is never asked inside a transaction")
    kept = registry().kept
    if "gateway" not in kept:
        from app.payments.gateway import Gateway

        settings = current_app.config["SETTINGS"]
        kept["gateway"] = Gateway(
            settings.stripe_secret_key, settings.stripe_api_base, Pace(settings.stripe_calls_per_second)
        )
    found: Gateway = kept["gateway"]
    return found
