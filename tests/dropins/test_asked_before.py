"""Asked on line, then welcomed on a drop-in day: one person, one record."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.coaching import request_services as requests
from app.coaching.models import Activity, CoachingRecord, RecordExclusion
from app.coaching.rules import ActivityKind, RecordState
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.core.text import public_id
from app.dropins.models import DropInBooking
from tests.builders import Visitor, a_user, an_organisation, give, sign_in


def ask_on_line(app: Flask, email: str) -> str:
    """The reference of the record of a request made in Pontarlier."""
    with app.app_context(), transaction():
        return requests.ask(
            name="Nina", email=email, commune_code="25462", need="Un four à pain", programme_code="pulsactions",
            once=public_id(), locale="fr", at=clock.now(),
        ).record.reference  # fmt: skip


@pytest.mark.parametrize("is_taken", [False, True])
def test_whoever_asked_on_line_is_welcomed_in_that_record(
    planned: Flask, coach: Visitor, today: tuple[int, int], is_taken: bool
):
    reference, (key, number) = ask_on_line(planned, "nina@example.org"), today
    with planned.app_context():
        colleague = sign_in(planned, give(a_user(), Role.COACH, an_organisation("bge")))
    if is_taken:
        page = "/accompagnement/demandes"
        assert colleague.post(f"{page}/{reference}/prendre", page=page).status_code == 303
    line = f"/accompagnement/permanences/{key}/personnes/{number}"
    told = coach.post(line, {"status": "open"}, follow_redirects=True).get_data(as_text=True)
    assert reference in told
    assert ("que suit une ou un collègue" in told) is is_taken
    with planned.app_context():
        record = db.session.scalars(select(CoachingRecord)).one()
        assert record.state == RecordState.WELCOMED
        assert record.referent_id == (colleague.user_id if is_taken else coach.user_id)
        assert db.session.scalars(select(Activity.kind)).one() == ActivityKind.WELCOME
        assert db.session.get_one(DropInBooking, number).record_id == record.id
        subjects = set(
            db.session.scalars(select(OutboxMail.subject).where(OutboxMail.to_address == "nina@example.org"))
        )
        assert ("Quelqu’un a pris votre demande" in subjects) is is_taken, "nobody writes to who stands before them"


@pytest.mark.parametrize("why", ["another address", "another organisation", "closed to this coach"])
def test_a_request_of_others_stays_where_it_is(planned: Flask, coach: Visitor, today: tuple[int, int], why: str):
    reference = ask_on_line(planned, "autre@example.org" if why == "another address" else "nina@example.org")
    with planned.app_context(), transaction():
        record = db.session.scalars(select(CoachingRecord)).one()
        if why == "another organisation":
            record.organisation_id = an_organisation("pes-21").id
        if why == "closed to this coach":
            db.session.add(
                RecordExclusion(record_id=record.id, user_id=coach.user_id, kind="recusal", started_at=clock.now())
            )
    told = coach.post(
        f"/accompagnement/permanences/{today[0]}/personnes/{today[1]}", {"status": "open"}, follow_redirects=True
    ).get_data(as_text=True)
    assert reference not in told
    with planned.app_context():
        assert db.session.scalar(select(func.count()).select_from(CoachingRecord)) == 2
        first = db.session.scalars(select(CoachingRecord).where(CoachingRecord.reference == reference)).one()
        assert (first.state, first.referent_id) == (RecordState.REQUESTED, None)
