"""Stripe's notifications as they reach us: signed bytes on the real webhook endpoint, in any order we like."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import stripe
from sqlalchemy import select
from werkzeug.serving import make_server

from app.core import clock
from app.core.database import db
from app.payments import inbox
from app.payments.models import StripeEvent
from app.payments.rules import EVENT_TYPES
from tests.money.support import inside
from tests.support.scene import Scene

SECRET = "whsec_of_these_tests"
PATH = "/stripe/webhook"


def happened(scene: Scene, *types: str) -> list[dict[str, Any]]:
    """Stripe's events of these types (default: all those that we listen to), oldest first."""
    client = stripe.StripeClient(scene.stripe.key, base_addresses={"api": scene.stripe.url})
    found = client.v1.events.list({"types": list(types) or EVENT_TYPES, "limit": 100}).auto_paging_iter()
    return [one.to_dict() for one in found][::-1]


def about(events: list[dict[str, Any]], pledge_public_id: str) -> list[dict[str, Any]]:
    """Those whose object says that it is this promise's."""
    return [one for one in events if one["data"]["object"]["metadata"].get("pledge") == pledge_public_id]


def signed(scene: Scene, body: str, *, secret: str = SECRET, age_seconds: int = 0) -> str:
    """The signature of Stripe's clock, as old as asked."""
    with scene.app.app_context():
        at = int(clock.now().timestamp()) - age_seconds
    return stripe.WebhookSignature.generate_signature_header(body, secret, at)


def send(scene: Scene, event: Mapping[str, Any] | str, **how: Any) -> int:
    """One notification; the status that Stripe sees."""
    body = event if isinstance(event, str) else json.dumps(event)
    header = how.pop("header", None)
    headers = {"Stripe-Signature": signed(scene, body, **how) if header is None else header}
    return scene.app.test_client().post(PATH, data=body.encode(), headers=headers).status_code


def deliver(scene: Scene, *events: Mapping[str, Any]) -> None:
    """Notifications in this order, each accepted; what they mean is not looked at yet."""
    for event in events:
        assert send(scene, event) == 200


def handle(scene: Scene) -> None:
    """The worker's look into the inbox."""
    inside(scene, inbox.handle_waiting)()


def stored(scene: Scene) -> list[StripeEvent]:
    with scene.app.app_context():
        return list(db.session.scalars(select(StripeEvent).order_by(StripeEvent.event_id)))


@contextmanager
def served(scene: Scene) -> Iterator[str]:
    """The app on a real socket, for Stripe to call; the address of its webhook."""
    server = make_server("127.0.0.1", 0, scene.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{PATH}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
