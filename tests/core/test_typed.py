"""An answer that refuses a form gives back what was typed, and never what is secret."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app import create_app
from app.core import limits
from app.core.access import allow, anyone
from app.core.errors import MoveNotAllowed, NotFound
from tests.builders import token_of

WORDS = {"text": "Trois phrases que personne ne veut récrire.", "version": "signature", "password": ""}


@pytest.fixture
def failing(app, settings) -> FlaskClient:
    """Another app over the same database, with one more door for each way to fail after something was typed."""
    made: Flask = create_app(settings)

    def away() -> str:
        raise OperationalError("INSERT", {}, Exception("locked"))

    def moved() -> str:
        raise MoveNotAllowed

    def gone() -> str:
        raise NotFound

    for name, view in {"away": away, "moved": moved, "gone": gone}.items():
        made.add_url_rule(f"/{name}", name, allow(anyone)(view), methods=["POST"])
    return made.test_client()


@pytest.mark.parametrize(("path", "status"), [("/away", 503), ("/moved", 409), ("/gone", 404)])
def test_every_page_of_a_refusal_gives_the_words_back(failing, path, status):
    typed = {name: value for name, value in WORDS.items() if name != "password"}
    answer = failing.post(path, data=typed)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert WORDS["text"] in shown
    assert "signature" not in shown
    assert ("Retry-After" in answer.headers) is (status == 503)


def test_a_form_with_a_password_is_never_given_back(failing):
    assert WORDS["text"] not in failing.post("/moved", data=WORDS).get_data(as_text=True)


def test_what_is_typed_at_the_door_of_an_account_is_never_given_back(app, client, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "sign_in_network", limits.Limit(1, 3600))
    sent = {"email": "ana@example.org", "password": "tout-un-secret", "csrf_token": token_of(client, "/connexion")}
    client.post("/connexion", data=sent)
    answer = client.post("/connexion", data=sent)
    assert answer.status_code == 429
    assert "tout-un-secret" not in answer.get_data(as_text=True)


def test_another_site_and_a_program_get_nothing_back(failing):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://mal.example"}, {"X-Requested-With": "fetch"}):
        answer = failing.post("/moved", data={"text": WORDS["text"]}, headers=headers)
        assert WORDS["text"] not in answer.get_data(as_text=True)


def test_what_is_too_heavy_is_answered_without_being_read(app, client):
    answer = client.post("/connexion", data={"email": "x" * 70_000_000})
    assert answer.status_code == 413
    assert "Numéro à indiquer" in answer.get_data(as_text=True)


def test_a_page_without_database_has_its_way_out_in_both_languages(failing):
    shown = failing.post("/away").get_data(as_text=True)
    assert "Revenir à l’accueil" in shown
    assert "Back to the home page" in shown
    assert "Reference to quote" in shown
