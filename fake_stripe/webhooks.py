"""Delivery of events: signed, at least once, retried with backoff, in any order you ask for.

Modes (control API): `deliver` at once; `hold` until released; `drop` for ever (the endpoint never
hears of it); `duplicate` sends each event twice. The signature is Stripe's v1 scheme
(docs.stripe.com/webhooks#verify-manually), dated by the later of the simulated and the real time:
the SDK compares with the real one, refuses what is old and accepts what is ahead.
"""

import hashlib
import hmac
import http.client
import json
import logging
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from fake_stripe.clock import Clock
from fake_stripe.store import Obj, Store
from fake_stripe.sweep import sweep
from fake_stripe.work import Work, render

log = logging.getLogger(__name__)

MODES = ("deliver", "hold", "drop", "duplicate")
MOST_TRIES = 12
TIMEOUT_SECONDS = 10
IDLE_SECONDS = 1.0


@dataclass(frozen=True)
class Parcel:
    event: Obj
    endpoint: Obj
    tries: int


def signature(secret: str, body: bytes, at: int) -> str:
    """The value of the header Stripe-Signature. at: Unix seconds."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def body_of(event: Obj) -> bytes:
    return json.dumps(render(event, event["created"]), ensure_ascii=False, indent=2).encode()


class Courier(threading.Thread):
    """The background thread. Also makes time pass when nobody calls (Sessions expire by themselves)."""

    def __init__(self, store: Store, clock: Clock, base_url: str) -> None:
        super().__init__(name="courier", daemon=True)
        self.store = store
        self.clock = clock
        self.base_url = base_url
        self.skew_seconds = 0
        self._bell = threading.Event()
        self._stopping = False

    def ring(self) -> None:
        """Something may be waiting."""
        self._bell.set()

    def stop(self) -> None:
        self._stopping = True
        self._bell.set()

    @property
    def mode(self) -> str:
        return self.store.read_meta("webhook_mode") or "deliver"

    def run(self) -> None:
        while not self._stopping:
            try:
                with self.store.lock:
                    sweep(Work(self.store, self.clock.now(), self.base_url))
                busy = self.deliver_due()
            except Exception:
                if self._stopping:
                    return
                log.exception("delivery failed")
                busy = False
            if not busy:
                self._bell.wait(IDLE_SECONDS)
                self._bell.clear()

    def deliver_due(self) -> bool:
        """Sends what is due, oldest event first. Returns whether there was anything."""
        mode = self.mode
        if mode == "hold":
            return False
        if mode == "drop":
            with self.store.transaction():
                self.store.db.execute("UPDATE delivery SET state = 'dropped' WHERE state = 'waiting' AND tries = 0")
        parcels = self._due(20)
        for parcel in parcels:
            self.send(parcel, twice=mode == "duplicate")
        return bool(parcels)

    def send(self, parcel: Parcel, *, twice: bool = False) -> int:
        """One attempt. Returns the HTTP status, 0 when nobody answered."""
        body = body_of(parcel.event)
        status = self._post(parcel.endpoint, body)
        if twice and 200 <= status < 300:
            self._post(parcel.endpoint, body)
        delivered = 200 <= status < 300
        tries = parcel.tries + 1
        over = not delivered and tries >= MOST_TRIES
        state = "delivered" if delivered else ("given up" if over else "waiting")
        with self.store.transaction():
            changed = self.store.db.execute(
                "UPDATE delivery SET state = ?, tries = ?, next_at = ? "
                "WHERE event = ? AND endpoint = ? AND state != 'delivered'",
                (
                    state,
                    tries,
                    time.time() + min(0.5 * 2**parcel.tries, 60),
                    parcel.event["id"],
                    parcel.endpoint["id"],
                ),
            ).rowcount
            event = self.store.find(parcel.event["id"])
            if delivered and changed and event is not None:
                event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
                self.store.save(event)
        return status

    def parcels_for(self, event_id: str) -> list[Parcel]:
        """Whatever its state: to release or repeat one event on order."""
        with self.store.lock:
            event = self.store.find(event_id, "event")
            if event is None:
                return []
            endpoints = self.store.every("webhook_endpoint")
        return [Parcel(event, endpoint, 0) for endpoint in endpoints]

    def _due(self, most: int) -> list[Parcel]:
        with self.store.lock:
            rows = self.store.db.execute(
                "SELECT d.event, d.endpoint, d.tries FROM delivery d JOIN object o ON o.id = d.event "
                "WHERE d.state = 'waiting' AND d.next_at <= ? ORDER BY o.seq LIMIT ?",
                (time.time(), most),
            ).fetchall()
            parcels = []
            for event_id, endpoint_id, tries in rows:
                event, endpoint = self.store.find(event_id), self.store.find(endpoint_id)
                if event is not None and endpoint is not None:
                    parcels.append(Parcel(event, endpoint, tries))
        return parcels

    def _post(self, endpoint: Obj, body: bytes) -> int:
        url = urlsplit(endpoint["url"])
        path = url.path or "/"
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (local stand-in)",
            "Stripe-Signature": signature(
                endpoint["_secret"], body, max(self.clock.now(), int(time.time())) + self.skew_seconds
            ),
        }
        connection = http.client.HTTPConnection(url.hostname or "127.0.0.1", url.port or 80, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", f"{path}?{url.query}" if url.query else path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
