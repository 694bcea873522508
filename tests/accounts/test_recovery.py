"""A forgotten password: a mailed link, used once, soon, and by nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.accounts.models import MailedLink, User
from app.core.database import db, transaction
from tests.accounts.people import NEW_PASSWORD, is_signed_in, path_of, sign_in, sign_up, words
from tests.builders import PASSWORD, a_user, post_form, token_of

EMAIL = "jeanne@exemple.fr"


@pytest.fixture
def jeanne(app):
    with app.app_context():
        return a_user("Jeanne", EMAIL).id


def ask(client, email=EMAIL, **kwargs):
    return post_form(client, "/mot-de-passe-oublie", {"email": email}, **kwargs)


def link_in(mail):
    return next(path_of(link) for link in mail.links if "/mot-de-passe/" in link)


def test_a_mailed_link_leads_to_a_new_password(client, mailbox, jeanne):
    assert ask(client).location == "/mot-de-passe-oublie/courriel"
    link = link_in(mailbox.last(EMAIL))
    assert post_form(client, link, {"password": NEW_PASSWORD}).location == "/connexion"
    assert sign_in(client, EMAIL, PASSWORD).status_code == 422
    assert sign_in(client, EMAIL, NEW_PASSWORD).status_code == 303
    assert mailbox.last(EMAIL).subject == "Votre mot de passe a été changé"


def test_the_answer_is_the_same_whether_the_address_is_known(client, app, mailbox, jeanne):
    known, unknown = ask(client), ask(app.test_client(), "inconnu@exemple.fr")
    assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)
    assert mailbox.last("inconnu@exemple.fr").subject == "Aucun compte à cette adresse"


def test_a_forged_host_never_reaches_the_mail(client, mailbox, jeanne):
    token = token_of(client, "/mot-de-passe-oublie")
    client.post(
        "/mot-de-passe-oublie", data={"csrf_token": token, "email": EMAIL},
        headers={"Host": "mal.example", "X-Forwarded-Host": "mal.example"},
    )  # fmt: skip
    for mail in mailbox.fetch():
        assert "mal.example" not in mail.text + mail.html


def test_the_token_is_not_in_the_database(client, app, mailbox, jeanne):
    ask(client)
    token = link_in(mailbox.last(EMAIL)).rsplit("/", 1)[1]
    with app.app_context():
        assert token not in db.session.scalars(select(MailedLink.token_hash)).one()


def test_looking_at_the_link_changes_nothing(client, mailbox, jeanne):
    ask(client)
    link = link_in(mailbox.last(EMAIL))
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert sign_in(client, EMAIL).status_code == 303


def test_a_link_works_once(client, mailbox, jeanne):
    ask(client)
    link = link_in(mailbox.last(EMAIL))
    token = token_of(client, link)
    data = {"csrf_token": token, "password": NEW_PASSWORD}
    assert client.post(link, data=data).status_code == 303
    assert client.post(link, data=data | {"password": "autre chose de long"}).status_code == 410
    assert sign_in(client, EMAIL, NEW_PASSWORD).status_code == 303


def test_a_link_dies_after_two_hours(client, mailbox, jeanne, time_machine_at):
    ask(client)
    link = link_in(mailbox.last(EMAIL))
    with time_machine_at(hours=1, minutes=59):
        assert client.get(link).status_code == 200
    with time_machine_at(hours=2, seconds=1):
        assert client.get(link).status_code == 410


def test_asking_again_ends_the_older_link(client, mailbox, jeanne):
    ask(client)
    first = link_in(mailbox.last(EMAIL))
    ask(client)
    assert client.get(first).status_code == 410


def test_a_new_password_ends_every_other_link(client, mailbox, jeanne):
    ask(client)
    link = link_in(mailbox.last(EMAIL))
    sign_in(client, EMAIL)
    post_form(client, "/compte/mot-de-passe", {"current": PASSWORD, "password": NEW_PASSWORD})
    assert client.get(link).status_code == 410


def test_a_weak_new_password_is_refused_and_the_link_still_works(client, mailbox, jeanne):
    ask(client)
    link = link_in(mailbox.last(EMAIL))
    assert post_form(client, link, {"password": "motdepasse2027"}).status_code == 422
    assert post_form(client, link, {"password": NEW_PASSWORD}).status_code == 303


def test_a_reset_also_proves_a_mailbox_that_never_was(client, app, mailbox):
    sign_up(client, EMAIL)
    ask(client)
    post_form(client, link_in(mailbox.last(EMAIL)), {"password": NEW_PASSWORD})
    assert sign_in(app.test_client(), EMAIL, NEW_PASSWORD).status_code == 303


def test_a_suspended_account_gets_no_link(client, app, mailbox, jeanne):
    with app.app_context(), transaction():
        db.session.execute(update(User).values(state="suspended"))
    ask(client)
    assert not any("/mot-de-passe/" in link for link in mailbox.last(EMAIL).links)


@pytest.mark.parametrize("token", ["x", "%00", "..%2f..", "a" * 3000, "é"])
def test_a_made_up_link_is_answered_in_words(client, token):
    for path in ("/mot-de-passe/", "/inscription/confirmer/", "/compte/adresse/"):
        answer = client.get(path + token)
        assert answer.status_code in {404, 410}
        assert "Graine d’Actions" in words(answer)


def test_a_link_of_one_kind_does_not_open_another_door(client, mailbox, jeanne):
    ask(client)
    token = link_in(mailbox.last(EMAIL)).rsplit("/", 1)[1]
    assert client.get(f"/inscription/confirmer/{token}").status_code == 410
    assert client.get(f"/compte/adresse/{token}").status_code == 410


def test_nobody_signed_in_is_needed_and_nobody_is_signed_in_afterwards(client, mailbox, jeanne):
    ask(client)
    post_form(client, link_in(mailbox.last(EMAIL)), {"password": NEW_PASSWORD})
    assert not is_signed_in(client)
