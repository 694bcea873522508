"""Where and when, booking without account, taking back: what anybody may do, and what they may not."""

from __future__ import annotations

import re
import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core import clock
from app.core.database import db, transaction
from app.core.errors import DomainError
from app.core.outbox import OutboxMail
from app.dropins import booking_services, jobs, queries, services
from app.dropins.errors import SessionCancelled, SlotNotOpen, SlotTaken
from app.dropins.keys import booking_key, booking_token
from app.dropins.models import DropInBooking, DropInSession
from app.dropins.rules import SEATED, Mode, Status
from tests.builders import token_of
from tests.support.statements import statements


def coming(slug: str = "pontarlier", *, seats: int = 1) -> tuple[int, list[datetime]]:
    """(session, its free hours) of a date that is not today."""
    at = clock.now()
    sessions = queries.sessions_of(queries.get_series(slug).id, at)
    found = next(s for s in sessions if s.starts_at > at + timedelta(days=2))
    key = found.id
    if seats > 1:
        with transaction():
            db.session.get_one(DropInSession, key).seats = seats
    return key, queries.free_slots([queries.get_session(key)], at)[key]


def booked(session_id: int, slot: datetime, **changes: object) -> int:
    about = {
        "name": "Nina Berthaud", "email": "nina@example.org", "phone": "", "commune_code": "25462", "need": "Un four",
        "mode": Mode.ON_SITE, "once": "1", "locale": "fr", "at": clock.now(),
    } | changes  # fmt: skip
    with transaction():
        return booking_services.book(session_id, slot, **about).id


def test_the_job_plans_eight_weeks_once_and_again_nothing(app: Flask):
    with app.app_context():
        first, again = jobs.plan_ahead(), jobs.plan_ahead()
        assert first > 60
        assert again == 0
        by_town = Counter(s.series.slug for s in db.session.scalars(select(DropInSession)))
        assert set(by_town) == {"vesoul", "belfort", "pontarlier", "lons-le-saunier", "besancon"}
        assert 6 <= by_town["vesoul"] <= 9


def test_the_list_is_by_distance_and_in_few_statements(planned: Flask, client: FlaskClient):
    text = client.get("/permanences?commune=25462").get_data(as_text=True)
    towns = re.findall(r'<h3><a href="/permanences/([a-z-]+)"', text)
    assert towns[:2] == ["pontarlier", "besancon"]
    assert "à 0 km" in text.replace("\u00a0", " ")
    with statements(planned) as counted:
        assert client.get("/permanences?commune=39300").status_code == 200
    assert len(counted) <= 8
    assert client.get("/permanences").status_code == 200
    assert client.get("/permanences?commune_text=Atlantide").status_code == 422
    assert "Pontarlier" in client.get("/qui-peut-m-aider?commune=25462").get_data(as_text=True)


def form_of(client: FlaskClient, path: str, hour: datetime, **changes: object) -> dict[str, object]:
    once = re.search(r'name="once"[^>]*value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert once
    return {
        "csrf_token": token_of(client, path), "once": once[1], "slot": hour.isoformat(), "name": "Nina Berthaud",
        "email": "nina@example.org", "commune": "25462", "need": "Un four à partager", "mode": "on_site",
    } | changes  # fmt: skip


def test_somebody_without_account_books_reads_and_takes_back(planned: Flask, client: FlaskClient):
    with planned.app_context():
        key, free = coming()
    path = f"/permanences/pontarlier/{key}/rendez-vous"
    form = form_of(client, path, free[0])
    first = client.post(path, data=form)
    assert first.status_code == 303, first.get_data(as_text=True)
    assert client.post(path, data=form).location == first.location, "a second click books nothing twice"
    page = client.get(first.location).get_data(as_text=True)
    assert "Un four" not in page, "what was typed is not shown to whoever has the address"
    assert "Nina" not in page
    with planned.app_context():
        mail = db.session.scalars(select(OutboxMail)).one()
        assert first.location in mail.text
        assert "four" not in mail.text
        assert db.session.scalar(select(func.count()).select_from(DropInBooking)) == 1
        assert free[0] not in coming()[1]
    token = token_of(client, first.location)
    assert client.post(first.location, data={}).status_code == 303
    assert "Annuler le rendez-vous" in client.get(first.location).get_data(as_text=True), "without the form's token"
    client.post(first.location, data={"csrf_token": token})
    client.post(first.location, data={"csrf_token": token})
    with planned.app_context():
        assert db.session.scalars(select(DropInBooking.status)).one() == Status.EXCUSED
        assert free[0] in coming()[1], "the hour serves somebody else"
        assert len(db.session.scalars(select(OutboxMail)).all()) == 2
    assert client.get(path).status_code == 200


def test_an_unconfirmed_series_promises_nothing_and_a_confirmed_one_does(planned: Flask, client: FlaskClient):
    with planned.app_context():
        key, free = coming()
    path = f"/permanences/pontarlier/{key}/rendez-vous"
    wait, days = "attendez sa réponse", client.get("/permanences/pontarlier").get_data(as_text=True)
    assert re.search(r"\d+ créneaux libres \(45 min\)", days)
    assert "fin de journée est gardée" in days
    assert "Demander un rendez-vous" in days
    assert wait in client.get(path).get_data(as_text=True)
    booked_at = client.post(path, data=form_of(client, path, free[0])).location
    assert wait in client.get(booked_at).get_data(as_text=True)
    with planned.app_context():
        mail = db.session.scalars(select(OutboxMail)).one()
        assert wait in " ".join(mail.text.split())
        with transaction():
            queries.get_series("pontarlier").to_confirm = False
    assert wait not in client.get(path).get_data(as_text=True)
    assert "Prendre rendez-vous" in client.get("/permanences/pontarlier").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "", "phone": ""}, "moyen de vous joindre"), ({"email": "x"}, "adresse"), ({"phone": "12"}, "numéro"),
        ({"name": ""}, "nom"), ({"need": ""}, "phrase"),
        ({"slot": "demain"}, "proposées"), ({"mode": "x"}, "proposées"),
        ({"commune": ""}, "commune"), ({"need": "x" * 201}, "trop long"),
    ],
)  # fmt: skip
def test_a_wrong_booking_says_what_is_missing(planned: Flask, client: FlaskClient, changes: dict, words: str):
    with planned.app_context():
        key, free = coming()
    path = f"/permanences/pontarlier/{key}/rendez-vous"
    answer = client.post(path, data=form_of(client, path, free[0], **changes))
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    with planned.app_context():
        assert db.session.scalar(select(func.count()).select_from(DropInBooking)) == 0


