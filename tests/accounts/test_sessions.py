"""Sessions live on the server: a cookie is only a key, and every key can be taken away."""

from __future__ import annotations

import dataclasses
from http.cookies import SimpleCookie

import pytest
from sqlalchemy import delete, select

from app import create_app
from app.accounts.jobs import forget_old_sessions
from app.accounts.models import AccountSession
from app.accounts.queries import get_user
from app.accounts.sessions import cookie_name, device_of
from app.core.access import Role
from app.core.database import db
from tests.accounts.people import NEW_PASSWORD, is_signed_in, path_of, sign_in, words
from tests.builders import PASSWORD, a_user, an_organisation, give, post_form, token_of

EMAIL = "jeanne@exemple.fr"


@pytest.fixture
def jeanne(app):
    with app.app_context():
        return a_user("Jeanne", EMAIL).id


def cookie_of(response, name="session"):
    jar = SimpleCookie()
    for header in response.headers.getlist("Set-Cookie"):
        jar.load(header)
    return jar.get(name)


def copy_of(app, client):
    """A thief's browser with the same cookie."""
    thief = app.test_client()
    thief.set_cookie("session", client.get_cookie("session").value)
    return thief


def test_the_cookie_is_a_long_random_key_that_scripts_cannot_read(client, jeanne):
    cookie = cookie_of(sign_in(client, EMAIL))
    assert len(cookie.value) >= 43
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]


def test_the_database_never_holds_the_key_itself(client, app, jeanne):
    key = cookie_of(sign_in(client, EMAIL)).value
    with app.app_context():
        stored = db.session.scalars(select(AccountSession.token_hash)).one()
    assert stored != key
    assert key not in stored


def test_in_production_the_cookie_is_bound_to_host_and_https(settings):
    safe = dataclasses.replace(
        settings, env="production", public_url="https://graine.example", stripe_secret_key="sk_test_x", stripe_api_base="https://api.stripe.com"
    )  # fmt: skip
    app = create_app(safe)
    client = app.test_client()
    page = client.get("/connexion", base_url="https://graine.example")
    assert page.status_code == 200
    assert cookie_name(app) == "__Host-session"
    assert app.config["SESSION_COOKIE_SECURE"]


def test_signing_in_gives_a_new_key_and_ends_the_old_one(client, app, jeanne):
    sign_in(client, EMAIL)
    thief = copy_of(app, client)
    data = {"csrf_token": token_of(client, "/compte"), "email": EMAIL, "password": PASSWORD}
    assert client.post("/connexion", data=data).status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(thief)


def test_a_key_chosen_by_somebody_else_is_not_taken_over(client, jeanne):
    client.set_cookie("session", "chosen-by-somebody-else")
    sign_in(client, EMAIL)
    assert client.get_cookie("session").value != "chosen-by-somebody-else"
    assert is_signed_in(client)


def test_the_form_token_changes_with_the_person(client, jeanne):
    before = token_of(client, "/connexion")
    sign_in(client, EMAIL)
    answer = client.post("/compte", data={"csrf_token": before, "name": "Pirate", "locale": "fr"})
    assert answer.status_code == 422


def test_signing_out_ends_the_session_for_every_copy(client, app, jeanne):
    sign_in(client, EMAIL)
    thief = copy_of(app, client)
    answer = post_form(client, "/deconnexion", {}, page="/compte")
    assert answer.status_code == 303
    assert cookie_of(answer).value == ""
    assert not is_signed_in(client)
    assert not is_signed_in(thief)


def test_signing_out_needs_the_token(client, jeanne):
    sign_in(client, EMAIL)
    client.post("/deconnexion")
    assert is_signed_in(client)


def test_a_dead_key_is_taken_back(client, jeanne):
    client.set_cookie("session", "never given by us")
    assert cookie_of(client.get("/aide")).value == ""


@pytest.mark.parametrize("forged", ["", "x", "' OR 1=1 --", "é" * 50, "a" * 4000])
def test_no_forged_key_opens_anything(client, jeanne, forged):
    client.set_cookie("session", forged)
    assert client.get("/compte").status_code == 303


def test_flasks_own_cookie_signs_nobody_in(client, app, jeanne):
    with client.session_transaction() as visit:
        visit["_user_id"] = str(jeanne)
        visit["_fresh"] = True
    assert not is_signed_in(client)


def test_somebody_without_a_role_stays_fourteen_days(client, jeanne, time_machine_at):
    sign_in(client, EMAIL)
    with time_machine_at(days=13, hours=23):
        assert is_signed_in(client)
    with time_machine_at(days=14, seconds=1):
        assert not is_signed_in(client)


@pytest.fixture
def coach(app, jeanne):
    with app.app_context():
        give(get_user(jeanne), Role.COACH, an_organisation())
    return jeanne


def test_staff_who_stop_working_are_signed_out_after_half_an_hour(client, coach, time_machine_at):
    sign_in(client, EMAIL)
    with time_machine_at(minutes=29):
        assert is_signed_in(client)
    with time_machine_at(minutes=58):
        assert is_signed_in(client), "seen in between"
    with time_machine_at(minutes=89):
        assert not is_signed_in(client)


def test_staff_sign_in_again_after_twelve_hours_of_work(client, coach, time_machine_at):
    sign_in(client, EMAIL)
    for minutes in range(20, 12 * 60, 20):
        with time_machine_at(minutes=minutes):
            assert is_signed_in(client)
    with time_machine_at(hours=12, seconds=1):
        assert not is_signed_in(client)


