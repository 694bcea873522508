"""The administrator's pages: who may enter, what they change, and what they refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.access import Role
from app.core.database import db
from app.network import queries
from app.network.models import Offer, Organisation
from tests.builders import Visitor, a_user, an_organisation, give, sign_in
from tests.network.support import actions, page_of
from tests.support.days import day_of

PAGES = [
    "/administration", "/administration/groupements", "/administration/groupements/grais",
    "/administration/territoires", "/administration/territoires/Z-BOURGOGNE", "/administration/dispositifs",
    "/administration/dispositifs/dla", "/administration/textes", "/administration/journal",
    "/administration/textes/announcement", "/administration/textes/platform_fee_bps",
    "/administration/structures", "/administration/structures/nouvelle", "/administration/structures/pes-21",
    "/administration/offres", "/administration/offres/nouvelle", "/administration/offres/1",
    "/administration/personnes",
]  # fmt: skip


def test_the_coverage_is_read_by_whoever_works_in_the_network(app: Flask, admin: Visitor):
    assert "Changer les offres" in page_of(admin, "/administration/couverture")
    with app.app_context():
        coach = sign_in(app, give(a_user(), Role.COACH, an_organisation()))
        stranger = sign_in(app, a_user())
    page = coach.get("/administration/couverture").get_data(as_text=True)
    assert page.count("<tr>") == 9
    assert "Changer les offres" not in page
    assert stranger.get("/administration/couverture").status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_the_administrator_sees_every_page_and_nobody_else_does(app: Flask, admin: Visitor, path: str):
    page_of(admin, path)
    assert app.test_client().get(path).status_code == 303, "a visitor is asked to sign in"
    with app.app_context():
        lead = give(give(a_user(), Role.ORGANISATION_LEAD, an_organisation()), Role.MODERATOR, an_organisation())
        stranger = sign_in(app, lead)
    assert stranger.get(path).status_code in {403, 404}


@pytest.mark.parametrize(
    "path",
    [
        "/administration/structures/inconnue", "/administration/structures/%00", "/administration/structures/1",
        "/administration/offres/999999", "/administration/offres/0", "/administration/offres/99999999999999999999",
        "/administration/offres/-1", "/administration/offres/abc", "/administration/personnes/999999",
        "/administration/personnes/99999999999999999999", "/administration/personnes/moi",
        "/administration/textes/secret_key", "/administration/textes/%F0%9F%8C%BB",
    ],
)  # fmt: skip
def test_nonsense_in_an_address_is_not_found(admin: Visitor, path: str):
    assert admin.get(path).status_code == 404


@pytest.mark.parametrize("before", ["-1", "0", "abc", "99999999999999999999", "1"])
def test_the_journal_page_survives_any_address_and_has_an_empty_state(admin: Visitor, before: str):
    page_of(admin, f"/administration/journal?avant={before}")


def organisation(**changes: object) -> dict[str, object]:
    return {
        "name": "La Fabrique", "aliases": "LF\nFabrique 25", "commune": "25056", "commune_text": "",
        "contact_email": "Bonjour@Fabrique.example", "website": "https://fabrique.example", "version": "",
    } | changes  # fmt: skip


def test_an_organisation_is_created_edited_closed_and_reopened(app: Flask, admin: Visitor):
    made = admin.post("/administration/structures/nouvelle", organisation())
    assert made.headers["Location"].endswith("/administration/structures/la-fabrique")
    path = "/administration/structures/la-fabrique"
    assert "Besançon (Doubs)" in page_of(admin, path)
    with app.app_context():
        version = queries.get_organisation("la-fabrique").version
        assert queries.get_organisation("la-fabrique").contact_email == "bonjour@fabrique.example"
    saved = admin.post(path, organisation(name="La Grande Fabrique", version=str(version)))
    assert saved.status_code == 303
    assert admin.post(f"{path}/fermer", page=path).status_code == 303
    with app.app_context():
        found = queries.get_organisation("la-fabrique")
        assert (found.name, found.aliases, found.is_active) == (
            "La Grande Fabrique",
            ["LF", "Fabrique 25"],
            False,
        )
    assert admin.post(f"{path}/rouvrir", page=path).status_code == 303
    assert actions(app)[-4:] == [
        "organisation.created", "organisation.changed", "organisation.closed", "organisation.reopened",
    ]  # fmt: skip


def test_two_people_edit_and_the_second_sees_both_texts(app: Flask, admin: Visitor):
    path = "/administration/structures/active-71"
    with app.app_context():
        version = queries.get_organisation("active-71").version
    assert admin.post(path, organisation(name="Première", version=str(version))).status_code == 303
    late = admin.post(path, organisation(name="Seconde", version=str(version)))
    text = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "Première" in text
    assert 'value="Seconde"' in text
    with app.app_context():
        assert queries.get_organisation("active-71").name == "Première"
        newer = queries.get_organisation("active-71").version
    assert f'value="{newer}"' in text, "saving again is then possible, knowingly"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Écrivez le nom"), ({"name": "x" * 161}, "trop long"), ({"name": "Active 71"}, "déjà ce nom"),
        ({"contact_email": "pas une adresse"}, "n’est pas complète"), ({"website": "javascript:alert(1)"}, "adresse"),
        ({"website": "ftp://exemple.fr"}, "commence par"), ({"aliases": "a\n" * 13}, "Douze"),
        ({"commune": "", "commune_text": "Atlantide"}, "Aucune commune"), ({"name": "a" * 1_000_000}, "trop long"),
    ],
)  # fmt: skip
def test_a_wrong_organisation_is_not_saved_and_says_why(app: Flask, admin: Visitor, changes: dict, words: str):
    answer = admin.post("/administration/structures/nouvelle", organisation(**changes))
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    with app.app_context():
        assert len(queries.organisations(with_inactive=True)) == 14


def test_html_in_a_name_is_shown_as_text(admin: Visitor):
    admin.post("/administration/structures/nouvelle", organisation(name="<b>Gras</b> 🌻"))
    assert "&lt;b&gt;Gras&lt;/b&gt; 🌻" in page_of(admin, "/administration/structures")


def test_the_fallback_cannot_be_closed(app: Flask, admin: Visitor):
    path = "/administration/structures/reseau-graine-d-actions"
    assert "Désactiver" not in page_of(admin, path)
    assert admin.post(f"{path}/fermer", page=path).status_code == 422
    with app.app_context():
        assert queries.find_fallback().is_active


def test_a_person_is_found_by_exact_address_only(app: Flask, admin: Visitor):
    with app.app_context():
        user_id = a_user("Dominique", "dominique@exemple.fr").id
    found = admin.get("/administration/personnes?email=Dominique@Exemple.fr")
    assert found.headers["Location"].endswith(f"/administration/personnes/{user_id}")
    for unknown in ("dominique", "autre@exemple.fr", "", "x" * 5_000):
        assert admin.get(f"/administration/personnes?email={unknown}").status_code == 422


def test_a_right_is_given_and_ended_in_the_browser(app: Flask, admin: Visitor):
    with app.app_context():
        user_id, at = a_user().id, an_organisation("fdfr-89").id
    path = f"/administration/personnes/{user_id}"
    given = admin.post(f"{path}/droits", {"role": "moderator", "organisation": str(at)}, page=path)
    assert given.status_code == 303
    assert "Modération" in page_of(admin, path)
    with app.app_context():
        assert queries.rights_of(user_id) == {(Role.MODERATOR, at)}
        right_id = queries.rights_rows(user_id=user_id)[0][0].id
    ended = f"/administration/droits/{right_id}/terminer"
    assert admin.post(ended, page=path).status_code == 303
    assert admin.post(ended, page=path).status_code == 409, "a second click finds it ended"
    with app.app_context():
        assert queries.rights_of(user_id) == frozenset()
    assert actions(app)[-2:] == ["right.given", "right.ended"]
    assert "Droit terminé" in page_of(admin, "/administration/journal")


@pytest.mark.parametrize(
    "data",
    [
        {"role": "coach", "organisation": "0"}, {"role": "platform_admin", "organisation": "1"},
        {"role": "king", "organisation": "1"}, {"role": "coach", "organisation": "999999999999999999999"},
        {"role": "coach", "organisation": "un"}, {}, {"role": "coach", "organisation": "1", "ends_on": "0001-01-01"},
        {"role": "coach", "organisation": "1", "starts_on": "demain"},
        {"role": "coach", "organisation": "1", "starts_on": "9999-12-31"},
        {"role": "coach", "organisation": "1", "ends_on": "2001-01-01"},
    ],
)  # fmt: skip
def test_an_impossible_right_is_refused_in_words(app: Flask, admin: Visitor, data: dict[str, str]):
    with app.app_context():
        user_id = a_user().id
    path = f"/administration/personnes/{user_id}"
    assert admin.post(f"{path}/droits", data, page=path).status_code == 422
    with app.app_context():
        assert queries.rights_rows(user_id=user_id) == []


def test_the_last_administrator_cannot_end_their_own_right(app: Flask, admin: Visitor):
    with app.app_context():
        right_id = queries.rights_rows(user_id=admin.user_id)[0][0].id
    path = f"/administration/personnes/{admin.user_id}"
    assert admin.post(f"/administration/droits/{right_id}/terminer", page=path).status_code == 422
    page_of(admin, path)


def offer(app: Flask, **changes: object) -> dict[str, object]:
    with app.app_context():
        at, today = an_organisation("bge").id, day_of(clock.now())
    return {
        "organisation": str(at), "programme": "campaign", "territory": "25", "commune": "", "commune_text": "",
        "accepts": "y", "level": "", "starts_on": today.isoformat(), "ends_on": "", "reason": "Convention signée",
    } | changes  # fmt: skip


def test_an_offer_is_added_answers_and_is_ended_with_its_reason(app: Flask, admin: Visitor):
    assert admin.post("/administration/offres/nouvelle", offer(app)).status_code == 303
    client = app.test_client()
    assert "BGE Franche-Comté" in client.get("/qui-peut-m-aider?commune=25056").get_data(as_text=True)
    with app.app_context():
        made = db.session.scalars(select(Offer).order_by(Offer.id.desc())).first()
        key, day = made.id, made.starts_on
        assert made.reason == "Convention signée"
    path = f"/administration/offres/{key}"
    early = (day - timedelta(days=1)).isoformat()
    assert admin.post(path, {"last_day": early, "reason": "Erreur"}).status_code == 422
    assert admin.post(path, {"last_day": day.isoformat(), "reason": ""}).status_code == 422
    assert admin.post(path, {"last_day": day.isoformat(), "reason": "Fin de convention"}).status_code == 303
    assert "Fin de convention" in page_of(admin, path)
    assert actions(app)[-2:] == ["offer.added", "offer.ended"]


def test_an_offer_for_one_commune(app: Flask, admin: Visitor):
    answer = admin.post("/administration/offres/nouvelle", offer(app, commune="25056", territory="25"))
    assert answer.status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Offer).order_by(Offer.id.desc())).first().territory_code == "25056"


@pytest.mark.parametrize(
    "changes",
    [
        {"organisation": "999"}, {"programme": "loterie"}, {"territory": "75"}, {"reason": ""}, {"starts_on": ""},
        {"starts_on": "31/31/2026"}, {"ends_on": "2001-01-01"}, {"commune_text": "Atlantide"}, {"reason": "x" * 301},
    ],
)  # fmt: skip
def test_a_wrong_offer_is_not_added(app: Flask, admin: Visitor, changes: dict[str, str]):
    assert admin.post("/administration/offres/nouvelle", offer(app, **changes)).status_code == 422
    with app.app_context():
        assert len(queries.offers()) == 20


def test_the_same_offer_twice_is_refused(app: Flask, admin: Visitor):
    assert admin.post("/administration/offres/nouvelle", offer(app)).status_code == 303
    twin = admin.post("/administration/offres/nouvelle", offer(app))
    assert twin.status_code == 422
    assert "propose déjà" in twin.get_data(as_text=True)


def test_the_first_page_says_how_the_worker_and_the_mails_are(app: Flask, admin: Visitor):
    assert "jamais démarré" in page_of(admin, "/administration")
    app.test_cli_runner().invoke(args=["worker", "--once"])
    assert "avance" in page_of(admin, "/administration")


def test_without_a_token_nothing_changes(app: Flask, admin: Visitor):
    answer = admin.client.post("/administration/structures/active-71/fermer")
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.scalars(select(Organisation).where(Organisation.slug == "active-71")).one().is_active
