"""Nobody gives a right to themself, a password alone gives none, and whoever leads there hears of each."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.network import queries, services
from app.network.errors import OwnRight
from tests.builders import Visitor, a_user, an_organisation, give, sign_in
from tests.network.support import actions, page_of

OWN = "Personne ne se donne un droit"


def person_path(user_id: int) -> str:
    return f"/administration/personnes/{user_id}"


def test_an_administrator_gives_themself_no_right_at_the_page_nor_by_the_verb(app: Flask, admin: Visitor):
    with app.app_context():
        at = an_organisation().id
    shown = page_of(admin, person_path(admin.user_id))
    assert OWN in shown
    assert f"{person_path(admin.user_id)}/droits" not in shown
    form = {"role": "organisation_lead", "organisation": str(at)}
    answer = admin.post(f"{person_path(admin.user_id)}/droits", form, page="/administration/personnes")
    assert answer.status_code == 422
    assert OWN in answer.get_data(as_text=True)
    with app.app_context():
        with pytest.raises(OwnRight), transaction():
            services.give_right(admin.user_id, Role.ORGANISATION_LEAD, at, admin.user_id, clock.now())
        assert queries.rights_of(admin.user_id) == {(Role.PLATFORM_ADMIN, None)}


def test_rights_are_given_and_ended_with_a_fresh_code_only(app: Flask):
    with app.app_context():
        boss = sign_in(app, give(a_user(), Role.PLATFORM_ADMIN))
        user, at = give(a_user(), Role.COACH, an_organisation()), an_organisation().id
        user_id, right_id = user.id, queries.rights_rows(user_id=user.id)[0][0].id
    path, people = person_path(user_id), "/administration/personnes"
    form = {"role": "moderator", "organisation": str(at)}
    for answer in (
        boss.get(path), boss.post(f"{path}/droits", form, page=people),
        boss.post(f"/administration/droits/{right_id}/terminer", page=people),
    ):  # fmt: skip
        assert answer.status_code == 303
        assert answer.location.startswith("/compte/double-verification"), answer.location
    with app.app_context():
        assert queries.rights_of(user_id) == {(Role.COACH, at)}


def test_the_person_and_whoever_leads_there_hear_of_a_new_right(app: Flask, admin: Visitor):
    with app.app_context():
        here, elsewhere = an_organisation(), an_organisation("fdfr-89")
        at = here.id
        give(a_user("Line", "lead@exemple.fr"), Role.ORGANISATION_LEAD, here)
        give(a_user("Loin", "loin@exemple.fr"), Role.ORGANISATION_LEAD, elsewhere)
        user_id = a_user("Dominique", "dominique@exemple.fr").id
        assert told() == {}, "commands and seeds mail nobody"
    path = person_path(user_id)
    assert admin.post(f"{path}/droits", {"role": "coach", "organisation": str(at)}, page=path).status_code == 303
    assert actions(app)[-1] == "right.given"
    with app.app_context():
        assert told() == {
            "dominique@exemple.fr": "Un droit vous est donné", "lead@exemple.fr": "Un droit vient d’être donné",
        }  # fmt: skip
        words = db.session.scalars(select(OutboxMail.text).where(OutboxMail.to_address == "lead@exemple.fr")).one()
        assert "Dominique" in words
        assert "Accompagnement" in words


def test_a_right_of_the_whole_platform_is_told_to_its_administrators(app: Flask, admin: Visitor):
    with app.app_context():
        user_id = a_user("Dominique", "dominique@exemple.fr").id
        give(a_user("Autre", "autre@exemple.fr"), Role.PLATFORM_ADMIN)
    path = person_path(user_id)
    assert admin.post(f"{path}/droits", {"role": "treasurer", "organisation": "0"}, page=path).status_code == 303
    with app.app_context():
        assert {"dominique@exemple.fr", "autre@exemple.fr", admin.email} == set(told())


def told() -> dict[str, str]:
    rows = db.session.execute(
        select(OutboxMail.to_address, OutboxMail.subject).where(OutboxMail.occasion.startswith("right:"))
    )
    return {row.to_address: row.subject for row in rows}