def test_a_new_role_ends_every_session(client, app, jeanne):
    sign_in(client, EMAIL)
    with app.app_context():
        give(get_user(jeanne), Role.PLATFORM_ADMIN)
    assert not is_signed_in(client)


def test_being_seen_is_written_once_a_minute_at_most(client, app, jeanne, time_machine_at):
    sign_in(client, EMAIL)

    def seen_at():
        with app.app_context():
            return db.session.scalars(select(AccountSession.last_seen_at)).one()

    first = seen_at()
    client.get("/aide")
    assert seen_at() == first
    with time_machine_at(seconds=61):
        client.get("/aide")
    assert seen_at() > first


def test_a_person_sees_their_devices_and_ends_one(app, client, jeanne):
    other = app.test_client()
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    token = token_of(other, "/connexion")
    other.post(
        "/connexion", data={"csrf_token": token, "email": EMAIL, "password": PASSWORD}, headers={"User-Agent": agent}
    )
    sign_in(client, EMAIL)
    page = client.get("/compte")
    assert "Firefox, Linux" in words(page)
    assert "celui-ci" in words(page)
    with app.app_context():
        old = db.session.scalars(select(AccountSession.id).order_by(AccountSession.id)).first()
    assert post_form(client, f"/compte/sessions/{old}/fermer", {}, page="/compte").status_code == 303
    assert not is_signed_in(other)
    assert is_signed_in(client)
    again = post_form(client, f"/compte/sessions/{old}/fermer", {}, page="/compte")
    assert again.status_code == 404


def test_a_person_ends_all_other_devices_at_once(app, client, jeanne):
    others = [app.test_client() for _ in range(3)]
    for other in others:
        sign_in(other, EMAIL)
    sign_in(client, EMAIL)
    post_form(client, "/compte/sessions/fermer-les-autres", {}, page="/compte")
    assert [is_signed_in(other) for other in others] == [False] * 3
    assert is_signed_in(client)


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999", "-1", "abc", "1.5"])
def test_a_session_that_is_not_mine_does_not_exist(client, jeanne, number):
    sign_in(client, EMAIL)
    assert post_form(client, f"/compte/sessions/{number}/fermer", {}, page="/compte").status_code == 404


def test_nobody_ends_somebody_elses_session(app, client, jeanne):
    with app.app_context():
        a_user("Paul", "paul@exemple.fr")
    sign_in(client, EMAIL)
    paul = app.test_client()
    sign_in(paul, "paul@exemple.fr")
    with app.app_context():
        hers = db.session.scalars(select(AccountSession.id).where(AccountSession.user_id == jeanne)).one()
    assert post_form(paul, f"/compte/sessions/{hers}/fermer", {}, page="/compte").status_code == 404
    assert is_signed_in(client)


@pytest.mark.parametrize("how", ["change", "reset"])
def test_a_new_password_ends_every_session(app, client, mailbox, jeanne, how):
    thief = app.test_client()
    sign_in(thief, EMAIL)
    if how == "change":
        sign_in(client, EMAIL)
        answer = post_form(client, "/compte/mot-de-passe", {"current": PASSWORD, "password": NEW_PASSWORD})
        assert answer.status_code == 303
        assert is_signed_in(client), "who changes it stays, under a new key"
    else:
        post_form(client, "/mot-de-passe-oublie", {"email": EMAIL})
        link = next(path_of(u) for u in mailbox.last(EMAIL).links if "/mot-de-passe/" in u)
        assert post_form(client, link, {"password": NEW_PASSWORD}).status_code == 303
        assert not is_signed_in(client)
    assert not is_signed_in(thief)


def test_a_page_of_a_signed_in_person_is_kept_by_nobody(client, jeanne):
    sign_in(client, EMAIL)
    assert client.get("/compte").headers["Cache-Control"] == "no-store"
    assert client.get("/aide").headers["Cache-Control"] == "no-store"


def test_sessions_leave_the_table_a_month_after_their_end(client, app, jeanne, time_machine_at):
    sign_in(client, EMAIL)
    post_form(client, "/deconnexion", {}, page="/compte")
    with app.app_context():
        assert forget_old_sessions() == ""
    with time_machine_at(days=31), app.app_context():
        assert forget_old_sessions() == "1 forgotten"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36 Edg/140", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_so_that_its_owner_knows_it(agent, words):
    assert device_of(agent) == words


@pytest.mark.parametrize(
    ("path", "typed", "is_given_back"),
    [
        ("/compte", {"name": "Jeanne Morlaix", "locale": "fr"}, True),
        ("/compte/mot-de-passe", {"current": PASSWORD, "password": NEW_PASSWORD, "name": "Jeanne Morlaix"}, False),
        ("/compte/adresse", {"new_email": "nouvelle@exemple.fr", "known": PASSWORD}, False),
    ],
)
def test_a_name_typed_in_an_ended_session_comes_back_and_a_secret_never(
    client, app, jeanne, path, typed, is_given_back
):
    sign_in(client, EMAIL)
    token = token_of(client, "/compte")
    with app.app_context():
        db.session.execute(delete(AccountSession))
        db.session.commit()
    answer = client.post(path, data={"csrf_token": token, **typed})
    assert (answer.status_code == 403) == is_given_back
    text = words(answer)
    assert ("Jeanne Morlaix" in text) == is_given_back
    assert PASSWORD not in text
    assert NEW_PASSWORD not in text
