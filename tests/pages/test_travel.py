"""`flask dev travel`: web, worker and the fake Stripe move together, forwards only, and the page says so."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from app import create_app
from app.core import clock
from app.core.database import transaction
from app.pages.rules import read_duration
from fake_stripe import shopper
from tests.accounts.people import words
from tests.support.days import day_of
from tests.support.ports import free_port


def travel(app, *words):
    return app.test_cli_runner().invoke(args=["dev", "travel", *words])


def offset(app):
    clock.forget()
    with app.app_context():
        return clock.offset_seconds()


def fake_offset(app):
    return shopper.control(app.config["SETTINGS"].stripe_api_base, "clock")["offset_seconds"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12", timedelta(days=12)), ("12d 3h", timedelta(days=12, hours=3)), ("90m", timedelta(minutes=90)),
        ("2j", timedelta(days=2)), ("1D1H1M1S", timedelta(days=1, hours=1, minutes=1, seconds=1)), ("0", timedelta()),
    ],
)  # fmt: skip
def test_a_duration_is_read_as_people_write_it(text, found):
    assert read_duration(text) == found


@pytest.mark.parametrize("text", ["", " ", "soon", "-3", "3 weeks", "1.5d", "d", "1d-2h", "9999999999999"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="not a duration"):
        read_duration(text)


@pytest.mark.machine
def test_web_worker_and_fake_move_together(app, stripe_server):
    first = travel(app, "12d 3h")
    assert first.exit_code == 0, first.output
    assert " → " in first.output
    moved = timedelta(days=12, hours=3).total_seconds()
    assert offset(app) == fake_offset(app) == moved
    assert travel(app, "1").exit_code == 0
    assert offset(app) == fake_offset(app) == moved + 86_400
    with app.app_context():
        assert clock.now() - clock.real_now() > timedelta(days=13)


@pytest.mark.machine
def test_a_day_is_reached_at_its_first_minute_in_paris(app, stripe_server):
    day = day_of(datetime.now(UTC) + timedelta(days=40)).isoformat()
    assert travel(app, "--to", day).exit_code == 0
    with app.app_context():
        there = clock.paris_day(clock.now())
    assert there.date().isoformat() == day
    assert (there.hour, there.minute) == (0, 0)


@pytest.mark.machine
def test_the_banner_says_which_day_it_is(app, client, stripe_server):
    assert "Horloge de développement" not in words(client.get("/aide"))
    travel(app, "40")
    clock.forget()
    assert "Horloge de développement" in words(client.get("/aide"))


def test_the_clock_never_goes_back(app, client):
    past = day_of(datetime.now(UTC) - timedelta(days=2)).isoformat()
    with app.app_context(), transaction():
        clock.set_offset(3600)
    answer = travel(app, "--to", past)
    assert answer.exit_code == 1
    assert offset(app) == 3600


@pytest.mark.parametrize("words", [(), ("3", "--to", "2099-01-01"), ("soon",), ("--to", "tomorrow"), ("999999999",)])
def test_a_journey_without_a_clear_end_is_refused(app, words):
    answer = travel(app, *words)
    assert answer.exit_code != 0
    assert "Traceback" not in answer.output
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert offset(app) == 0


def test_a_fake_that_is_away_is_told_later(app, monkeypatch):
    away = dataclasses.replace(app.config["SETTINGS"], stripe_api_base=f"http://127.0.0.1:{free_port()}")
    monkeypatch.setitem(app.config, "SETTINGS", away)
    answer = travel(app, "1")
    assert answer.exit_code == 1
    assert "flask dev travel 0" in answer.output
    assert offset(app) == 86_400


def test_there_is_no_travelling_with_a_real_key(settings):
    real = create_app(
        dataclasses.replace(settings, stripe_secret_key="sk_test_real", stripe_api_base="https://api.stripe.com")
    )
    answer = travel(real, "1")
    assert answer.exit_code == 1
    assert "fake Stripe" in answer.output
