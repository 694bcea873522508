"""A new account: asked for on a page, proved by a mailbox."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from app.accounts.models import MailedLink, User
from app.core.database import db
from app.core.journal import JournalEntry
from tests.accounts.people import NEW_PASSWORD, is_signed_in, path_of, sign_in, sign_up, words
from tests.builders import PASSWORD, a_user, post_form, token_of

EMAIL = "jeanne@exemple.fr"


def link_in(mail):
    return next(path_of(link) for link in mail.links if "/inscription/confirmer/" in link)


def test_an_account_opens_when_its_mailbox_has_said_yes(client, mailbox):
    answer = sign_up(client, EMAIL)
    assert (answer.status_code, answer.location) == (303, "/inscription/courriel")
    assert "Regardez vos courriels" in words(client.get(answer.location))
    link = link_in(mailbox.last(EMAIL))
    assert "Confirmer" in words(client.get(link))
    assert not is_signed_in(client), "looking at the link must not act"
    done = post_form(client, link, {})
    assert done.status_code == 303
    assert is_signed_in(client)


def test_the_mail_speaks_french_in_two_forms_and_says_why_it_came(client, mailbox):
    sign_up(client, EMAIL)
    mail = mailbox.last(EMAIL)
    assert mail.subject == "Confirmez votre adresse"
    for content in (mail.text, mail.html):
        assert "trois jours" in content
        assert "parce que quelqu’un" in content


def test_nothing_that_a_stranger_typed_reaches_a_mailbox_that_is_not_proved(client, mailbox):
    sign_up(client, EMAIL, name="Gagnez un million")
    mail = mailbox.last(EMAIL)
    assert "million" not in mail.text + mail.html + mail.subject


def test_without_the_link_there_is_no_sign_in(client, mailbox, app):
    sign_up(client, EMAIL)
    answer = sign_in(app.test_client(), EMAIL)
    assert answer.status_code == 422
    assert "Confirmez d’abord votre adresse" in words(answer)
    assert len(mailbox.fetch(EMAIL)) == 2, "the link is sent again"
    assert not is_signed_in(client)


def test_in_another_browser_the_link_also_asks_for_the_password(client, mailbox, app):
    sign_up(client, EMAIL)
    link, other = link_in(mailbox.last(EMAIL)), app.test_client()
    assert post_form(other, link, {}).status_code == 422
    assert post_form(other, link, {"password": "pas le bon du tout"}).status_code == 422
    assert not is_signed_in(other)
    assert post_form(other, link, {"password": PASSWORD}).status_code == 303
    assert is_signed_in(other)


def test_nobody_opens_an_account_on_an_address_by_letting_its_owner_confirm(client, mailbox, app):
    """The attacker signs up last, with a password of their own, and waits for the owner's click."""
    attacker = app.test_client()
    sign_up(client, EMAIL, password=NEW_PASSWORD)
    sign_up(attacker, EMAIL, password=PASSWORD)
    newest = link_in(mailbox.last(EMAIL))
    answer = post_form(client, newest, {})
    assert answer.status_code == 422, "the owner is asked for a password they do not know"
    assert not is_signed_in(client)
    assert sign_in(attacker, EMAIL).status_code == 422


def test_a_newer_link_ends_the_older_one(client, mailbox):
    sign_up(client, EMAIL)
    first = link_in(mailbox.last(EMAIL))
    sign_up(client, EMAIL)
    assert client.get(first).status_code == 410
    assert client.get(link_in(mailbox.last(EMAIL))).status_code == 200


def test_a_link_works_once(client, mailbox):
    sign_up(client, EMAIL)
    link = link_in(mailbox.last(EMAIL))
    token = token_of(client, link)
    assert client.post(link, data={"csrf_token": token}).status_code == 303
    again = client.post(link, data={"csrf_token": token})
    assert again.status_code == 410
    assert "déjà servi" in words(again)


def test_a_link_dies_after_three_days(client, mailbox, time_machine_at):
    sign_up(client, EMAIL)
    link = link_in(mailbox.last(EMAIL))
    with time_machine_at(days=3, seconds=1):
        assert client.get(link).status_code == 410


def test_the_answer_is_the_same_whether_the_address_is_known(client, mailbox, app):
    with app.app_context():
        a_user(email="connue@exemple.fr")
    known = sign_up(client, "connue@exemple.fr")
    unknown = sign_up(app.test_client(), "nouvelle@exemple.fr")
    assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)
    mail = mailbox.last("connue@exemple.fr")
    assert mail.subject == "Vous avez déjà un compte"
    assert not any("/confirmer/" in link for link in mail.links)


