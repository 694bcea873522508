"""Cases 24 to 29: what knocks at the webhook's door, and what the door does when the house is not in order."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, create_engine, event, text

from app.core.database import db
from app.payments import operations
from app.payments.models import EventState
from app.pledges.rules import PledgeState
from tests.money.bells import SECRET, deliver, handle, happened, send, served, signed, stored
from tests.money.support import assert_books_equal, until_true, wait
from tests.money.test_cases_events import card_given
from tests.support.scene import Scene


@pytest.fixture(autouse=True)
def known_secret(secret_file: Path) -> Path:
    return secret_file


def true_event(scene: Scene) -> dict[str, Any]:
    """One that Stripe really made, about a promise of ours."""
    card_given(scene)
    return happened(scene, "checkout.session.completed")[0]


def test_case_24_what_stripe_did_not_sign_just_now_is_refused_and_not_stored(scene: Scene) -> None:
    event = true_event(scene)
    body = json.dumps(event)
    good = signed(scene, body)
    stamp, mark = good.split(",")
    assert send(scene, event, secret="whsec_of_somebody_else") == 400
    assert send(scene, event, age_seconds=301) == 400
    for header in ("", f"{stamp},v1={'0' * 64}", stamp, mark, f"t=1,{mark}", f"{stamp},v0={mark[3:]}"):
        assert send(scene, body, header=header) == 400, header
    for changed in (body + " ", body.replace("complete", "expired"), body[:-1]):
        assert send(scene, changed, header=good) == 400
    assert scene.app.test_client().post("/stripe/webhook", data=body).status_code == 400
    assert stored(scene) == []
    assert send(scene, body, header=good) == 200
    assert_books_equal(scene)


def test_case_25_while_a_secret_is_changed_the_old_and_the_new_are_both_accepted(
    scene: Scene, known_secret: Path
) -> None:
    completed = true_event(scene)
    [setup] = happened(scene, "setup_intent.succeeded")
    known_secret.write_text(f"whsec_new\n{SECRET}\n", "utf-8")
    assert send(scene, completed) == 200
    assert send(scene, setup, secret="whsec_new") == 200
    known_secret.write_text("whsec_new\n", "utf-8")
    assert send(scene, completed) == 400
    assert len(stored(scene)) == 2
    assert_books_equal(scene)


def test_case_26_events_of_another_house_of_nobody_and_of_real_money_move_nothing(scene: Scene) -> None:
    event = true_event(scene)
    thing = event["data"]["object"]

    def like(event_id: str, metadata: dict[str, str], **more: Any) -> dict[str, Any]:
        other = {**thing, "id": f"cs_{event_id}", "metadata": metadata, "setup_intent": None}
        return {**event, "id": f"evt_{event_id}", "data": {"object": other}, **more}

    with scene.app.app_context():
        ours = operations.installation()
    deliver(
        scene,
        like("house", {"env": "0123456789", "subject": thing["metadata"]["subject"]}),
        like("nobody", {"env": ours, "subject": "pledges:999999"}),
        like("unmarked", {}),
        {**event, "id": "evt_live", "livemode": True},
    )
    handle(scene)
    states = {one.event_id: one.state for one in stored(scene)}
    assert states == {
        "evt_house": EventState.IGNORED, "evt_nobody": EventState.IGNORED, "evt_unmarked": EventState.IGNORED,
        "evt_live": EventState.REFUSED,
    }  # fmt: skip
    assert scene.stripe.control("state")["charges"] == []
    assert_books_equal(scene)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (json.dumps({"id": "evt_1", "object": "event", "type": "moon.phase_changed", "created": 1, "data": {}}), 200),
        (json.dumps({"id": "evt_1", "object": "event", "type": "charge.refunded", "data": {"object": None}}), 200),
        (json.dumps({"id": "evt_1", "object": "event", "type": "a.b", "data": {"object": {"id": {"id": None}}}}), 200),
        (json.dumps({"id": "evt_1", "object": "v2.core.event", "type": "v2.core.account.updated"}), 400),
        ('{"id": "evt_1", "object": "event"', 400),
        ("null", 400),
        ("[" * 50_000, 400),
        (json.dumps({"id": "evt_1", "object": "event", "type": "a", "data": "x" * 5_000_000}), 413),
    ],
    ids=["unknown type", "null", "nested null", "thin v2", "half", "null alone", "deep", "5 MB"],
)
def test_case_27_strange_bodies_are_ignored_or_refused_and_never_an_error_of_ours(
    scene: Scene, body: str, status: int
) -> None:
    assert send(scene, body) == status
    handle(scene)
    assert [one.state for one in stored(scene)] == [EventState.IGNORED] * (status == 200)
    assert_books_equal(scene)


@contextmanager
def locked_database(scene: Scene) -> Iterator[None]:
    """Somebody else holds the whole inbox; our own patience with the database is a tenth of a second."""

    def impatient(connection: Any, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA busy_timeout=100")
        else:
            connection.execute("SET lock_timeout = '100ms'")
            connection.commit()

    with scene.app.app_context():
        url, pool = db.engine.url, db.engine
    event.listen(Engine, "connect", impatient)
    pool.dispose()
    other = create_engine(url)
    try:
        with other.connect() as connection:
            lock = "BEGIN IMMEDIATE" if url.get_backend_name() == "sqlite" else "LOCK TABLE stripe_events"
            if url.get_backend_name() == "sqlite":
                connection.connection.driver_connection.execute(lock)
            else:
                connection.execute(text(lock))
            yield
            connection.connection.driver_connection.rollback()
    finally:
        event.remove(Engine, "connect", impatient)
        other.dispose()
        pool.dispose()


def test_case_28_while_the_database_is_locked_stripe_is_told_to_come_again_and_does(scene: Scene) -> None:
    scene.stripe.control("webhooks", mode="hold")
    with served(scene) as url:
        made = scene.app.test_cli_runner().invoke(args=["payments", "register-webhook", url])
        assert made.exit_code == 0, made.output
        gift = card_given(scene)
        with locked_database(scene):
            [first, *_] = scene.stripe.control("webhooks/release", "POST")["sent"]
        assert first["status"] in (500, 503)
        assert stored(scene) == []
        scene.stripe.control("webhooks", mode="deliver")  # Stripe's own second try
        until_true(lambda: first["event"] in {one.event_id for one in stored(scene)})
    handle(scene)
    assert scene.pledge(gift).state == PledgeState.AUTHORISED
    assert {one.source for one in stored(scene)} == {"webhook"}
    assert_books_equal(scene)


@pytest.mark.parametrize(("minutes", "status"), [(10, 400), (-10, 200)])
def test_case_29_a_clock_ten_minutes_off_stops_no_payment_and_the_doctor_says_so(
    scene: Scene, minutes: int, status: int
) -> None:
    slug = scene.campaign(goal_cents=100_00, account=False)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)):
        gift = scene.promise(slug, cents=100_00)
        scene.fill_card(gift)
        [completed] = happened(scene, "checkout.session.completed")
        body = json.dumps(completed)
        of_stripe = signed(scene, body, age_seconds=60 * minutes)
        assert send(scene, body, header=of_stripe) == status
        scene.work(2)
        assert scene.pledge(gift).state == PledgeState.AUTHORISED
        doctor = scene.app.test_cli_runner().invoke(args=["payments", "doctor"])
        assert doctor.exit_code == 1, doctor.output
        assert "set this machine’s clock" in doctor.output
        scene.close(slug)
        wait(scene, 1)
        assert scene.pledge(gift).state == PledgeState.PAID
    assert_books_equal(scene)
