"""Events and their delivery: signed, retried, held, repeated, in any order."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import stripe

from tests.fake_stripe.process import FakeStripe
from tests.fake_stripe.till import Till

pytestmark = pytest.mark.machine


class Mailbox:
    """A small site that receives webhooks. `answers`: statuses to give first; 200 afterwards."""

    def __init__(self) -> None:
        self.received: list[tuple[bytes, str]] = []
        self.answers: list[int] = []
        self.rang = threading.Condition()
        mailbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with mailbox.rang:
                    mailbox.received.append((body, self.headers["Stripe-Signature"]))
                    status = mailbox.answers.pop(0) if mailbox.answers else 200
                    mailbox.rang.notify_all()
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/stripe/webhook"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def wait_for(self, count: int) -> list[str]:
        """The types received so far, once there are at least `count`."""
        with self.rang:
            assert self.rang.wait_for(lambda: len(self.received) >= count, timeout=20), self.types()
            return self.types()

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.received]

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    made = Mailbox()
    yield made
    made.close()


def listen(till: Till, mailbox: Mailbox, *types: str) -> str:
    """Registers the mailbox as the application does. Returns the secret."""
    endpoint = till.client.v1.webhook_endpoints.create(
        {"url": mailbox.url, "enabled_events": list(types) or ["*"], "api_version": "2026-10-28.endive"}
    )
    assert endpoint.secret is not None
    return endpoint.secret


def test_an_event_arrives_signed_and_is_the_listed_one(till: Till, mailbox: Mailbox) -> None:
    secret = listen(till, mailbox, "customer.created")
    customer = till.customer()
    till.intent(customer.id)
    assert mailbox.wait_for(1) == ["customer.created"]
    body, signature = mailbox.received[0]
    event = till.client.construct_event(body, signature, secret)
    assert (event.data.object["id"], event.api_version) == (customer.id, "2026-10-28.endive")
    assert event.request is not None
    assert str(event.request.id).startswith("req_")
    assert event.request.idempotency_key
    assert till.client.v1.events.retrieve(event.id).type == "customer.created"
    for wrong_body, wrong_secret in ((body + b" ", secret), (body, "whsec_other")):
        with pytest.raises(stripe.SignatureVerificationError):
            till.client.construct_event(wrong_body, signature, wrong_secret)


def test_a_refused_delivery_is_tried_again(till: Till, mailbox: Mailbox, fake: FakeStripe) -> None:
    listen(till, mailbox, "customer.created")
    mailbox.answers = [500, 503]
    till.customer()
    assert mailbox.wait_for(3) == ["customer.created"] * 3
    while fake.control("webhooks")["deliveries"][0]["state"] != "delivered":
        pass
    [event] = till.client.v1.events.list({"type": "customer.created"}).data
    assert event.pending_webhooks == 0
    assert fake.control("webhooks")["deliveries"][0]["tries"] == 3


def test_held_events_are_released_in_the_order_asked_and_as_often(
    till: Till, mailbox: Mailbox, fake: FakeStripe
) -> None:
    listen(till, mailbox)
    fake.control("webhooks", mode="hold")
    till.paid()
    waiting = {found["type"]: found["event"] for found in fake.control("webhooks")["deliveries"]}
    assert len(waiting) == 8
    assert mailbox.received == []
    order = ["payment_intent.succeeded", "charge.succeeded", "payment_intent.succeeded"]
    sent = fake.control("webhooks/release", events=[waiting[name] for name in order])["sent"]
    assert [found["status"] for found in sent] == [200, 200, 200]
    assert mailbox.types() == order
    fake.control("webhooks", mode="deliver")
    assert sorted(set(mailbox.wait_for(9))) == sorted(waiting)


def test_every_event_twice_or_never(till: Till, mailbox: Mailbox, fake: FakeStripe) -> None:
    listen(till, mailbox, "customer.created")
    fake.control("webhooks", mode="duplicate")
    till.customer()
    assert mailbox.wait_for(2) == ["customer.created"] * 2
    fake.control("webhooks", mode="drop")
    till.customer()
    while "dropped" not in [found["state"] for found in fake.control("webhooks")["deliveries"]]:
        pass
    assert len(mailbox.received) == 2
    lost = till.client.v1.events.list({"delivery_success": False, "types": ["customer.created"]}).data
    assert len(lost) == 1
    with pytest.raises(ValueError, match="mode is one of"):
        fake.control("webhooks", mode="shuffle")


def test_an_old_signature_is_recognised_as_old(till: Till, mailbox: Mailbox, fake: FakeStripe) -> None:
    secret = listen(till, mailbox, "customer.created")
    fake.control("webhooks", skew_seconds=-600)
    till.customer()
    mailbox.wait_for(1)
    with pytest.raises(stripe.SignatureVerificationError, match="outside the tolerance"):
        till.client.construct_event(*mailbox.received[0], secret)


def test_a_removed_endpoint_hears_nothing_more(till: Till, mailbox: Mailbox, fake: FakeStripe) -> None:
    listen(till, mailbox)
    endpoints = till.client.v1.webhook_endpoints
    [endpoint] = endpoints.list().data
    assert "secret" not in endpoint
    assert endpoints.retrieve(endpoint.id).url == mailbox.url
    assert endpoints.delete(endpoint.id).deleted
    till.customer()
    assert fake.control("webhooks")["deliveries"] == []


def test_events_are_listed_by_kind_by_date_and_for_thirty_days(till: Till, fake: FakeStripe) -> None:
    till.paid()
    events = till.client.v1.events
    some = events.list({"types": ["charge.succeeded", "payment_intent.succeeded"]}).data
    assert [event.type for event in some] == ["payment_intent.succeeded", "charge.succeeded"]
    newer = events.list({"ending_before": some[1].id, "limit": 100}).data
    assert [event.type for event in newer] == ["payment_intent.succeeded"]
    assert events.list({"created": {"gt": fake.control("clock")["now"] + 1}}).data == []
    fake.control("clock", offset_seconds=29 * 86_400)
    assert len(events.list({"limit": 100}).data) == 8
    fake.control("clock", offset_seconds=31 * 86_400)
    assert events.list({"limit": 100}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        events.retrieve(some[0].id)


def test_a_demo_may_begin_in_the_past_and_its_events_are_still_fresh(
    till: Till, mailbox: Mailbox, fake: FakeStripe
) -> None:
    fake.control("clock", offset_seconds=-100 * 86_400)
    secret = listen(till, mailbox, "customer.created")
    till.customer()
    mailbox.wait_for(1)
    event = till.client.construct_event(*mailbox.received[0], secret)
    assert abs(event.created - fake.control("clock")["now"]) < 60
    assert fake.control("clock", offset_seconds=-99 * 86_400)["offset_seconds"] == -99 * 86_400
    with pytest.raises(ValueError, match="forward"):
        fake.control("clock", offset_seconds=-100 * 86_400)


def test_the_clock_only_moves_forward_until_reset(fake: FakeStripe) -> None:
    assert fake.control("clock", offset_seconds=3600)["offset_seconds"] == 3600
    with pytest.raises(ValueError, match="forward"):
        fake.control("clock", offset_seconds=3599)
    with pytest.raises(ValueError, match="KeyError"):
        fake.control("clock", seconds=3)
    with pytest.raises(ValueError, match="no such control"):
        fake.control("weather")
    account = fake.control("state")["account"]
    assert fake.control("reset", "POST") == {"account": account}
    assert fake.control("clock")["offset_seconds"] == 0
