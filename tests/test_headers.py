"""The security headers of every kind of answer, and the error pages: our own look, French, a reference, a way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from app import create_app
from app.core.access import allow, anyone
from app.core.database import db
from app.core.errors import MoveNotAllowed, NotAllowed, TooManyTries
from app.core.forms import EmptyForm
from config import ROOT
from tests.builders import a_user, sign_in

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
ERRORS = {
    403: "pas le droit",
    404: "existe pas",
    405: "",
    409: "",
    410: "",
    413: "",
    422: "",
    429: "essais",
    500: "",
    503: "",
}
# Words of the servers and libraries below us; French pages have none of them.
ENGLISH = re.compile(
    r"\b(the|not found|forbidden|internal|server error|method|allowed|request|error|unavailable|too many|traceback)\b",
    re.I,
)


@pytest.fixture(scope="module")
def broken(settings) -> Flask:
    """The app with one more door for each way to fail."""
    app = create_app(settings)

    def fails(status: int) -> str:
        if status == 500:
            raise ZeroDivisionError("canary-in-the-message")
        if status == 503:
            raise OperationalError("SELECT canary", {}, Exception("canary-host"))
        if status in (403, 409, 429):
            raise {403: NotAllowed, 409: MoveNotAllowed, 429: TooManyTries}[status]()
        error = HTTPException("canary-in-the-description")
        error.code = status
        raise error

    def posts() -> str:
        assert EmptyForm().validate_on_submit()
        return "done"

    app.add_url_rule("/fail/<int:status>", "fail", allow(anyone)(fails))
    app.add_url_rule("/posts", "posts", allow(anyone)(posts), methods=["POST"])
    app.add_url_rule("/forgotten", "forgotten", lambda: "a door without a policy")
    return app


def check_headers(response, app: Flask) -> None:
    for name, value in ALWAYS.items():
        assert response.headers.get(name) == value, name
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    payment = app.config["SETTINGS"].stripe_api_base
    assert policy["form-action"].split() == ["'self'", payment]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "Python" not in response.headers.get("Server", "")
    assert "X-Powered-By" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/connexion",
        "/compte",
        "/health",
        "/robots.txt",
        "/favicon.ico",
        "/nope",
        "/campagnes/nope",
        "/static/nope.css",
    ],
)
def test_every_answer_carries_the_security_headers(app, client, path):
    check_headers(client.get(path), app)


def test_built_files_carry_them_too(app, client):
    files = sorted((ROOT / "static" / "dist").glob("*.css"))
    paths = [f"/static/dist/{path.name}" for path in files] or ["/static/img/favicon.svg"]
    with client.get(paths[0]) as answer:
        assert answer.status_code == 200
        check_headers(answer, app)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_every_method_is_answered_with_them(app, client, method):
    check_headers(client.open("/", method=method), app)


def test_a_refused_origin_is_answered_with_them(app, client):
    answer = client.post("/connexion", headers={"Origin": "https://mal.example"})
    assert answer.status_code == 403
    check_headers(answer, app)


@pytest.mark.parametrize("status", ERRORS)
def test_every_failure_has_the_look_of_the_house_and_speaks_french(app, broken, status):
    answer = broken.test_client().get(f"/fail/{status}")
    html = answer.get_data(as_text=True)
    assert answer.status_code == status
    check_headers(answer, broken)
    assert '<html lang="fr">' in html
    assert re.search(r'href="[^"]*/static/dist/', html)
    assert re.search(r'<a [^>]*href="/"', html), "a way out"
    assert re.search(r"<strong>[0-9A-F]{8}</strong>", html), "a reference number"
    assert "canary" not in html
    assert ERRORS[status] in html
    french = re.sub(r'<(\w+)[^>]* lang="en".*?</\1>', "", html, flags=re.DOTALL)
    shown = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", french, flags=re.DOTALL)
    assert not ENGLISH.search(shown), ENGLISH.search(shown)


@pytest.mark.parametrize("status", [400, 401, 406, 415, 418, 451, 501])
def test_rarer_failures_are_answered_in_french_too(app, broken, status):
    answer = broken.test_client().get(f"/fail/{status}")
    assert answer.status_code == status
    assert '<html lang="fr">' in answer.get_data(as_text=True)
    assert "canary" not in answer.get_data(as_text=True)


def test_too_many_tries_say_when_to_come_back(app, broken):
    assert broken.test_client().get("/fail/429").headers["Retry-After"] == "60"


def test_a_door_without_a_policy_stays_shut(app, broken):
    answer = broken.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert b"without a policy" not in answer.data


def test_a_wrong_method_names_no_method(app, client):
    answer = client.delete("/connexion")
    assert answer.status_code == 405
    assert "<html" in answer.get_data(as_text=True)


def test_a_body_that_is_too_large_is_refused_in_words(app, client):
    answer = client.post("/connexion", data=b"x" * (17 * 1024 * 1024), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert '<html lang="fr">' in answer.get_data(as_text=True)
    check_headers(answer, app)


def test_json_questions_get_json_refusals(app, client):
    answer = client.get("/nope.json")
    assert answer.status_code == 404
    assert set(answer.get_json()) == {"error", "reference"}


def test_two_failures_have_two_references(app, broken):
    client = broken.test_client()
    found = [
        re.search(r"<strong>([0-9A-F]{8})</strong>", client.get("/fail/500").get_data(as_text=True)) for _ in range(2)
    ]
    assert found[0].group(1) != found[1].group(1)


@pytest.fixture
def without_database(app, client) -> FlaskClient:
    """The database answers until the person is signed in; then its file is gone.

    Marked `machine`: a server taken away would end the tests of the other workers.
    """
    with app.app_context():
        visitor = sign_in(app, a_user())
        url = db.engine.url
        db.engine.dispose()
    path = Path(url.database)
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    yield visitor.client
    with app.app_context():
        db.engine.dispose()
    path.rmdir()
    path.with_suffix(".away").rename(path)


@pytest.mark.machine
@pytest.mark.parametrize("path", ["/", "/compte", "/campagnes", "/connexion"])
def test_without_its_database_the_site_says_so_in_its_own_words(app, without_database, path):
    for client in (without_database, app.test_client()):
        answer = client.get(path)
        if answer.status_code != 503:
            assert (path, answer.status_code) in {("/compte", 303), ("/connexion", 200)}, "needs no database"
            continue
        check_headers(answer, app)
        assert '<html lang="fr">' in answer.get_data(as_text=True)
    assert answer is not None


@pytest.mark.machine
def test_without_its_database_the_health_answer_says_which_part_is_away(app, without_database):
    answer = app.test_client().get("/health")
    assert answer.status_code == 503
    assert answer.get_json() == {"web": "ok", "database": "unavailable", "worker": None}
    check_headers(answer, app)


def test_production_asks_for_https_for_a_year(settings):
    import dataclasses

    safe = dataclasses.replace(
        settings, env="production", public_url="https://graine.example", stripe_secret_key="sk_test_x",
        stripe_api_base="https://api.stripe.com",
    )  # fmt: skip
    answer = create_app(safe).test_client().get("/robots.txt", base_url="https://graine.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "https://checkout.stripe.com" in answer.headers["Content-Security-Policy"]


def test_the_address_of_a_mail_link_is_told_to_no_other_site(app, client):
    answer = client.get("/mot-de-passe/some-token")
    assert answer.headers["Referrer-Policy"] == "same-origin"
