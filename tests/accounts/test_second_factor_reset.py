"""Telephone and printed codes are lost: two other persons, each with a code of their own, take the factor away."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.queries import has_second_factor
from app.core.access import Role
from app.core.database import db
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from tests.accounts.people import is_signed_in
from tests.accounts.people import sign_in as by_password
from tests.builders import a_user, give, sign_in, with_second_factor

LOST, ANNE, BEN = "lost@exemple.fr", "anne@exemple.fr", "ben@exemple.fr"


@pytest.fixture
def people(app):
    """LOST has a factor; Anne (administrator) and Ben (treasurer) too. Gives each one's telephone."""
    with app.app_context():
        lost = a_user("Perdu", LOST)
        anne, ben = give(a_user("Anne", ANNE), Role.PLATFORM_ADMIN), give(a_user("Ben", BEN), Role.TREASURER)
        return {LOST: with_second_factor(lost), ANNE: with_second_factor(anne), BEN: with_second_factor(ben)}


def reset(app, *helpers, codes=(), email=LOST):
    words = ["accounts", "reset-second-factor", email]
    for helper in helpers:
        words += ["--by", helper]
    return app.test_cli_runner().invoke(args=words, input="".join(f"{code}\n" for code in codes))


def still_there(app, email=LOST) -> bool:
    with app.app_context():
        return has_second_factor(db.session.scalars(select(User.id).where(User.email == email)).one())


def test_two_persons_take_a_lost_factor_away(app, client, people):
    with app.app_context():
        lost = sign_in(app, db.session.scalars(select(User).where(User.email == LOST)).one(), proved=True)
    codes = [people[ANNE](), people[BEN]()]
    done = reset(app, ANNE, BEN, codes=codes)
    assert done.exit_code == 0, done.output
    assert not still_there(app)
    assert not is_signed_in(lost.client)
    assert not any(code in done.output for code in codes)
    by_password(client, LOST)
    assert is_signed_in(client)
    with app.app_context():
        ids = {email: user_id for user_id, email in db.session.execute(select(User.id, User.email))}
        line = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "second_factor.reset")).one()
        assert (line.subject_id, line.actor_id) == (ids[LOST], ids[ANNE])
        assert line.data == {"second_person": ids[BEN]}
        mail = db.session.scalars(select(OutboxMail)).one()
        assert (mail.to_address, mail.subject) == (LOST, "La double vérification a été retirée")


@pytest.mark.parametrize(
    "helpers", [[ANNE], [ANNE, ANNE], [ANNE, LOST], [ANNE, ANNE.upper()], [ANNE, BEN, ANNE]], ids=len
)
def test_one_person_is_not_two_and_nobody_helps_themselves(app, people, helpers):
    done = reset(app, *helpers, codes=[people[helper.lower()]() for helper in helpers])
    assert done.exit_code == 1
    assert "Two other persons" in done.output
    assert still_there(app)


@pytest.mark.parametrize("wrong", [ANNE, BEN])
def test_a_wrong_code_of_either_changes_nothing(app, people, wrong):
    codes = ["000000" if email == wrong else people[email]() for email in (ANNE, BEN)]
    done = reset(app, ANNE, BEN, codes=codes)
    assert done.exit_code == 1
    assert "not right" in done.output
    assert still_there(app)


def test_the_code_of_one_does_not_speak_for_the_other(app, people):
    done = reset(app, ANNE, BEN, codes=[people[ANNE](), people[ANNE]()])
    assert done.exit_code == 1
    assert still_there(app)


def test_a_stranger_with_a_factor_is_no_helper(app, people):
    with app.app_context():
        stranger = with_second_factor(a_user("Zoé", "zoe@exemple.fr"))
    done = reset(app, ANNE, "zoe@exemple.fr", codes=[people[ANNE](), stranger()])
    assert done.exit_code == 1
    assert still_there(app)


def test_a_helper_without_a_factor_is_none(app, people):
    with app.app_context():
        give(a_user("Zoé", "zoe@exemple.fr"), Role.PLATFORM_ADMIN)
    done = reset(app, ANNE, "zoe@exemple.fr", codes=[people[ANNE](), "000000"])
    assert done.exit_code == 1
    assert "no second factor" in done.output
    assert still_there(app)


def test_who_has_none_loses_none(app, people):
    with app.app_context():
        a_user("Zoé", "zoe@exemple.fr")
    done = reset(app, ANNE, BEN, codes=[people[ANNE](), people[BEN]()], email="zoe@exemple.fr")
    assert done.exit_code == 1
    assert reset(app, ANNE, BEN, email="personne@exemple.fr").exit_code == 1
