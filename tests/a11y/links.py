"""Pages that open by a key from a mail, or only after another step: who opens them, and where."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import second_factor_services
from app.accounts.link_services import make_link
from app.accounts.models import LinkPurpose, User
from app.accounts.queries import fingerprint
from app.coaching.models import Person
from app.coaching.request_models import RecordLink
from app.core import clock
from app.core.database import db, transaction
from app.threads.keys import news_key, question_key
from app.threads.models import Question
from tests.a11y.table import LEAD, VISITOR
from tests.access.scene import Browser, World
from tests.builders import PASSWORD, post_form

Spot = tuple[str, Browser | FlaskClient, str]  # (who, their browser, path)
LIFE = timedelta(days=7)
INVITATION = "lien-de-la-scene"
STRANGER = "contributor.none"


def make(app: Flask, world: World) -> list[Spot]:
    nobody, half, stranger = app.test_client(), app.test_client(), world.clients[STRANGER]
    with app.app_context():
        at, found = clock.now(), list[Spot]()
        person = db.session.scalars(select(User).where(User.id == world.ids[STRANGER])).one()
        with transaction():
            for purpose, path, new in (
                (LinkPurpose.CONFIRM_EMAIL, "/inscription/confirmer/", None),
                (LinkPurpose.RESET_PASSWORD, "/mot-de-passe/", None),
                (LinkPurpose.CHANGE_EMAIL_NEW, "/compte/adresse/", "nouvelle@example.org"),
            ):
                _id, token = make_link(person, purpose, life=LIFE, at=at, new_email=new)
                found.append((VISITOR, nobody, path + token))
            second_factor_services.begin(person, at=at)
            db.session.add(
                RecordLink(
                    token_hash=fingerprint(INVITATION), record_id=world.values["record_id"], created_at=at,
                    person_id=db.session.scalars(select(Person.id)).first(), expires_at=at + LIFE,
                    made_by_id=person.id,
                )
            )  # fmt: skip
            question = db.session.scalars(select(Question.public_id)).first()
        lead = db.session.get_one(User, world.ids[LEAD]).email
        found += [
            (STRANGER, stranger, f"/accompagnement/invitation/{INVITATION}"),
            (VISITOR, nobody, f"/questions/{question_key(str(question))}"),
            (VISITOR, nobody, f"/courriels/nouvelles/{news_key(int(str(world.values['live_id'])), 'a@example.org')}"),
        ]
    post_form(half, "/connexion", {"email": lead, "password": PASSWORD})
    return [
        *found, (VISITOR, half, "/connexion/code"),
        (STRANGER, stranger, "/compte/double-verification/confirmer"),
    ]  # fmt: skip
