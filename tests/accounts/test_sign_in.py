"""Signing in: the same answer for everybody who should not, few tries, and only back to this site."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from app.accounts import passwords
from app.accounts.models import AccountSession, User
from app.accounts.services import user_for_demo
from app.core import clock, limits
from app.core.access import Role
from app.core.database import db, transaction
from app.core.limits import LimitHit
from tests.accounts.people import NEW_PASSWORD, is_signed_in, sign_in, words
from tests.builders import PASSWORD, a_user, an_organisation, give, post_form, token_of

EMAIL = "jeanne@exemple.fr"
SAME = "L’adresse ou le mot de passe ne convient pas."


@pytest.fixture
def jeanne(app):
    with app.app_context():
        return a_user("Jeanne", EMAIL).id


def test_the_right_password_opens_the_account(client, jeanne):
    answer = sign_in(client, EMAIL)
    assert (answer.status_code, answer.location) == (303, "/mes-campagnes")
    assert is_signed_in(client)


def test_the_answer_is_the_same_for_a_wrong_password_and_for_an_unknown_address(client, app, jeanne):
    wrong = sign_in(client, EMAIL, NEW_PASSWORD)
    unknown = sign_in(app.test_client(), "inconnu@exemple.fr", NEW_PASSWORD)
    assert wrong.status_code == unknown.status_code == 422
    assert words(wrong) == words(unknown)
    assert SAME in words(wrong)
    assert NEW_PASSWORD not in wrong.get_data(as_text=True)


def test_an_unknown_address_is_hashed_like_a_known_one(ctx):
    """The time must not tell: nobody's hash is made with today's settings, and is never right."""
    assert not passwords.matches(None, "whatever it is")
    assert not passwords.matches(None, "an address without account costs as much as one with")
    assert not passwords.is_outdated(passwords._nobodys_hash(True))


def test_the_typed_address_is_kept_after_a_refusal(client, jeanne):
    assert f'value="{EMAIL}"' in sign_in(client, EMAIL, NEW_PASSWORD).get_data(as_text=True)


def test_after_a_few_wrong_passwords_even_the_right_one_waits(client, app, jeanne):
    for _ in range(6):
        assert sign_in(client, EMAIL, NEW_PASSWORD).status_code == 422
    answer = sign_in(client, EMAIL)
    assert answer.status_code == 429
    waits = int(answer.headers["Retry-After"])
    assert 3_000 < waits <= 3_600
    assert f"Trop d’essais en peu de temps. Attendez {-(-waits // 60)} minutes" in words(answer)
    assert not is_signed_in(client)


def test_the_limit_says_nothing_about_who_exists(app, jeanne):
    answers = []
    for email in (EMAIL, "inconnu@exemple.fr"):
        client = app.test_client()
        answers.append([sign_in(client, email, NEW_PASSWORD).status_code for _ in range(7)])
    assert answers[0] == answers[1] == [422] * 6 + [429]


def test_somebody_else_cannot_lock_a_person_out_of_their_own_network(app, jeanne):
    stranger, owner = app.test_client(), app.test_client()
    for _ in range(7):
        sign_in_from(stranger, "203.0.113.9", NEW_PASSWORD)
    assert sign_in_from(stranger, "203.0.113.77", PASSWORD).status_code == 429, "the whole /24 is one network"
    assert sign_in_from(owner, "198.51.100.4", PASSWORD).status_code == 303


def test_many_networks_together_do_not_try_one_account_for_ever(app, jeanne, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "sign_in_anywhere", limits.Limit(9, 3600))
    client = app.test_client()
    found = [sign_in_from(client, f"203.0.{n // 3}.9", NEW_PASSWORD).status_code for n in range(10)]
    assert found == [422] * 9 + [429]


def test_a_page_of_a_contribution_with_a_bad_key_says_so_and_leads_to_a_new_link(app):
    client = app.test_client()
    for end in ("", "?cle=faux"):
        answer = client.get(f"/contributions/inconnue{end}", follow_redirects=True)
        assert "Ce lien est incomplet, ou n’est plus valable" in words(answer), end
        assert 'href="/contributions"' in answer.get_data(as_text=True)
    plain = words(client.get("/connexion"))
    assert "Ce lien est incomplet" not in plain
    assert "Vous avez contribué sans compte ? Recevoir un lien" in plain
    assert "Le lien doit être entier" in words(client.get("/aide"))


def sign_in_from(client, address, password):
    data = {"csrf_token": token_of(client, "/connexion"), "email": EMAIL, "password": password}
    return client.post("/connexion", data=data, environ_base={"REMOTE_ADDR": address})


def test_a_success_gives_the_tries_back(client, app, jeanne):
    for _ in range(5):
        sign_in(client, EMAIL, NEW_PASSWORD)
    assert sign_in(client, EMAIL).status_code == 303
    other = app.test_client()
    assert [sign_in(other, EMAIL, NEW_PASSWORD).status_code for _ in range(6)] == [422] * 6


def test_one_network_cannot_try_many_accounts(app, client):
    for n in range(60):
        data = {"csrf_token": token_of(client, "/connexion"), "email": f"p{n}@exemple.fr", "password": NEW_PASSWORD}
        assert client.post("/connexion", data=data).status_code == 422
    assert sign_in(client, "p99@exemple.fr", NEW_PASSWORD).status_code == 429


def test_limits_keep_no_address(client, app, jeanne):
    sign_in(client, EMAIL, NEW_PASSWORD)
    with app.app_context():
        keys = db.session.scalars(select(LimitHit.key)).all()
    assert len(keys) == 3
    assert not any("exemple" in key or "127." in key for key in keys)


def test_tries_are_forgotten_after_an_hour(client, jeanne, time_machine_at):
    for _ in range(6):
        sign_in(client, EMAIL, NEW_PASSWORD)
    with time_machine_at(minutes=61):
        assert sign_in(client, EMAIL).status_code == 303


def test_a_suspended_account_hears_why_only_with_its_password(client, app, jeanne):
    with app.app_context(), transaction():
        db.session.execute(update(User).values(state="suspended"))
    assert "suspendu" in words(sign_in(client, EMAIL))
    assert "suspendu" not in words(sign_in(client, EMAIL, NEW_PASSWORD))
    assert not is_signed_in(client)


def test_a_suspension_acts_at_the_next_request(client, app, jeanne):
    sign_in(client, EMAIL)
    with app.app_context(), transaction():
        db.session.execute(update(User).values(state="suspended"))
    assert not is_signed_in(client)


@pytest.mark.parametrize("page", ["/campagnes?theme=food&q=four", "/projets/nouveau", "/aide#paiement"])
def test_a_person_comes_back_to_the_page_they_asked_for(client, jeanne, page):
    assert sign_in_with_next(client, page).location == page


def sign_in_with_next(client, target):
    data = {"csrf_token": token_of(client, "/connexion"), "email": EMAIL, "password": PASSWORD, "next": target}
    return client.post("/connexion", data=data)


ELSEWHERE = [
    "https://mal.example/", "http:mal.example", "//mal.example", "///mal.example", "/\\mal.example", "\\\\mal.example",
    "/%2fmal.example", "/%2Fmal.example", "/%5cmal.example", "/%252fmal.example", "/%25252fmal.example",
    "//%2fmal.example",
    "/\tmal", "/\n/mal.example", "/\r\nSet-Cookie: a=b", "/%0d%0aSet-Cookie:a=b", "/%09/mal.example", " /mal", "/ /mal",
    "javascript:alert(1)", "JaVaScRiPt://x", "data:text/html,x", "mal.example", "@mal.example", ".mal.example", "",
    "/\u202e/mal.example", "/\u200b/mal.example", "/\u2028mal", "/../..//mal.example", "/a//mal.example",
    "/" + "a" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_signing_in(client, jeanne, target):
    assert sign_in_with_next(client, target).location == "/mes-campagnes"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere_when_already_signed_in(client, jeanne, target):
    sign_in(client, EMAIL)
    answer = client.get("/connexion", query_string={"next": target})
    assert (answer.status_code, answer.location) == (303, "/mes-campagnes")


def test_a_page_that_asks_for_an_account_leads_back_to_itself(client, jeanne):
    answer = client.get("/compte/mot-de-passe")
    assert answer.status_code == 303
    assert answer.location == "/connexion?next=/compte/mot-de-passe"
    assert post_form(client, answer.location, {"email": EMAIL, "password": PASSWORD}).location == "/compte/mot-de-passe"


def test_an_old_hash_is_renewed_at_the_next_sign_in(client, app, jeanne):
    old = passwords.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    with app.app_context(), transaction():
        db.session.execute(update(User).values(password_hash=old))
    assert sign_in(client, EMAIL).status_code == 303
    with app.app_context():
        renewed = db.session.scalars(select(User.password_hash)).one()
        assert renewed != old
        assert not passwords.is_outdated(renewed)
    assert sign_in(app.test_client(), EMAIL).status_code == 303


def test_the_same_letters_from_another_keyboard_are_the_same_password(client, app):
    with app.app_context(), transaction():
        user_for_demo(EMAIL, "J", "l’été à la ferme", clock.now())
    assert sign_in(client, EMAIL, "l’e\u0301te\u0301 a\u0300 la ferme").status_code == 303


@pytest.mark.parametrize(
    "email", ["", "pas une adresse", "a" * 1000, "' OR 1=1 --", "\u0000@exemple.fr", "😀@exemple.fr"]
)
def test_anything_typed_as_an_address_is_answered_with_a_sentence(client, email):
    answer = sign_in(client, email)
    assert answer.status_code == 422
    assert "corriger" in words(answer)


def test_a_million_characters_are_no_password(client, app, jeanne):
    assert sign_in(client, EMAIL, "x" * 1_000_000).status_code == 422
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AccountSession)) == 0


def test_a_form_without_its_token_signs_nobody_in(client, jeanne):
    client.post("/connexion", data={"email": EMAIL, "password": PASSWORD})
    assert not is_signed_in(client)


def test_the_token_of_another_visitor_signs_nobody_in(client, app, jeanne):
    foreign = token_of(app.test_client(), "/connexion")
    client.get("/connexion")
    client.post("/connexion", data={"csrf_token": foreign, "email": EMAIL, "password": PASSWORD})
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://mal.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_form_of_another_site_signs_nobody_in(client, jeanne, headers):
    data = {"csrf_token": token_of(client, "/connexion"), "email": EMAIL, "password": PASSWORD}
    assert client.post("/connexion", data=data, headers=headers).status_code == 403
    assert not is_signed_in(client)


def test_the_language_of_the_account_follows_the_person(client, app):
    with app.app_context(), transaction():
        user_for_demo("jane@exemple.fr", "Jane", PASSWORD, clock.now(), locale="en")
    answer = sign_in(client, "jane@exemple.fr")
    assert "langue=en" in "".join(answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize(
    ("role", "desk"),
    [(Role.COACH, "/accompagnement"), (Role.MODERATOR, "/moderation"), (Role.PLATFORM_ADMIN, "/administration")],
)
def test_who_works_here_starts_at_their_work(client, app, jeanne, role, desk):
    with app.app_context():
        give(db.session.get_one(User, jeanne), role, None if role is Role.PLATFORM_ADMIN else an_organisation())
    assert sign_in(client, EMAIL).location == desk
    assert client.get(desk).status_code == 200