def test_the_sixth_appointment_of_a_day_for_one_address_is_too_many(planned: Flask, client: FlaskClient):
    with planned.app_context():
        key, free = coming()
    path = f"/permanences/pontarlier/{key}/rendez-vous"
    answers = [client.post(path, data=form_of(client, path, slot)).status_code for slot in free[:6]]
    assert answers == [303] * 5 + [429]


def test_an_hour_taken_while_one_was_writing_keeps_what_was_typed(planned: Flask, client: FlaskClient):
    with planned.app_context():
        key, free = coming()
    path = f"/permanences/pontarlier/{key}/rendez-vous"
    form = form_of(client, path, free[0])
    with planned.app_context():
        booked(key, free[0], email="autre@example.org")
    answer = client.post(path, data=form)
    assert answer.status_code == 409
    text = answer.get_data(as_text=True)
    assert "vient d’être prise" in text
    assert "Un four à partager" in text
    assert f'value="{free[0].isoformat()}"' not in text, "it is offered no more"


def test_hours_that_are_kept_passed_or_cancelled_are_refused(planned: Flask):
    with planned.app_context():
        key, free = coming()
        last = queries.get_session(key).ends_at - timedelta(minutes=45)
        for wrong in (last, free[0] + timedelta(minutes=1), clock.now()):
            with pytest.raises(SlotNotOpen):
                booked(key, wrong)
        booked(key, free[0])
        with pytest.raises(SlotTaken):
            booked(key, free[0], email="autre@example.org")
        with transaction():
            services.cancel_session(services.lock_session(key), reason="Neige", by=None, at=clock.now())
        with pytest.raises(SessionCancelled):
            booked(key, free[1])


def test_of_many_at_once_no_more_than_the_seats_get_in(planned: Flask):
    with planned.app_context():
        key, free = coming(seats=2)
    results: list[str] = []

    def try_it(n: int) -> None:
        with planned.app_context():
            try:
                booked(key, free[0], email=f"p{n}@example.org", once=str(n))
                results.append("in")
            except DomainError:
                results.append("out")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=try_it, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(results) == {"in": 2, "out": 6}
    with planned.app_context():
        seats = db.session.scalars(select(DropInBooking.seat).where(DropInBooking.status.in_(SEATED))).all()
        assert sorted(seats) == [1, 2]


def test_the_database_itself_refuses_a_second_person_on_a_seat(planned: Flask):
    with planned.app_context():
        key, free = coming()
        booked(key, free[0])
        with pytest.raises(Exception, match=r"(?i)unique"), transaction():
            db.session.add(
                DropInBooking(
                    key="k", digest="d", session_id=key, slot_at=free[0], seat=1, name="X", booked_at=clock.now()
                )
            )


def test_an_address_that_was_not_signed_here_leads_nowhere(planned: Flask, client: FlaskClient):
    with planned.app_context():
        key, free = coming()
        number = booked(key, free[0])
        token = booking_token(db.session.get_one(DropInBooking, number).key)
        words, sign = token.split(".")  # the first letter of the sign: the last one holds bits that mean nothing
        assert booking_key(f"{words}.{'B' if sign[0] == 'A' else 'A'}{sign[1:]}") is None
    assert client.get(f"/permanences/rendez-vous/{token}").status_code == 200
    for wrong in (token[:-2], "x" * 400, "é", token.split(".")[0]):
        assert client.get(f"/permanences/rendez-vous/{wrong}").status_code == 404


def test_a_reminder_goes_once_the_day_before_and_names_are_erased_after_three_months(
    planned: Flask, monkeypatch: pytest.MonkeyPatch
):
    with planned.app_context():
        key, free = coming()
        number = booked(key, free[0])
        monkeypatch.setattr(clock, "now", lambda: free[0] - timedelta(hours=20))
        assert [jobs.remind(), jobs.remind()] == [1, 0]
        monkeypatch.setattr(clock, "now", lambda: free[0] + timedelta(days=89))
        assert jobs.erase_old() == 0
        monkeypatch.setattr(clock, "now", lambda: free[0] + timedelta(days=91))
        assert [jobs.erase_old(), jobs.erase_old()] == [1, 0]
        line = db.session.get_one(DropInBooking, number)
        assert (line.name, line.email, line.need) == ("", "", "")
        assert line.status == Status.BOOKED
