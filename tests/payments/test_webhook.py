"""The webhook believes a signature, keeps a notice, and answers at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from app.core import clock
from app.core.database import db
from app.payments import inbox, operations, runner
from app.payments.models import EventState, StripeEvent
from config import Settings
from tests.payments.conftest import KIND, Feature, outside

SECRET = "whsec_of_these_tests"
PATH = "/stripe/webhook"


@pytest.fixture(autouse=True)
def secret_file(settings: Settings) -> Iterator[Path]:
    path = Path(settings.stripe_webhook_secret_file)
    path.write_text(f"{SECRET}\n", "utf-8")
    yield path
    path.unlink(missing_ok=True)


def an_event(event_id: str = "evt_1", **changes: Any) -> dict[str, Any]:
    event: dict[str, Any] = {
        "id": event_id, "object": "event", "type": "payment_intent.succeeded", "livemode": False,
        "created": int(clock.now().timestamp()), "account": None, "api_version": "2026-10-28.endive",
        "data": {"object": {"id": "pi_1", "object": "payment_intent", "metadata": {}}},
    }  # fmt: skip
    return event | changes


def about(subject_id: int, object_id: str, env: str, kind: str = KIND) -> dict[str, Any]:
    metadata = {"env": env, "subject": f"{kind}:{subject_id}"}
    return {"object": {"id": object_id, "object": "payment_intent", "metadata": metadata}}


def send(client: FlaskClient, body: bytes, *, secret: str = SECRET, age_seconds: int = 0) -> int:
    at = int(clock.now().timestamp()) - age_seconds
    header = stripe.WebhookSignature.generate_signature_header(body.decode("utf-8", "replace"), secret, at)
    return outside(client.post, PATH, data=body, headers={"Stripe-Signature": header}).status_code


def send_event(client: FlaskClient, event: dict[str, Any], **how: Any) -> int:
    return send(client, json.dumps(event).encode(), **how)


def stored() -> list[StripeEvent]:
    db.session.rollback()
    return list(db.session.scalars(db.select(StripeEvent)))


def test_a_signed_event_is_stored_once_however_often_it_comes(feature: Feature, client: FlaskClient) -> None:
    for _ in range(10):
        assert send_event(client, an_event()) == 200
    assert [(one.event_id, one.source) for one in stored()] == [("evt_1", "webhook")]


@pytest.mark.parametrize("how", [{"secret": "whsec_other"}, {"age_seconds": 301}])
def test_a_wrong_secret_and_a_replay_are_refused(feature: Feature, client: FlaskClient, how: Any) -> None:
    assert send_event(client, an_event(), **how) == 400
    assert stored() == []


@pytest.mark.parametrize(
    "header",
    ["", "t=1,v1=abc", "t=abc", "v1=", "t=99999999999999999999,v1=a", "t=1,v1=\xe9\xe8", "é=1", ",,,="],
)
def test_a_forged_signature_is_refused(feature: Feature, client: FlaskClient, header: str) -> None:
    answer = outside(client.post, PATH, data=json.dumps(an_event()), headers={"Stripe-Signature": header})
    assert answer.status_code == 400
    assert stored() == []


def test_a_body_changed_by_one_space_is_refused(feature: Feature, client: FlaskClient) -> None:
    body = json.dumps(an_event())
    header = stripe.WebhookSignature.generate_signature_header(body, SECRET, int(clock.now().timestamp()))
    answer = outside(client.post, PATH, data=body + " ", headers={"Stripe-Signature": header})
    assert answer.status_code == 400
    assert outside(client.post, PATH, data=body, headers={"Stripe-Signature": header}).status_code == 200


def test_without_any_secret_nothing_is_believed(feature: Feature, client: FlaskClient, secret_file: Path) -> None:
    secret_file.unlink()
    assert send_event(client, an_event(), secret="") == 400
    secret_file.write_text("\n", "utf-8")
    assert send_event(client, an_event(), secret="") == 400


def test_during_a_rotation_both_secrets_are_valid(feature: Feature, client: FlaskClient, secret_file: Path) -> None:
    secret_file.write_text(f"whsec_new\n{SECRET}\n", "utf-8")
    assert send_event(client, an_event("evt_1")) == 200
    assert send_event(client, an_event("evt_2"), secret="whsec_new") == 200


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"evt_1"', b"\xff\xfe", b"[" * 100_000, b"{}",
        b'{"id": null, "object": "event", "type": "a"}',
        b'{"id": "evt_1\\u0000", "object": "event", "type": "a"}',
        b'{"id": "evt_1", "object": "v2.core.event", "type": "v2.core.account.updated"}',
        b'{"id": "evt_1", "object": "event", "type": 5}',
    ],
)  # fmt: skip
def test_what_is_no_snapshot_event_is_refused(feature: Feature, client: FlaskClient, body: bytes) -> None:
    assert send(client, body) == 400
    assert stored() == []


@pytest.mark.parametrize(
    "data",
    [
        None, [], "x", {"object": None}, {"object": []}, {"object": {"id": None, "metadata": None}},
        {"object": {"id": "x" * 5000, "metadata": {"env": ["a"], "subject": {"b": None}}}},
        {"object": {"id": "pi_\u0000\ud800", "metadata": {"env": "\u0000", "subject": "pledges:-1"}}},
        {"object": {"id": "pi_1", "latest_charge": {"id": {"id": None}}, "metadata": {"subject": "a:b:c"}}},
    ],
)  # fmt: skip
def test_strange_contents_are_stored_and_ignored(feature: Feature, client: FlaskClient, data: Any) -> None:
    assert send_event(client, an_event(data=data, created=None, account=7)) == 200
    inbox.handle_waiting()
    assert [one.state for one in stored()] == [EventState.IGNORED]


def test_a_body_of_five_megabytes_is_too_large(feature: Feature, client: FlaskClient) -> None:
    assert send_event(client, an_event(data={"object": {"id": "x" * 5_000_000}})) == 413
    assert stored() == []


def test_only_a_notice_is_kept_of_a_body(feature: Feature, client: FlaskClient) -> None:
    thing = {"id": "cs_1", "object": "checkout.session", "customer_details": {"email": "secret@example.org"}}
    send_event(client, an_event(data={"object": thing}))
    assert "secret@example.org" not in stored()[0].body


def test_a_live_event_is_refused_and_rings_no_bell(feature: Feature, client: FlaskClient) -> None:
    env = operations.installation()
    assert send_event(client, an_event(livemode=True, data=about(1, "pi_1", env))) == 200
    inbox.handle_waiting()
    assert [one.state for one in stored()] == [EventState.REFUSED]
    assert feature.rings == []


def test_an_event_of_another_installation_is_ignored(feature: Feature, client: FlaskClient) -> None:
    send_event(client, an_event(data=about(1, "pi_1", "0123456789")))
    inbox.handle_waiting()
    assert [one.state for one in stored()] == [EventState.IGNORED]
    assert feature.rings == []


def test_an_event_for_an_unknown_kind_of_row_is_ignored(feature: Feature, client: FlaskClient) -> None:
    send_event(client, an_event(data=about(1, "pi_1", operations.installation(), kind="rows_of_nobody")))
    inbox.handle_waiting()
    assert [one.state for one in stored()] == [EventState.IGNORED]


def test_an_event_that_overtakes_our_own_answer_finds_its_row(feature: Feature, client: FlaskClient) -> None:
    send_event(client, an_event(data=about(12, "pi_not_stored_yet", operations.installation())))
    inbox.handle_waiting()
    assert feature.rings == [(12, "payment_intent", "pi_not_stored_yet")]
    assert [one.state for one in stored()] == [EventState.DONE]


def test_several_events_about_one_object_ring_once_in_a_run(feature: Feature, client: FlaskClient) -> None:
    for number in range(5):
        send_event(client, an_event(f"evt_{number}", data=about(12, "pi_1", operations.installation())))
    inbox.handle_waiting()
    assert len(feature.rings) == 1
    assert {one.state for one in stored()} == {EventState.DONE}


def test_a_bell_that_fails_rings_again_later(feature: Feature, client: FlaskClient) -> None:
    def ring(subject_id: int, object_type: str, object_id: str) -> None:
        feature.rings.append((subject_id, object_type, object_id))
        if len(feature.rings) == 1:
            raise LookupError("a bug of a feature")

    from app.payments.dispatch import registry

    registry().bells[KIND] = ring
    send_event(client, an_event(data=about(12, "pi_1", operations.installation())))
    inbox.handle_waiting()
    inbox.handle_waiting()
    assert len(feature.rings) == 1
    feature.travel(10)
    inbox.handle_waiting()
    assert [one.state for one in stored()] == [EventState.DONE]
    assert len(feature.rings) == 2


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The app on a real socket, for Stripe to call."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{PATH}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_stripe_calls_the_registered_address_and_the_bell_rings(
    feature: Feature, served: str, app: Flask, secret_file: Path
) -> None:
    feature.stripe.control("webhooks", mode="hold")
    made = app.test_cli_runner().invoke(args=["payments", "register-webhook", served])
    assert made.exit_code == 0, made.output
    assert secret_file.stat().st_mode & 0o077 == 0
    intent, method = feature.intent()
    runner.run_now(feature.plan_confirm(intent, method))
    feature.travel(3600)  # signatures are of Stripe's clock, which is ours
    sent = feature.stripe.control("webhooks/release", "POST")["sent"]
    assert {one["status"] for one in sent} == {200}
    inbox.handle_waiting()
    assert (1, "payment_intent", intent) in feature.rings
    feature.stripe.control("webhooks", mode="deliver")


def test_only_post_is_answered(client: FlaskClient) -> None:
    assert outside(client.get, PATH).status_code == 405
