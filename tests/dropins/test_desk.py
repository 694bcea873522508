"""The coach's side: the sheet, welcoming, statuses, moving, cancelling, calendars; and who sees none of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import func, select

from app.coaching.models import Activity, CoachingRecord, Person
from app.coaching.rules import ActivityKind, RecordState
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.dropins import jobs, queries
from app.dropins.keys import feed_token
from app.dropins.models import DropInBooking, DropInSeries, DropInSession
from app.dropins.rules import Status
from app.network.models import Right
from app.network.services import end_right
from tests.builders import Visitor, a_user, an_organisation, give, sign_in
from tests.dropins.test_public_pages import booked, coming
from tests.support.days import day_of


def text_of(visitor: Visitor | FlaskClient, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.status_code
    return str(answer.get_data(as_text=True))


def test_a_stranger_is_welcomed_in_three_fields(planned: Flask, coach: Visitor, today: tuple[int, int]):
    path = f"/accompagnement/permanences/{today[0]}"
    once = re.search(r'name="once"[^>]*value="([^"]+)"', text_of(coach, path))
    assert once
    three = {"name": "Inès Martin", "commune": "25462", "need": "Reprendre l’épicerie", "once": once[1]}
    assert coach.post(f"{path}/accueil", {**three, "need": ""}).status_code == 422
    for _click in range(2):
        assert coach.post(f"{path}/accueil", three).status_code == 303
    with planned.app_context():
        record = db.session.scalars(select(CoachingRecord)).one()
        assert record.state == RecordState.WELCOMED
        assert (record.referent_id, record.project.commune_code) == (coach.user_id, "25462")
        assert record.reference.split("-")[1] == "25"
        assert record.organisation.slug == "bge-franche-comte"
        assert db.session.scalars(select(Activity.kind)).one() == ActivityKind.WELCOME
        assert db.session.scalars(select(Person.name)).one() == "Inès Martin"
        reference = record.reference
    page = text_of(coach, path)
    assert reference in page
    assert "permanence de Pontarlier" in text_of(coach, f"/accompagnement/dossiers/{reference}")


def test_whoever_had_an_appointment_is_welcomed_once(planned: Flask, coach: Visitor, today: tuple[int, int]):
    key, number = today
    line = f"/accompagnement/permanences/{key}/personnes/{number}"
    coach.post(line, {"status": "open"})
    assert "déjà ouvert" in coach.post(line, {"status": "open"}, follow_redirects=True).get_data(as_text=True)
    coach.post(line, {"status": "no_show"})
    with planned.app_context():
        booking = db.session.get_one(DropInBooking, number)
        assert booking.status == Status.HELD, "a record came of it: it stays"
        assert booking.record.project.title == "Un four"
        assert db.session.scalars(select(Person.email)).one() == "nina@example.org"
        assert db.session.scalar(select(func.count()).select_from(CoachingRecord)) == 1


def test_statuses_are_corrected_and_nonsense_is_not_one(planned: Flask, coach: Visitor, today: tuple[int, int]):
    key, number = today
    line = f"/accompagnement/permanences/{key}/personnes/{number}"
    for status, kept in [("no_show", "no_show"), ("held", "held"), ("cancelled_by_us", "held"), ("excused", "excused")]:
        assert coach.post(line, {"status": status}).status_code == 303
        with planned.app_context():
            assert db.session.get_one(DropInBooking, number).status == kept
    coach.post(line, {"status": "lune"})
    with planned.app_context():
        assert db.session.get_one(DropInBooking, number).status == Status.EXCUSED
    assert coach.post(f"/accompagnement/permanences/{key}/personnes/999", {"status": "held"}).status_code == 404


def test_nobody_opens_a_record_for_oneself(planned: Flask, coach: Visitor, today: tuple[int, int]):
    key, number = today
    with planned.app_context(), transaction():
        db.session.get_one(DropInBooking, number).email = coach.email
    line = f"/accompagnement/permanences/{key}/personnes/{number}"
    answer = coach.post(line, {"status": "open"}, follow_redirects=True)
    assert "pour vous-même" in answer.get_data(as_text=True)
    with planned.app_context():
        assert db.session.scalar(select(func.count()).select_from(CoachingRecord)) == 0
        assert db.session.get_one(DropInBooking, number).status == Status.BOOKED


def test_the_sheet_is_for_the_organisation_only(planned: Flask, today: tuple[int, int]):
    with planned.app_context():
        elsewhere = sign_in(planned, give(a_user("Ailleurs"), Role.COACH, an_organisation("active")))
        admin = sign_in(planned, give(a_user("Admin"), Role.PLATFORM_ADMIN))
        moderator = sign_in(planned, give(a_user("Modère"), Role.MODERATOR, an_organisation("bge")))
    path = f"/accompagnement/permanences/{today[0]}"
    for stranger in (elsewhere, admin, moderator):
        assert stranger.get(path).status_code == 404
        assert stranger.post(f"{path}/annuler", {"reason": "x"}).status_code == 404
    assert "Pontarlier" not in text_of(elsewhere, "/accompagnement/permanences")


def test_a_past_session_without_statuses_waits_on_the_page(
    planned: Flask, coach: Visitor, today: tuple[int, int], monkeypatch: pytest.MonkeyPatch
):
    assert "À renseigner" not in text_of(coach, "/accompagnement/permanences")
    later = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "À renseigner" in text_of(coach, "/accompagnement/permanences")
    coach.post(f"/accompagnement/permanences/{today[0]}/personnes/{today[1]}", {"status": "no_show"})
    assert "À renseigner" not in text_of(coach, "/accompagnement/permanences")


def test_a_cancelled_day_is_told_and_gone(planned: Flask, coach: Visitor, client: FlaskClient):
    with planned.app_context():
        key, free = coming()
        booked(key, free[0])
    path = f"/accompagnement/permanences/{key}"
    assert coach.post(f"{path}/annuler", {"reason": ""}).status_code == 422
    assert coach.post(f"{path}/annuler", {"reason": "Salle fermée"}).status_code == 303
    assert coach.post(f"{path}/annuler", {"reason": "Encore"}).status_code == 409
    assert coach.post(f"{path}/deplacer", {"day": "2030-01-02", "starts": "9:00"}).status_code == 409
    with planned.app_context():
        assert db.session.scalars(select(DropInBooking.status)).one() == Status.CANCELLED_BY_US
        last = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
        assert "Salle fermée" in last.text
        assert jobs.plan_ahead() == 0, "it is not planned again"
    assert str(key) not in re.findall(r"/permanences/pontarlier/(\d+)/", text_of(client, "/permanences/pontarlier"))
    assert "annulée" in text_of(coach, path)


def test_a_moved_day_takes_its_appointments_along(planned: Flask, coach: Visitor):
    with planned.app_context():
        key, free = coming()
        first, second = booked(key, free[0]), booked(key, free[1], email="b@example.org", once="2")
        day = clock.paris_day(queries.get_session(key).starts_at).date() + timedelta(days=1)
    path = f"/accompagnement/permanences/{key}/deplacer"
    assert coach.post(path, {"day": "2020-01-01", "starts": "9:00"}).status_code in {409, 422}
    assert coach.post(path, {"day": day.isoformat(), "starts": "neuf"}).status_code == 422
    assert coach.post(path, {"day": day.isoformat(), "starts": "9h45"}).status_code == 303
    shift = timedelta(days=1, minutes=45)
    with planned.app_context():
        lines = [db.session.get_one(DropInBooking, number).slot_at for number in (first, second)]
        assert lines == [free[0] + shift, free[1] + shift]
        assert jobs.plan_ahead() == 0, "the day it was planned for stays taken"
        assert len(db.session.scalars(select(OutboxMail).where(OutboxMail.subject.contains("déplacé"))).all()) == 2


SERIES = {
    "commune": "25462", "place": "Maison de l’économie", "weekdays": ["1", "3"], "starts": "9:30", "ends": "12:00",
    "slot_min": "30", "seats": "2", "kept_free": "1", "modes": ["on_site", "phone"], "programme": "pulsactions",
}  # fmt: skip


def test_a_series_is_drawn_anew_and_booked_dates_stay(planned: Flask, coach: Visitor):
    with planned.app_context():
        key, free = coming()
        booked(key, free[0])
        organisation = an_organisation("bge").id
        version = queries.get_series("pontarlier").version
    path = "/accompagnement/permanences/pontarlier/modifier"
    form = {**SERIES, "organisation": organisation, "version": version}
    assert coach.post(path, {**form, "ends": "9:00"}).status_code == 422
    assert coach.post(path, {**form, "weekdays": []}).status_code == 422
    assert coach.post(path, form).status_code == 303
    assert coach.post(path, form).status_code == 409, "somebody saved since"
    with planned.app_context():
        series = queries.get_series("pontarlier")
        sessions = queries.sessions_of(series.id, clock.now())
        assert key in {s.id for s in sessions}
        others = [s for s in sessions if s.id != key and s.starts_at > clock.now() + timedelta(days=1)]
        assert {clock.paris_day(s.starts_at).weekday() for s in others} == {1, 3}
        assert {(s.seats, s.slot_min) for s in others} == {(2, 30)}


def test_a_new_series_and_one_more_date(planned: Flask, coach: Visitor):
    with planned.app_context():
        organisation, elsewhere = an_organisation("bge").id, an_organisation("active").id
    form = {**SERIES, "organisation": organisation, "commune": "25580", "place": ""}
    assert coach.post("/accompagnement/permanences/nouvelle", {**form, "organisation": elsewhere}).status_code == 422
    made = coach.post("/accompagnement/permanences/nouvelle", form)
    assert made.status_code == 303
    slug = made.location.rsplit("/", 1)[1]
    assert text_of(coach, made.location)
    assert coach.post("/accompagnement/permanences/nouvelle", form).status_code == 422, "the name is taken"
    day = day_of(clock.real_now()) + timedelta(days=100)
    extra = {"day": day.isoformat(), "starts": "14 h", "ends": "17:00"}
    path = f"/accompagnement/permanences/{slug}/date"
    assert text_of(coach, path)
    assert coach.post(path, extra).status_code == 303
    assert coach.post(path, extra).status_code == 409
    assert coach.post(path, {**extra, "ends": "13:00"}).status_code == 422
    with planned.app_context():
        assert db.session.scalars(select(DropInSession.is_extra).where(DropInSession.planned_on == day)).one()


def test_public_calendars_hold_dates_and_nobody(planned: Flask, client: FlaskClient):
    with planned.app_context():
        key, free = coming()
        booked(key, free[0])
    for path in ("/permanences/pontarlier.ics", "/permanences/commune/25462.ics"):
        answer = client.get(path)
        assert answer.mimetype == "text/calendar"
        found = Calendar.from_ical(answer.data)
        events = found.walk("VEVENT")
        assert 6 <= len(events) <= 9
        assert b"Nina" not in answer.data
        assert b"N. B." not in answer.data
        assert len({str(e["uid"]) for e in events}) == len(events)
    assert Calendar.from_ical(client.get("/permanences/commune/21231.ics").data).walk("VEVENT") == []
    assert client.get("/permanences/lune.ics").status_code == 404


def test_a_coachs_calendar_holds_initials_and_dies_with_its_address_or_the_right(
    planned: Flask, coach: Visitor, client: FlaskClient
):
    with planned.app_context():
        key, free = coming()
        booked(key, free[0], phone="0381000000")
    coach.post("/accompagnement/permanences/agenda", {})
    address = re.search(r"/permanences/agenda/[^<\"]+\.ics", text_of(coach, "/accompagnement/permanences"))
    assert address
    answer = client.get(address[0])
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert b"N. B." in answer.data
    for private in (b"Nina", b"Berthaud", b"nina@", b"0381", b"four"):
        assert private not in answer.data
    coach.post("/accompagnement/permanences/agenda", {})
    assert client.get(address[0]).status_code == 404, "the old address ended"
    with planned.app_context():
        new = f"/permanences/agenda/{feed_token(coach.user_id, 2)}.ics"
    assert client.get(new).status_code == 200
    with planned.app_context(), transaction():
        right = db.session.scalars(select(Right).where(Right.user_id == coach.user_id)).one()
        end_right(right, None, clock.now())
    assert client.get(new).status_code == 404, "the right ended"


def test_an_organisation_that_closed_has_no_public_days(planned: Flask, client: FlaskClient):
    with planned.app_context(), transaction():
        an_organisation("bge").is_active = False
    assert "Pontarlier" not in text_of(client, "/permanences")
    assert client.get("/permanences/pontarlier").status_code == 404


def test_the_first_series_are_loaded_once_and_keep_what_people_changed(planned: Flask):
    with planned.app_context(), transaction():
        queries.get_series("vesoul").place = "Mairie"
    assert planned.test_cli_runner().invoke(args=["network", "load"]).exit_code == 0
    with planned.app_context():
        assert db.session.scalar(select(func.count()).select_from(DropInSeries)) == 5
        assert queries.get_series("vesoul").place == "Mairie"
