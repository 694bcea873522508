"""What a handler gets: the books, the time, and a way to announce what happened."""

from dataclasses import dataclass, field
from typing import Any

from fake_stripe.errors import missing
from fake_stripe.ids import new_id
from fake_stripe.store import Obj, Store

API_VERSION = "2026-10-28.endive"


@dataclass
class Work:
    """One request, inside its transaction.

    now: simulated Unix seconds. base_url: where the hosted pages are, without a final slash.
    request_id, key: copied into the events; None when a page (a person) made the change.
    account: the connected account named by the header Stripe-Account, if any.
    """

    store: Store
    now: int
    base_url: str
    request_id: str | None = None
    key: str | None = None
    account: str | None = None
    events: list[str] = field(default_factory=list)

    def get(self, kind: str, identifier: str, param: str = "id") -> Obj:
        """Raises Refusal (resource_missing) for an unknown id or one of another kind."""
        found = self.store.find(identifier, kind)
        if found is None:
            raise missing(kind, identifier, param)
        return found

    def emit(self, kind: str, obj: Obj, previous: dict[str, Any] | None = None) -> Obj:
        """Records a snapshot event, and a delivery for each endpoint that listens to it."""
        event_id = new_id("evt_3" if obj["id"].startswith(("pi_", "ch_", "re_")) else "evt_1")
        data: dict[str, Any] = {"object": render(obj, self.now)}
        if previous is not None:
            data["previous_attributes"] = previous
        listeners = [
            endpoint["id"]
            for endpoint in self.store.every("webhook_endpoint")
            if endpoint["status"] == "enabled"
            and ("*" in endpoint["enabled_events"] or kind in endpoint["enabled_events"])
        ]
        event: Obj = {
            "id": event_id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": data,
            "livemode": False,
            "pending_webhooks": len(listeners),
            "request": {"id": self.request_id, "idempotency_key": self.key},
            "type": kind,
        }
        self.store.insert(event)
        for listener in listeners:
            self.store.db.execute(
                "INSERT INTO delivery (event, endpoint, next_at, state) VALUES (?, ?, 0, 'waiting')",
                (event_id, listener),
            )
        self.events.append(event_id)
        return event


def render(obj: Obj, now: int) -> Obj:
    """The object as Stripe shows it: without our private `_fields`, with what depends on the time."""
    shown = {name: value for name, value in obj.items() if not name.startswith("_")}
    if shown["object"] == "balance_transaction":
        shown["status"] = "available" if shown["available_on"] <= now else "pending"
    return shown


def list_object(url: str, data: list[Obj], has_more: bool = False) -> Obj:
    return {"object": "list", "url": url, "has_more": has_more, "data": data}
