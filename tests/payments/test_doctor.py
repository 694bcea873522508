"""`flask payments doctor`: each thing that can be wrong between us and Stripe is said in words."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.core.database import db, transaction
from app.payments import environment
from app.payments.models import EventState, PspEnvironment, StripeEvent
from app.payments.rules import EVENT_TYPES
from config import ROOT
from tests.payments.conftest import Feature

RIGHT_ADDRESS = "http://127.0.0.1:8000/stripe/webhook"


def ask(app: Flask) -> Any:
    return app.test_cli_runner().invoke(args=["payments", "doctor"])


def test_a_healthy_installation_is_told_what_was_looked_at(feature: Feature, app: Flask) -> None:
    environment.ensure()
    answer = ask(app)
    assert answer.exit_code == 0, answer.output
    for words in (
        "API version       2026",
        "Connect           ready",
        "Rights            reads all",
        "s from Stripe’s",
    ):
        assert words in answer.output


@pytest.mark.parametrize(
    ("status", "words"), [(401, "the key is not valid"), (429, "slow down"), (500, "no answer: http_500")]
)
def test_a_key_that_opens_nothing_is_said_in_words(feature: Feature, app: Flask, status: int, words: str) -> None:
    feature.fault("/v1/account", "status", method="GET", status=status, times=0)
    answer = ask(app)
    assert answer.exit_code == 1
    assert words in answer.output


def test_a_right_that_a_restricted_key_lacks_is_named(feature: Feature, app: Flask) -> None:
    environment.ensure()
    feature.fault("/v1/refunds", "status", method="GET", status=403, times=0)
    answer = ask(app)
    assert answer.exit_code == 1
    assert "Rights            refunds: no answer: http_403, the key may not ask this" in answer.output
    assert "charges:" not in answer.output


def test_connect_that_is_switched_off_is_said(feature: Feature, app: Flask) -> None:
    feature.fault("/v2/core/accounts", "status", method="GET", status=403, times=0)
    answer = ask(app)
    assert answer.exit_code == 1
    assert "Switch on Connect" in answer.output


def test_a_clock_that_is_wrong_is_said(feature: Feature, app: Flask) -> None:
    with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(minutes=15)):
        answer = ask(app)
    assert answer.exit_code == 1
    assert "s from Stripe’s: set this machine’s clock" in answer.output


def test_an_address_that_is_told_too_little_is_named(feature: Feature, app: Flask) -> None:
    from app.payments.client import gateway

    gateway().register_webhook(RIGHT_ADDRESS, EVENT_TYPES[:2])
    answer = ask(app)
    assert f"{RIGHT_ADDRESS} is not told charge.dispute.closed" in answer.output
    assert answer.exit_code == 0, "polling finds the others"


def test_a_database_that_has_not_caught_up_is_said(feature: Feature, app: Flask) -> None:
    environment.ensure()
    with transaction():
        row = db.session.query(PspEnvironment).one()
        row.catch_up_from = row.first_seen_at
    answer = ask(app)
    assert answer.exit_code == 1
    assert "nothing is sent before the worker has caught up" in answer.output


def test_events_that_were_given_up_are_counted_even_while_stripe_is_silent(feature: Feature, app: Flask) -> None:
    environment.ensure()
    with transaction():
        at = db.session.query(PspEnvironment).one().first_seen_at
        db.session.add(
            StripeEvent(event_id="evt_x", type="x", source="poll", created=1, received_at=at, state=EventState.FAILED)
        )
    feature.fault("/v1/account", "drop", method="GET", times=0)
    answer = ask(app)
    assert answer.exit_code == 1
    assert "Events            1 given up" in answer.output


def test_a_live_key_never_gets_as_far_as_the_doctor() -> None:
    settings = os.environ | {"APP_ENV": "development", "STRIPE_SECRET_KEY": "sk_live_abc"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "payments", "doctor"]
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "is a live key: this platform runs in test mode only" in done.stderr
