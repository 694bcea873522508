"""An administrator suspends an account with a motive, and opens it again."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.core.database import db
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from tests.builders import PASSWORD, Visitor, a_user, post_form, sign_in
from tests.network.support import page_of

ACTS = ("account.suspended", "account.restored")


def test_a_suspended_person_is_out_at_once_reads_why_and_comes_back_when_the_account_is_opened_again(
    app: Flask, admin: Visitor
):
    with app.app_context():
        person = sign_in(app, a_user("Jeanne", "jeanne@exemple.fr"))
    page, act = f"/administration/personnes/{person.user_id}", f"/administration/personnes/{person.user_id}/suspendre"
    assert person.get("/compte").status_code == 200
    for motive in ("", "humeur"):
        assert admin.post(act, {"motive": motive}, page=page).status_code == 422
    assert person.get("/compte").status_code == 200

    assert admin.post(act, {"motive": "fraud"}, page=page).status_code == 303
    assert person.get("/compte").status_code == 303
    assert "Ce compte est suspendu" in _try_to_sign_in(app).get_data(as_text=True)
    shown = page_of(admin, page)
    assert "Un soupçon de fraude" in shown
    assert "/suspendre" not in shown
    assert "Compte suspendu" in page_of(admin, "/administration/journal")
    assert admin.post(act, {"motive": "fraud"}, page="/administration/personnes").status_code == 409, "a second click"

    assert admin.post(f"{page}/retablir", page=page).status_code == 303
    assert _try_to_sign_in(app).status_code == 303
    assert person.get("/compte").status_code == 303, "the old browser stays out"
    assert admin.post(f"{page}/retablir", page="/administration/personnes").status_code == 409
    with app.app_context():
        about = select(JournalEntry.action, JournalEntry.actor_id, JournalEntry.data)
        lines = db.session.execute(about.where(JournalEntry.action.in_(ACTS)).order_by(JournalEntry.id))
        told = {"user": person.user_id}
        assert [tuple(line) for line in lines] == [
            ("account.suspended", admin.user_id, {**told, "motive": "fraud"}),
            ("account.restored", admin.user_id, told),
        ]
        mails = db.session.scalars(select(OutboxMail.subject).where(OutboxMail.to_address == "jeanne@exemple.fr"))
        assert {"Votre compte est suspendu", "Votre compte est de nouveau ouvert"} <= set(mails)


def test_nobody_suspends_the_account_they_sit_at(app: Flask, admin: Visitor):
    page = f"/administration/personnes/{admin.user_id}"
    assert "/suspendre" not in page_of(admin, page)
    answer = admin.post(f"{page}/suspendre", {"motive": "asked"}, page="/administration/personnes")
    assert answer.status_code == 409
    assert "votre propre compte" in answer.get_data(as_text=True)
    assert admin.get("/administration").status_code == 200
    with app.app_context():
        assert db.session.get_one(User, admin.user_id).state == "active"


def _try_to_sign_in(app: Flask):
    return post_form(app.test_client(), "/connexion", {"email": "jeanne@exemple.fr", "password": PASSWORD})
