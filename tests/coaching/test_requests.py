"""« Demander un accompagnement »: asked by anybody, routed, taken once, sent on with a reason, joined by a link."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.coaching import queries, request_services
from app.coaching.models import CoachingRecord, Person, ProjectMember
from app.coaching.request_errors import RequestGone
from app.coaching.request_models import Assignment, CoachingRequest, RecordLink
from app.coaching.rules import RecordState
from app.core import clock
from app.core.access import Role
from app.core.calendar import add_working_days
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from tests.builders import a_record, a_user, an_organisation, give, post_form, sign_in
from tests.support.days import day_of
from tests.support.statements import statements

ASK = "/accompagnement/demander"
LIST = "/accompagnement/demandes"


def typed(**changed: object) -> dict[str, object]:
    return {
        "name": "Ada Morel", "email": "ada@example.org", "commune": "21373", "commune_text": "",
        "need": "Ouvrir un four partagé", "programme": "pulsactions", "once": "a-form", **changed,
    }  # fmt: skip


def a_coach(slug: str = "pes-21"):
    return give(a_user("Inès Verdelet"), Role.COACH, an_organisation(slug))


def a_request(**changed: object) -> CoachingRequest:
    """Inside an app context."""
    words: dict[str, Any] = {
        key: value if key == "is_proved" else str(value)
        for key, value in typed(**changed).items()
        if key not in {"commune", "commune_text"}
    }
    words["programme_code"] = words.pop("programme")
    with transaction():
        return request_services.ask(commune_code="21373", locale="fr", at=clock.now(), **words)


def number_of(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_anybody_asks_and_learns_who_answers_why_and_by_when(app: Flask, client):
    with app.app_context():
        coach_email = a_coach().email
    answer = post_form(client, ASK, typed())
    assert answer.status_code == 303
    text = client.get(answer.location).get_data(as_text=True)
    with app.app_context():
        request = db.session.scalars(select(CoachingRequest)).one()
        record = request.record
        assert (record.state, record.referent_id, record.organisation_id) == ("requested", None, an_organisation().id)
        assert request.promised_on == add_working_days(day_of(clock.now()), 3)
        assert db.session.scalars(select(Assignment)).one().mode == "auto"
        told = {mail.to_address: mail.text for mail in db.session.scalars(select(OutboxMail))}
        assert record.organisation.name in text
        assert "parce que" in text
        assert record.organisation.name in told["ada@example.org"]
        assert "parce que" in told["ada@example.org"]
    assert "Ada" not in text, "the page of a request shows nothing that was typed"
    assert "four" not in "".join(told.values()), "a mail repeats nothing that was typed"
    assert "Ada" not in "".join(told.values())
    assert coach_email in told


def test_a_second_click_asks_once_and_another_form_asks_again(app: Flask, client):
    first, second = post_form(client, ASK, typed()), post_form(client, ASK, typed())
    assert first.location == second.location
    assert post_form(client, ASK, typed(need="Autre chose")).location != first.location
    with app.app_context():
        assert number_of(CoachingRequest) == number_of(CoachingRecord) == number_of(Person) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "www.spam.example"), ("email", ""), ("email", "pas une adresse"), ("need", ""),
        ("need", "x" * 121), ("programme", "inconnu"), ("programme", "campaign"), ("once", "x" * 500),
    ],
)  # fmt: skip
def test_a_wrong_request_comes_back_with_what_was_typed(app: Flask, client, field, value):
    answer = post_form(client, ASK, typed(need="Un <b>four</b>") | {field: value})
    assert answer.status_code == 422
    with app.app_context():
        assert number_of(CoachingRecord) == 0


def test_whoever_does_not_know_the_programme_is_answered_too(app: Flask, client):
    assert post_form(client, ASK, typed(programme="")).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(CoachingRequest)).one().knows_programme is False


def test_a_hole_of_the_map_leads_to_the_network(app: Flask, client):
    """Nevers: nobody answers there yet, the network does."""
    answer = post_form(client, ASK, typed(commune="58194", programme="dla"))
    text = client.get(answer.location).get_data(as_text=True)
    with app.app_context():
        assert db.session.scalars(select(CoachingRecord)).one().organisation.is_fallback
    assert "aucune structure" in text


def test_a_known_address_is_answered_like_an_unknown_one(app: Flask):
    """Same page, same statements: the form does not tell who is coached."""
    with app.app_context():
        a_user("Camille Fontbelle", "camille@example.org")
        a_record(referent=a_coach(), holder_email="camille@example.org")
    seen = []
    for email in ("warm@example.org", "camille@example.org", "nobody@example.org"):
        visitor = app.test_client()
        visitor.get(ASK)
        with statements(app) as sent:
            answer = post_form(visitor, ASK, typed(email=email, once=email))
        page = visitor.get(answer.location).get_data(as_text=True)
        seen.append((answer.status_code, [re.sub(r"\s+", " ", one)[:60] for one in sent],
                     re.sub(r"/suivre/[\w-]+|value=\"[^\"]*\"", "", page)))  # fmt: skip
    assert seen[1][0] == seen[2][0] == 303
    assert seen[1][1] == seen[2][1]
    assert seen[1][2] == seen[2][2]


def test_too_many_requests_for_one_address_are_stopped(app: Flask, client):
    answers = [post_form(client, ASK, typed(once=str(n))).status_code for n in range(6)]
    assert answers == [303] * 5 + [429]


def test_only_coaches_of_the_organisation_see_and_take_a_request(app: Flask):
    with app.app_context():
        reference = a_request().record.reference
        mine, elsewhere = sign_in(app, a_coach()), sign_in(app, a_coach("active-71"))
        moderator = sign_in(app, give(a_user(), Role.MODERATOR, an_organisation()))
        admin = sign_in(app, give(a_user(), Role.PLATFORM_ADMIN))
    assert "Ouvrir un four partagé" in mine.get(LIST).get_data(as_text=True)
    assert "Ouvrir un four partagé" not in elsewhere.get(LIST).get_data(as_text=True)
    for other in (moderator, admin):
        assert other.get(LIST).status_code == 403
    for other in (elsewhere, moderator, admin):
        assert other.post(f"{LIST}/{reference}/prendre", page="/mon-compte").status_code == 404
        assert other.post(f"{LIST}/{reference}/orienter", page="/mon-compte").status_code == 404
    assert mine.post(f"{LIST}/{reference}/prendre", page=LIST).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(CoachingRecord)).one().referent_id == mine.user_id


def test_of_two_who_take_one_wins(app: Flask):
    with app.app_context():
        reference = a_request().record.reference
        first, second = sign_in(app, a_coach()), sign_in(app, a_coach())
    path = f"{LIST}/{reference}/prendre"
    assert first.post(path, page=LIST).status_code == 303
    late = second.post(path, page="/mon-compte", follow_redirects=True).get_data(as_text=True)
    assert "déjà été prise" in late
    assert "C’est déjà fait" in first.post(path, page="/mon-compte", follow_redirects=True).get_data(as_text=True)
    with app.app_context():
        assert db.session.scalars(select(CoachingRecord)).one().referent_id == first.user_id


def test_nobody_takes_their_own_request(app: Flask):
    with app.app_context():
        coach = a_coach()
        reference = a_request(email=coach.email).record.reference
        visitor = sign_in(app, coach)
    assert visitor.post(f"{LIST}/{reference}/prendre", page="/mon-compte").status_code == 404


def proof_mailed() -> str:
    """The page that the last mail to Ada leads to, with its proof. Inside an app context."""
    mails = select(OutboxMail).where(OutboxMail.to_address == "ada@example.org").order_by(OutboxMail.id.desc())
    mail = db.session.scalars(mails).first()
    return re.search(r"/accompagnement/demandes/suivre/[^\s\"]+", mail.text)[0]


def test_a_request_typed_by_a_stranger_joins_nobody_until_the_mail_of_its_address_says_yes(app: Flask, client):
    with app.app_context():
        ada, stranger = sign_in(app, a_user("Ada", "ada@example.org")), sign_in(app, a_user())
        met = a_record(referent=a_coach(), holder_email="ada@example.org").reference
        coach, request = sign_in(app, a_coach()), a_request()
        reference, key, page = request.record.reference, request.key, proof_mailed()
    record, confirm = f"/accompagnement/dossiers/{reference}", f"{LIST}/suivre/{key}/confirmer"
    assert coach.post(f"{LIST}/{reference}/prendre", page=LIST).status_code == 303
    proof = page.split("preuve=")[1]
    for wrong in ("", "x", proof[:-2], f"{proof}x"):
        assert "bien moi" not in client.get(f"{LIST}/suivre/{key}?preuve={wrong}").get_data(as_text=True)
        post_form(client, confirm, {"preuve": wrong}, page=ASK)
    for shown in ("/accompagnement", "/mon-accompagnement"):
        assert reference not in ada.get(shown).get_data(as_text=True)
    assert (ada.get(record).status_code, ada.get(f"/accompagnement/dossiers/{met}").status_code) == (404, 200)
    with app.app_context():
        assert number_of(Person) == 2
    assert "bien moi" in client.get(page).get_data(as_text=True)
    assert ada.get(record).status_code == 404, "opening a mail says nothing yet"
    for _click in range(2):
        assert post_form(client, confirm, {"preuve": proof}, page=page.split("?")[0]).status_code == 303
    assert (ada.get(record).status_code, stranger.get(record).status_code) == (200, 404)
    with app.app_context():
        assert number_of(Person) == 1
        project_id = db.session.scalars(select(CoachingRecord.project_id).where(CoachingRecord.reference == reference))
        member = db.session.scalars(select(ProjectMember).where(ProjectMember.project_id == project_id.one())).one()
        assert member.person.email == "ada@example.org"
        other = a_request(once="une-autre-fois-toute-neuve").key
    assert post_form(client, f"{LIST}/suivre/{other}/confirmer", {"preuve": proof}, page=ASK).status_code == 303
    with app.app_context():
        another = db.session.scalars(select(CoachingRequest).where(CoachingRequest.key == other)).one()
        assert another.person.is_unconfirmed, "a proof is of one request"


def test_whoever_asks_from_the_account_of_the_address_has_nothing_to_confirm(app: Flask):
    with app.app_context():
        ada = sign_in(app, a_user("Ada", "ada@example.org"))
    assert ada.post(ASK, typed()).status_code == 303
    with app.app_context():
        assert not db.session.scalars(select(Person)).one().is_unconfirmed
        reference = db.session.scalars(select(CoachingRecord.reference)).one()
    assert ada.get(f"/accompagnement/dossiers/{reference}").status_code == 200


def test_taking_joins_the_request_to_the_person_already_met(app: Flask):
    with app.app_context():
        coach = a_coach()
        a_record(referent=coach, holder_email="ada@example.org")
        request = a_request(is_proved=True)
        record_id, request_id = request.record_id, request.id
        assert number_of(Person) == 2
        with transaction():
            request_services.take(db.session.get_one(CoachingRequest, request_id), a_coach_again(coach), at=clock.now())
        assert number_of(Person) == 1
        project_id = db.session.get_one(CoachingRecord, record_id).project_id
        member = db.session.scalars(select(ProjectMember).where(ProjectMember.project_id == project_id)).one()
        assert member.person.email == "ada@example.org"
        assert db.session.get_one(CoachingRequest, request_id).person_id == member.person_id


def a_coach_again(coach):
    return db.session.merge(coach, load=True)


def test_a_request_is_sent_on_with_a_reason_that_the_person_reads(app: Flask):
    with app.app_context():
        request = a_request()
        reference, key, target = request.record.reference, request.key, an_organisation("active-71").id
        mine, there = sign_in(app, a_coach()), sign_in(app, a_coach("active-71"))
    path = f"{LIST}/{reference}/orienter"
    assert mine.post(path, {"organisation": target, "reason": ""}, page=LIST).status_code == 422
    assert mine.post(path, {"organisation": 999_999, "reason": "x"}, page=LIST).status_code == 422
    answer = mine.post(path, {"organisation": target, "reason": "Le projet est en Saône-et-Loire."}, page=LIST)
    assert answer.status_code == 303
    assert reference not in mine.get(LIST).get_data(as_text=True)
    assert "Ouvrir un four partagé" in there.get(LIST).get_data(as_text=True)
    assert "Le projet est en Saône-et-Loire." in app.test_client().get(f"{LIST}/suivre/{key}").get_data(as_text=True)
    again = mine.post(path, {"organisation": target, "reason": "encore"}, page="/mon-compte", follow_redirects=True)
    assert "C’est déjà fait" in again.get_data(as_text=True)
    with app.app_context():
        modes = [one.mode for one in db.session.scalars(select(Assignment).order_by(Assignment.id))]
        assert modes == ["auto", "manual"]


def test_a_request_is_withdrawn_by_its_address_once_and_then_nobody_takes_it(app: Flask, client):
    with app.app_context():
        request = a_request()
        key, request_id = request.key, request.id
    page = f"{LIST}/suivre/{key}"
    for _ in range(2):
        assert post_form(client, page, {}, page=ASK).status_code == 303
    assert "La demande est retirée" in client.get(page).get_data(as_text=True)
    assert client.get(f"{LIST}/suivre/inconnue").status_code == 404
    with app.app_context():
        assert db.session.scalars(select(CoachingRecord)).one().state == RecordState.CLOSED
        user = a_coach()
        with pytest.raises(RequestGone), transaction():
            request_services.take(db.session.get_one(CoachingRequest, request_id), a_coach_again(user), at=clock.now())


def test_the_later_account_of_the_address_finds_the_record(app: Flask):
    with app.app_context():
        reference = a_request(is_proved=True).record.reference
        ada, other = sign_in(app, a_user("Ada", "ada@example.org")), sign_in(app, a_user())
    assert ada.get(f"/accompagnement/dossiers/{reference}").status_code == 200
    assert other.get(f"/accompagnement/dossiers/{reference}").status_code == 404


def invitation_link() -> str:
    mail = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    return re.search(r"/accompagnement/invitation/[\w-]+", mail.text)[0]


def test_an_invitation_joins_the_record_to_an_account_with_another_address(app: Flask):
    with app.app_context():
        coach = a_coach()
        reference = a_record(referent=coach, holder_email="camille@example.org").reference
        visitor = sign_in(app, coach)
        camille, late = sign_in(app, a_user("Camille", "autre@example.org")), sign_in(app, a_user())
    page = f"/accompagnement/dossiers/{reference}"
    assert visitor.post(f"{page}/inviter", page=page).status_code == 303
    with app.app_context():
        link = invitation_link()
    assert camille.get(page).status_code == 404
    shown = camille.get(link).get_data(as_text=True)
    assert "four" not in shown, "nothing of the record shows before the link is used"
    assert camille.get(page).status_code == 404, "looking joins nothing"
    assert visitor.get(link).status_code == 409, "the coach of the record cannot become its holder"
    assert camille.post(link).status_code == 303
    assert camille.get(page).status_code == 200
    assert late.get(link).status_code == 410
    assert late.get(page).status_code == 404
    assert app.test_client().get(link).status_code == 303


def test_an_old_replaced_or_made_up_invitation_is_dead(app: Flask):
    with app.app_context():
        coach = a_coach()
        reference = a_record(referent=coach, holder_email="camille@example.org").reference
        visitor, camille = sign_in(app, coach), sign_in(app, a_user())
    page, links = f"/accompagnement/dossiers/{reference}", []
    for _ in range(2):
        visitor.post(f"{page}/inviter", page=page)
        with app.app_context():
            links.append(invitation_link())
    assert camille.get(links[0]).status_code == 410, "a newer one replaces it"
    assert camille.get(links[1]).status_code == 200
    assert camille.get("/accompagnement/invitation/" + "x" * 43).status_code == 410
    with app.app_context(), transaction():
        for link in db.session.scalars(select(RecordLink)):
            link.expires_at = clock.now() - timedelta(seconds=1)
    assert camille.get(links[1]).status_code == 410
    assert camille.post(links[1], page="/mon-compte").status_code == 410


def test_somebody_already_known_keeps_one_person(app: Flask):
    """The account is a person of another project: it holds this project too, and nobody is counted twice."""
    with app.app_context():
        coach = a_coach()
        a_record(referent=coach, holder_email="known@example.org", title="Premier")
        reference = a_record(referent=coach, holder_email="second@example.org", title="Second").reference
        visitor, known = sign_in(app, coach), sign_in(app, a_user("Ada", "known@example.org"))
        with transaction():
            from app.coaching.services import person_for

            person_for(db.session.get_one(type(coach), known.user_id), at=clock.now())
    page = f"/accompagnement/dossiers/{reference}"
    visitor.post(f"{page}/inviter", page=page)
    with app.app_context():
        link = invitation_link()
    assert known.post(link).status_code == 303
    assert known.get(page).status_code == 200
    with app.app_context():
        assert queries.get_file(reference).holder_ids == frozenset({known.user_id})
