"""The way to the gateway: built at the first call, so that a process without payments never loads `stripe`."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import structlog
from flask import current_app

from app.core.database import in_transaction
from app.payments.dispatch import registry
from app.payments.errors import InsideTransaction

if TYPE_CHECKING:
    from app.payments.gateway import Gateway

log = structlog.get_logger()


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


class Wire(Protocol):
    """What sends a request to Stripe: `stripe.HTTPClient`, known here by its one method."""

    @property
    def request(self) -> Callable[..., tuple[Any, int, Any]]: ...


WireT = TypeVar("WireT", bound=Wire)
RECOVERS_SECONDS = 60.0  # from "slow down" back to the whole pace, little by little
SLOWEST_PER_SECOND = 0.5
LATE_SECONDS = 0.25
SAME_BURST_SECONDS = 1.0  # calls under way together are refused together: that counts once
ONE_BUSY_OBJECT = b"lock_timeout"  # also a 429, but no reason to slow everybody


class Pace:
    """At most `per_second` calls, evenly spaced, half of it after a 429; 0 means as fast as they come.

    One for the whole process, whatever the number of threads.
    """

    def __init__(self, per_second: int, monotonic: Callable[[], float] = time.monotonic):
        self._whole, self._monotonic = float(per_second), monotonic
        self._next, self._slow, self._slowed_at = 0.0, self._whole, -RECOVERS_SECONDS
        self._guard = threading.Lock()

    def per_second(self) -> float:
        """Calls a second at this instant; 0 = no limit."""
        since = self._monotonic() - self._slowed_at
        return min(self._whole, self._slow + self._whole * since / RECOVERS_SECONDS)

    def wait(self) -> None:
        """Until this call may begin. Whoever wakes up too late for its turn takes a new one: a machine that
        stood still must not make up for it in one burst."""
        while self._whole:
            with self._guard:
                now = self._monotonic()
                at = max(now, self._next)
                self._next = at + 1 / self.per_second()
            if at > now:
                time.sleep(at - now)
            if self._monotonic() - at <= LATE_SECONDS:
                return

    def room(self) -> int:
        """How many calls may begin within the next second; whoever takes more only holds them up."""
        if not self._whole:
            return 1_000
        left = 1.0 - max(0.0, self._next - self._monotonic())
        return math.ceil(left * self.per_second()) if left > 0 else 0

    def slow_down(self) -> None:
        """Stripe has said 429: half the pace, which then grows back."""
        with self._guard:
            now = self._monotonic()
            if self._whole and now - self._slowed_at >= SAME_BURST_SECONDS:
                self._slow = max(SLOWEST_PER_SECOND, self.per_second() / 2)
                self._slowed_at = now
                log.warning("stripe_says_slow_down", per_second=round(self._slow, 1))

    def keep(self, wire: WireT) -> WireT:
        """Let every request of `wire` go at this pace: also each page of a list, and what the library repeats."""
        send = wire.request

        def request(*given: Any, **named: Any) -> tuple[Any, int, Any]:
            self.wait()
            answer = send(*given, **named)
            if answer[1] == 429 and ONE_BUSY_OBJECT not in bytes(answer[0] or b""):
                self.slow_down()
            return answer

        setattr(wire, "request", request)  # noqa: B010  (the library calls its own method by this name)
        return wire


def gateway() -> Gateway:
    """The gateway of this app. Errors: InsideTransaction when a transaction is open."""
    if in_transaction():
        raise InsideTransaction("Stripe is never asked inside a transaction")
    kept = registry().kept
    if "gateway" not in kept:
        from app.payments.gateway import Gateway

        settings = current_app.config["SETTINGS"]
        kept["gateway"] = Gateway(settings.stripe_secret_key, settings.stripe_api_base, pace())
    found: Gateway = kept["gateway"]
    return found


def pace() -> Pace:
    """The pace of this process."""
    kept = registry().kept
    found: Pace | None = kept.get("pace")
    if found is None:
        found = kept.setdefault("pace", Pace(current_app.config["SETTINGS"].stripe_calls_per_second))
    return found