def test_signing_up_with_a_known_address_changes_nothing_of_the_account(client, mailbox, app):
    with app.app_context():
        a_user(name="La vraie", email=EMAIL)
    sign_up(client, EMAIL, name="Une autre", password=NEW_PASSWORD)
    with app.app_context():
        user = db.session.scalars(select(User).where(User.email == EMAIL)).one()
        assert user.name == "La vraie"
        assert db.session.scalar(select(func.count()).select_from(MailedLink)) == 0
    assert sign_in(client, EMAIL).status_code == 303


def test_the_same_person_is_the_same_account_whatever_the_case(client, mailbox, app):
    sign_up(client, "Jeanne@Exemple.FR")
    link = link_in(mailbox.last(EMAIL))
    post_form(client, link, {})
    assert sign_in(app.test_client(), "JEANNE@exemple.fr").status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Indiquez votre nom."),
        ("name", "x" * 121, "120 caractères"),
        ("name", "voyez http://mal.example", "Un nom ne contient"),
        ("email", "", "Indiquez votre adresse"),
        ("email", "pas une adresse", "nom@exemple.fr"),
        ("email", "a@b\r\nBcc: x@exemple.fr", "nom@exemple.fr"),
        ("email", "é@exemple.fr", "nom@exemple.fr"),
        ("email", "a" * 300 + "@exemple.fr", "nom@exemple.fr"),
        ("password", "", "Choisissez un mot de passe."),
        ("password", "trop court", "12 caractères"),
        ("password", "p" + "assez long " * 40, "200 caractères"),
        ("password", "motdepasse2027", "trop courant"),
        ("password", "jeanne martin 1", "trop courant"),
    ],
)
def test_a_refused_field_says_why_and_keeps_the_others(client, app, field, value, sentence):
    typed = {"name": "Jeanne Martin", "email": EMAIL, "password": NEW_PASSWORD} | {field: value}
    answer = post_form(client, "/inscription", typed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    kept = answer.get_data(as_text=True)
    assert field == "name" or 'value="Jeanne Martin"' in kept
    assert field == "email" or f'value="{EMAIL}"' in kept
    assert NEW_PASSWORD not in kept
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_names_of_every_alphabet_are_kept(client, mailbox, app):
    for n, name in enumerate(["Zoé 🌱", "محمد", "李", "Jean-Loup d’Ormesson"]):
        sign_up(client, f"p{n}@exemple.fr", name=name)
    with app.app_context():
        assert set(db.session.scalars(select(User.name))) == {"Zoé 🌱", "محمد", "李", "Jean-Loup d’Ormesson"}


def test_html_in_a_name_is_refused_and_never_shown_as_html(client):
    answer = sign_up(client, EMAIL, name="<script>alert(1)</script>")
    assert answer.status_code == 422
    assert b"<script>alert" not in answer.data


def test_two_clicks_at_once_make_one_account(client, mailbox, app):
    clients = [app.test_client() for _ in range(4)]
    forms = [
        {"csrf_token": token_of(c, "/inscription"), "name": "J", "email": EMAIL, "password": PASSWORD} for c in clients
    ]
    answers = []
    threads = [
        threading.Thread(target=lambda c=c, f=f: answers.append(c.post("/inscription", data=f).status_code))
        for c, f in zip(clients, forms, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 4
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_the_page_asked_for_is_reached_after_the_confirmation(client, mailbox):
    sign_up(client, EMAIL, query="?next=/projets/nouveau")
    assert post_form(client, link_in(mailbox.last(EMAIL)), {}).location == "/projets/nouveau"


def test_each_step_is_in_the_journal_without_a_name(client, mailbox, app):
    sign_up(client, EMAIL)
    post_form(client, link_in(mailbox.last(EMAIL)), {})
    with app.app_context():
        lines = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
        actions = [line.action for line in lines]
        assert [a for a in actions if a.startswith(("account", "session"))] == [
            "account.created", "account.confirmed", "session.started",
        ]  # fmt: skip
        assert EMAIL not in str([line.data for line in lines])


def test_one_address_gets_few_mails_an_hour_known_or_not(client, mailbox):
    answers = [sign_up(client, EMAIL).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]
    assert len(mailbox.fetch(EMAIL)) == 5


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_form_without_its_token_does_nothing(client, app, token):
    data = {"name": "J", "email": EMAIL, "password": PASSWORD, "csrf_token": token}
    assert client.post("/inscription", data=data).status_code == 422
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 0
