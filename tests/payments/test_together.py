"""Several workers at once, faults between them, and a database that is away."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import stripe
from flask import Flask

from app import create_app
from app.core import clock
from app.core.database import db
from app.payments import inbox, poller, runner
from app.payments.models import StripeOperation
from app.payments.rules import OPEN_STATES
from config import Settings
from tests.payments.conftest import KIND, Feature


def in_threads(app: Flask, count: int, work: object) -> None:
    """`work()` in several threads, each with its own app context and session."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with app.app_context():
                work()  # type: ignore[operator]  # any callable
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_three_workers_charge_each_intent_once_among_faults(feature: Feature, app: Flask) -> None:
    pairs = [feature.intent(key=str(number)) for number in range(8)]
    operations = [
        feature.plan_confirm(intent, method, f"confirm:{intent}", subject_id=number)
        for number, (intent, method) in enumerate(pairs)
    ]
    for action, phase in (("drop", "after"), ("drop", "before"), ("sticky", "after"), ("half", "after")):
        feature.fault("/v1/payment_intents/*/confirm", action, phase=phase, times=1, skip=1)
    for _ in range(12):
        in_threads(app, 3, runner.run_due)
        feature.travel(61)
        if all(feature.state_of(one).state not in OPEN_STATES for one in operations):
            break
    charged = [one["payment_intent"] for one in feature.charges()]
    assert sorted(charged) == sorted(intent for intent, _ in pairs)
    confirmed = [kind for kind, _ in feature.heard if kind == "intent.confirm"]
    assert len(confirmed) == len(pairs)


def test_an_event_that_comes_by_both_ways_at_once_is_one_row(feature: Feature, app: Flask) -> None:
    feature.intent()
    in_threads(app, 3, poller.poll)
    in_threads(app, 3, inbox.handle_waiting)
    assert len(set(feature.rings)) == len(feature.rings)


def test_planned_calls_of_many_rows_are_told_to_their_own_rows(feature: Feature) -> None:
    for number in range(5):
        feature.plan_customer(number)
    runner.run_due()
    rows = db.session.scalars(db.select(StripeOperation).order_by(StripeOperation.id)).all()
    made = {one["metadata"]["subject"]: one["id"] for one in feature.stripe.control("state")["customers"]}
    assert {f"{KIND}:{row.subject_id}": row.result_id for row in rows} == made


def test_while_the_database_is_away_stripe_is_told_to_come_again(settings: Settings, tmp_path: Path) -> None:
    secret = "whsec_of_these_tests"
    away = replace(
        settings, database_url=f"sqlite:///{tmp_path}/no/such/folder.sqlite", stripe_webhook_secrets=(secret,)
    )
    app = create_app(away)
    body = json.dumps({"id": "evt_1", "object": "event", "type": "charge.refunded", "created": 1, "data": {}})
    header = stripe.WebhookSignature.generate_signature_header(body, secret, int(clock.real_now().timestamp()))
    answer = app.test_client().post("/stripe/webhook", data=body, headers={"Stripe-Signature": header})
    assert answer.status_code in (500, 503)
