"""Nobody is left waiting in silence: whoever owes an answer is reminded, once an occasion, and without a name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.coaching import absence_services, path_services, privacy_services, referral_services, request_services
from app.coaching.jobs import say_farewell
from app.coaching.models import CoachingRecord
from app.coaching.path_rules import UNDO
from app.coaching.privacy_models import PrivacyRequest
from app.coaching.promise_jobs import BEFORE_DUE
from app.coaching.promise_jobs import remind as remind_promises
from app.coaching.referral_jobs import remind as remind_referrals
from app.coaching.relay_models import Referral
from app.coaching.request_models import CoachingRequest
from app.coaching.rules import RecordState
from app.core import clock
from app.core.access import Role
from app.core.calendar import working_days_between
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.network.models import Organisation
from tests.builders import a_user, an_organisation, give
from tests.coaching.scene import Scene
from tests.coaching.test_redirected import record_of, sent_by
from tests.coaching.test_requests import a_coach, a_request
from tests.support.days import day_of

pytestmark = pytest.mark.usefixtures("ctx")


def told() -> list[tuple[str, str]]:
    """(address, subject) of the mails since the last look."""
    found = list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))
    lines = [(one.to_address, one.subject) for one in found]
    for private in ("Camille", "Mâcon", "Ada", "four"):
        assert not [one for one in found if private in f"{one.subject} {one.text} {one.html}"], private
    with transaction():
        for one in found:
            db.session.delete(one)
    return lines


def ten_working_days_ago() -> datetime:
    now = clock.now()
    today = day_of(now)
    days = (n for n in range(10, 40) if working_days_between(today - timedelta(days=n), today) >= 10)
    return now - timedelta(days=next(days))


def change(row_of: type, row_id: int, **values: object) -> None:
    with transaction():
        row = db.session.get_one(row_of, row_id)
        for name, value in values.items():
            setattr(row, name, value)


def test_an_accepted_referral_without_first_contact_reminds_who_accepted_and_then_who_sent_it(app: Flask, scene: Scene):
    sent_id, long_ago = sent_by(app, scene), ten_working_days_ago()
    with transaction():
        sent = db.session.get_one(Referral, sent_id)
        referral_services.accept_referral(sent, record_of(scene), by=scene.elsewhere.user_id, at=clock.now())
    told()
    assert remind_referrals() == ""
    change(Referral, sent_id, answered_at=long_ago + timedelta(days=1))
    assert remind_referrals() == "", "nine days and a weekend are not ten"
    change(Referral, sent_id, answered_at=long_ago)
    assert [remind_referrals(), remind_referrals()] == ["1 reminded", ""]
    assert told() == [(scene.elsewhere.email, "Une personne attend votre premier contact")]
    change(Referral, sent_id, contact_reminded_at=long_ago)
    assert [remind_referrals(), remind_referrals()] == ["1 reminded", ""]
    assert told() == [(scene.referent.email, "Une personne orientée n’a pas encore été reçue")]
    change(Referral, sent_id, contact_reminded_at=None, sender_told_at=None)
    with transaction():
        sent = db.session.get_one(Referral, sent_id)
        referral_services.first_contact(
            sent, record_of(scene), on=day_of(clock.now()), by=scene.elsewhere.user_id, at=clock.now()
        )
    assert remind_referrals() == "", "they have met"


def test_whoever_sent_a_person_out_of_the_network_asks_for_news(scene: Scene):
    long_ago = ten_working_days_ago()
    with transaction():
        sent = referral_services.refer(
            record_of(scene), organisation_id=None, to_name="La mairie", need="Un local à Mâcon",
            consent_on=day_of(long_ago), by=scene.referent.user_id, at=long_ago,
        )  # fmt: skip
        sent_id = sent.id
    assert [remind_referrals(), remind_referrals()] == ["1 reminded", ""]
    assert told() == [(scene.referent.email, "Une orientation est sans réponse")]
    assert db.session.get_one(Referral, sent_id).state == "sent"


def test_a_promised_day_that_has_passed_reminds_the_organisation_once_and_again_after_it_was_sent_on():
    coach_id, there = a_coach().id, an_organisation("active-71").id
    mine = db.session.get_one(User, coach_id).email
    theirs = give(a_user(), Role.COACH, an_organisation("active-71")).email
    request_id, today = a_request().id, day_of(clock.now())
    told()
    change(CoachingRequest, request_id, promised_on=today)
    assert remind_promises() == "", "the day itself is not over"
    change(CoachingRequest, request_id, promised_on=today - timedelta(days=1))
    assert [remind_promises(), remind_promises()] == ["1 requests, 0 rights", ""]
    late = "Une demande d’accompagnement est restée sans réponse"
    assert told() == [(mine, late)]
    with transaction():
        request_services.send_on(
            db.session.get_one(CoachingRequest, request_id), db.session.get_one(Organisation, there),
            reason="Plus près", by=coach_id, at=clock.now(),
        )  # fmt: skip
    told()
    assert remind_promises() == "", "a new day is promised"
    change(CoachingRequest, request_id, promised_on=today - timedelta(days=1))
    assert remind_promises() == "1 requests, 0 rights"
    assert told() == [(theirs, late)]


@pytest.mark.parametrize("how", ["taken", "withdrawn", "welcomed"])
def test_a_request_that_has_its_answer_is_not_late(how: str):
    coach_id, asked = a_coach().id, a_request()
    request_id, record_id = asked.id, asked.record_id
    with transaction():
        request = db.session.get_one(CoachingRequest, request_id)
        if how == "taken":
            request_services.take(request, db.session.get_one(User, coach_id), at=clock.now())
        elif how == "withdrawn":
            request_services.withdraw(request, at=clock.now())
        else:
            db.session.get_one(CoachingRecord, record_id).state = RecordState.WELCOMED
        request.promised_on = date(2026, 1, 1)
    assert remind_promises() == ""


def test_a_week_before_the_month_is_over_those_who_answer_for_rights_are_reminded(scene: Scene):
    with transaction():
        asked = privacy_services.ask(record_of(scene), "access", words="", by=scene.holder.user_id, at=clock.now())
        asked_id, due_on = asked.id, asked.due_on
    told()
    today = day_of(clock.now())
    assert due_on > today + BEFORE_DUE
    assert remind_promises() == ""
    change(PrivacyRequest, asked_id, due_on=today + BEFORE_DUE)
    assert [remind_promises(), remind_promises()] == ["0 requests, 1 rights", ""]
    assert {address for address, _subject in told()} == {scene.referent.email, scene.lead.email}
    change(PrivacyRequest, asked_id, reminded_at=None)
    with transaction():
        privacy_services.refuse(
            db.session.get_one(PrivacyRequest, asked_id), answer="Non", by=scene.lead.user_id, at=clock.now()
        )
    assert remind_promises() == ""


def decline(record_id: int, by: int) -> None:
    with transaction():
        record = db.session.get_one(CoachingRecord, record_id)
        path_services.move(
            record, RecordState.DECLINED, by=by, at=clock.now() - UNDO, reason="Plutôt la couveuse de Mâcon"
        )


def test_who_is_not_taken_hears_why_and_what_else_and_an_unconfirmed_address_only_where(scene: Scene):
    coach_id, asked_id = a_coach().id, a_request().record_id
    with transaction():
        for mail in db.session.scalars(select(OutboxMail)):
            db.session.delete(mail)
    decline(scene.record_id, scene.referent.user_id)
    decline(asked_id, coach_id)
    assert [say_farewell(), say_farewell()] == ["2 farewells", ""]
    words = {mail.to_address: (mail.subject, mail.text) for mail in db.session.scalars(select(OutboxMail))}
    assert {subject for subject, _text in words.values()} == {"Réponse à votre demande d’accompagnement"}
    assert "Plutôt la couveuse de Mâcon" in words["camille@example.org"][1]
    assert f"/dossiers/{scene.reference}" in words["camille@example.org"][1]
    assert "couveuse" not in words["ada@example.org"][1]
    assert "preuve=" in words["ada@example.org"][1]


def test_who_covers_for_somebody_away_is_reminded_instead(app: Flask, scene: Scene):
    sent_id, today = sent_by(app, scene), day_of(clock.now())
    change(Referral, sent_id, sent_at=ten_working_days_ago())
    with transaction():
        absence_services.go_away(
            db.session.get_one(User, scene.referent.user_id), covered_by_id=scene.colleague.user_id, starts_on=today,
            ends_on=today, at=clock.now(),
        )  # fmt: skip
    told()
    assert remind_referrals() == "1 reminded"
    reminded = {address for address, _subject in told()}
    assert scene.colleague.email in reminded
    assert scene.referent.email not in reminded
