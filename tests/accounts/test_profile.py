"""One's own account: name, language, password, address, and leaving."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts import closing
from app.accounts.models import User
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from tests.accounts.people import NEW_PASSWORD, is_signed_in, path_of, sign_in, words
from tests.builders import PASSWORD, a_campaign, a_user, an_organisation, give, post_form, token_of

EMAIL, NEW_EMAIL = "jeanne@exemple.fr", "jeanne.martin@exemple.fr"


@pytest.fixture
def jeanne(app, client):
    with app.app_context():
        user_id = a_user("Jeanne", EMAIL).id
    sign_in(client, EMAIL)
    return user_id


def user(app, user_id):
    with app.app_context():
        return db.session.get_one(User, user_id)


def test_a_name_and_a_language_are_changed(client, app, jeanne):
    answer = post_form(client, "/compte", {"name": "Jeanne M.", "locale": "en"})
    assert answer.status_code == 303
    assert "langue=en" in "".join(answer.headers.getlist("Set-Cookie"))
    changed = user(app, jeanne)
    assert (changed.name, changed.locale) == ("Jeanne M.", "en")


@pytest.mark.parametrize("typed", [{"name": ""}, {"name": "x" * 5000}, {"locale": "tlh"}, {"name": "a@b.fr"}])
def test_a_refused_change_changes_nothing(client, app, jeanne, typed):
    assert post_form(client, "/compte", {"name": "Autre", "locale": "fr"} | typed).status_code == 422
    assert user(app, jeanne).name == "Jeanne"


def test_fields_that_are_not_in_the_form_are_not_written(client, app, jeanne):
    extra = {"email": "x@exemple.fr", "state": "closed", "password_hash": "x", "id": "99", "email_verified_at": ""}
    post_form(client, "/compte", {"name": "Jeanne", "locale": "fr"} | extra)
    unchanged = user(app, jeanne)
    assert (unchanged.email, unchanged.state, unchanged.id) == (EMAIL, "active", jeanne)


def test_a_password_is_changed_by_who_knows_the_old_one(client, app, jeanne, mailbox):
    wrong = post_form(client, "/compte/mot-de-passe", {"current": "pas le bon du tout", "password": NEW_PASSWORD})
    assert wrong.status_code == 422
    assert "Ce n’est pas votre mot de passe actuel." in words(wrong)
    right = post_form(client, "/compte/mot-de-passe", {"current": PASSWORD, "password": NEW_PASSWORD})
    assert right.status_code == 303
    assert sign_in(app.test_client(), EMAIL, NEW_PASSWORD).status_code == 303
    assert "changé" in mailbox.last(EMAIL).subject


def test_the_old_password_cannot_be_guessed_through_an_open_session(client, jeanne):
    answers = [
        post_form(
            client, "/compte/mot-de-passe", {"current": f"essai numéro {n}", "password": NEW_PASSWORD}
        ).status_code
        for n in range(7)
    ]
    assert answers == [422] * 6 + [429]


def links(mailbox, email):
    return [path_of(u) for mail in mailbox.fetch(email) for u in mail.links if "/compte/adresse/" in u]


def ask_change(client, new_email=NEW_EMAIL):
    return post_form(client, "/compte/adresse", {"new_email": new_email, "current": PASSWORD})


@pytest.mark.parametrize("first", [EMAIL, NEW_EMAIL])
def test_an_address_changes_when_both_mailboxes_have_said_yes(client, app, mailbox, jeanne, first):
    assert ask_change(client).status_code == 200
    second = NEW_EMAIL if first == EMAIL else EMAIL
    (one,), (two,) = links(mailbox, first), links(mailbox, second)
    client.get(one), client.get(two)
    assert user(app, jeanne).email == EMAIL, "looking changes nothing"
    assert "l’autre boîte" in words(post_form(client, one, {}))
    assert user(app, jeanne).email == EMAIL, "one mailbox is not enough"
    assert "est changée" in words(post_form(client, two, {}))
    assert user(app, jeanne).email == NEW_EMAIL
    assert not is_signed_in(client)
    assert sign_in(client, NEW_EMAIL).status_code == 303
    assert mailbox.last(EMAIL).subject == mailbox.last(NEW_EMAIL).subject == "Votre adresse a été changée"


def test_the_same_mailbox_twice_is_not_both(client, app, mailbox, jeanne):
    ask_change(client)
    (link,) = links(mailbox, NEW_EMAIL)
    token = token_of(client, link)
    assert client.post(link, data={"csrf_token": token}).status_code == 200
    assert client.post(link, data={"csrf_token": token}).status_code == 410
    assert user(app, jeanne).email == EMAIL


def test_halves_of_two_requests_do_not_make_a_whole(client, app, mailbox, jeanne):
    ask_change(client, "premiere@exemple.fr")
    (old_half,) = links(mailbox, EMAIL)
    post_form(client, old_half, {})
    ask_change(client, "seconde@exemple.fr")
    (new_half,) = links(mailbox, "seconde@exemple.fr")
    post_form(client, new_half, {})
    assert user(app, jeanne).email == EMAIL
    assert client.get(links(mailbox, "premiere@exemple.fr")[0]).status_code == 410


def test_an_address_of_somebody_else_is_not_taken_and_not_told(client, app, mailbox, jeanne):
    with app.app_context():
        a_user("Paul", "paul@exemple.fr")
    taken, free = ask_change(client, "paul@exemple.fr"), ask_change(client, NEW_EMAIL)
    assert words(taken).replace("paul@exemple.fr", "X") == words(free).replace(NEW_EMAIL, "X")
    assert links(mailbox, "paul@exemple.fr") == []


def test_an_address_taken_meanwhile_is_refused_in_words(client, app, mailbox, jeanne):
    ask_change(client)
    (one,), (two,) = links(mailbox, EMAIL), links(mailbox, NEW_EMAIL)
    post_form(client, one, {})
    with app.app_context():
        a_user("Paul", NEW_EMAIL)
    answer = post_form(client, two, {})
    assert answer.status_code == 409
    assert "déjà celle d’un autre compte" in words(answer)
    assert user(app, jeanne).email == EMAIL


def test_changing_to_the_same_address_or_without_the_password_is_refused(client, jeanne):
    assert ask_change(client, EMAIL).status_code == 422
    answer = post_form(client, "/compte/adresse", {"new_email": NEW_EMAIL, "current": "pas le bon du tout"})
    assert answer.status_code == 422


def test_a_closed_account_leaves_a_tombstone_and_its_journal(client, app, mailbox, jeanne):
    other = app.test_client()
    sign_in(other, EMAIL)
    answer = post_form(client, "/compte/fermer", {"current": PASSWORD})
    assert answer.status_code == 303
    grave = user(app, jeanne)
    assert (grave.name, grave.email, grave.state) == ("Compte fermé", f"closed-{jeanne}@closed.invalid", "closed")
    assert grave.closed_at is not None
    assert not is_signed_in(client)
    assert not is_signed_in(other)
    assert sign_in(app.test_client(), EMAIL).status_code == 422
    assert mailbox.last(EMAIL).subject == "Votre compte est fermé"
    with app.app_context():
        data = [str(line.data) for line in db.session.scalars(select(JournalEntry))]
        assert not any(EMAIL in line or "Jeanne" in line for line in data)


def test_the_address_of_a_closed_account_may_be_used_again(client, app, mailbox, jeanne):
    post_form(client, "/compte/fermer", {"current": PASSWORD})
    with app.app_context():
        assert a_user("Jeanne", EMAIL).id != jeanne


def test_closing_needs_the_password_and_the_token(client, app, jeanne):
    assert post_form(client, "/compte/fermer", {"current": "pas le bon du tout"}).status_code == 422
    assert client.post("/compte/fermer", data={"current": PASSWORD}).status_code == 422
    assert client.get("/compte/fermer").status_code == 200
    assert user(app, jeanne).state == "active"


@pytest.fixture
def engaged(app):
    """A feature that still needs every account."""
    before = list(app.extensions.get("closing_checks", []))
    closing.register(app, lambda user_id: "Une campagne est en cours : attendez sa fin.")
    yield
    app.extensions["closing_checks"] = before


def test_an_account_that_others_wait_for_stays_open(client, app, jeanne, engaged):
    assert "Une campagne est en cours" in words(client.get("/compte/fermer"))
    answer = post_form(client, "/compte/fermer", {"current": PASSWORD}, page="/compte")
    assert answer.status_code == 409
    assert "Une campagne est en cours" in words(answer)
    assert user(app, jeanne).state == "active"
    assert is_signed_in(client)


@pytest.mark.parametrize("path", ["/compte", "/compte/mot-de-passe", "/compte/adresse", "/compte/fermer"])
def test_none_of_this_is_for_visitors(app, path):
    visitor = app.test_client()
    assert visitor.get(path).location == f"/connexion?next={path}"
    assert visitor.post(path).status_code == 303


def a_live_campaign(app, user_id):
    a_campaign(db.session.get_one(User, user_id), state=CampaignState.LIVE)


def a_promise(app, user_id):
    campaign = a_campaign(a_user(), state=CampaignState.LIVE)
    with transaction():
        db.session.add(
            Pledge(
                public_id="p",
                form_key="f",
                campaign_id=campaign.id,
                user_id=user_id,
                email=EMAIL,
                amount_cents=2500,
                state=PledgeState.AUTHORISED,
                consent_version="1",
                created_at=clock.now(),
            )
        )


def a_role(app, user_id):
    give(db.session.get_one(User, user_id), Role.COACH, an_organisation())


@pytest.mark.parametrize(
    ("engagement", "sentence"),
    [(a_live_campaign, "n’est pas terminée"), (a_promise, "encore en cours"), (a_role, "Vous avez un rôle")],
)
def test_whoever_others_wait_for_is_told_why_the_account_stays(client, app, jeanne, engagement, sentence):
    with app.app_context():
        engagement(app, jeanne)
    if not is_signed_in(client):  # a new role ended the session
        sign_in(client, EMAIL)
    answer = post_form(client, "/compte/fermer", {"current": PASSWORD}, page="/compte")
    assert answer.status_code == 409
    assert sentence in words(answer)
    assert user(app, jeanne).state == "active"


@pytest.mark.parametrize(
    "state", [CampaignState.DRAFT, CampaignState.FAILED, CampaignState.SETTLED, CampaignState.WITHDRAWN]
)
def test_what_is_over_holds_nobody_back(client, app, mailbox, jeanne, state):
    with app.app_context():
        a_campaign(db.session.get_one(User, jeanne), state=state)
    assert post_form(client, "/compte/fermer", {"current": PASSWORD}).status_code == 303
