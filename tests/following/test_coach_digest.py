"""What waits for a coach, in numbers: at their hour, once, of a record its reference only, never to who refuses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.coaching import services
from app.coaching.models import CoachingRecord
from app.core.access import Role
from app.core.clock import PARIS
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.following import coach_digest, rules
from app.following.models import Reader
from tests.builders import a_record, a_user, an_organisation, give, sign_in

MONDAY, TUESDAY = datetime(2027, 3, 1, 8, tzinfo=UTC), datetime(2027, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("choice", "day", "hour", "expected"),
    [("daily", 1, 7, True), ("daily", 1, 6, False), ("daily", 6, 9, False), ("weekly", 1, 7, True),
     ("weekly", 3, 9, True), ("weekly", 4, 9, False), ("never", 1, 9, False), ("toujours", 1, 9, False)],
)  # fmt: skip
def test_the_hour_of_a_summary(choice, day, hour, expected):
    assert rules.is_coach_digest_time(choice, datetime(2027, 3, day, hour, tzinfo=PARIS)) is expected


def test_no_summary_on_a_public_holiday():
    assert not rules.is_coach_digest_time("daily", datetime(2027, 7, 14, 9, tzinfo=PARIS))


def tell(user_id: int, at: datetime) -> bool:
    with transaction():
        return coach_digest.send(user_id, at=at)


def test_a_coach_is_told_numbers_once_and_may_refuse(app: Flask):
    with app.app_context():
        me = give(a_user("Inès", "ines@example.org"), Role.COACH, an_organisation()).id
        other = give(a_user(), Role.COACH, an_organisation("active-71")).id
        record_id = a_record(referent=db.session.get_one(User, me), title="Le four caché").id
        with transaction():
            record = db.session.get_one(CoachingRecord, record_id)
            services.add_action(
                record, text="Promesse cachée", owner="coach", due_on=MONDAY.date(), by=me, at=MONDAY
            )  # fmt: skip
        assert [tell(me, MONDAY), tell(me, MONDAY), tell(me, TUESDAY), tell(other, MONDAY)] == [
            True, False, False, False
        ]  # fmt: skip
        mail = db.session.scalars(select(OutboxMail)).one()
        assert "1 promesse à tenir" in mail.text
        reference = db.session.get_one(CoachingRecord, record_id).reference
        assert mail.text.count(f"/accompagnement/dossiers/{reference}") == 1
        assert f'/accompagnement/dossiers/{reference}"' in mail.html
        for word in ("four", "cachée", "Camille"):
            assert word not in mail.text + mail.html + mail.subject
        stop = mail.stop_url.split("/mes-courriels/")[1]
        coach, nobody = sign_in(app, db.session.get_one(User, me)), sign_in(app, a_user())
    page = "/mes-courriels"
    assert "vos accompagnements" not in nobody.get(page).get_data(as_text=True)
    assert "vos accompagnements" in coach.get(page).get_data(as_text=True)
    assert coach.post(page, {"coach_digest": "daily", "digest": "y"}).status_code == 303
    with app.app_context():
        assert tell(me, TUESDAY)
    click = {"List-Unsubscribe": "One-Click"}
    assert app.test_client().post(f"{page}/{stop}", data=click).status_code == 204
    with app.app_context():
        reader = db.session.scalars(select(Reader).where(Reader.email == "ines@example.org")).one()
        assert (reader.coach_digest, reader.wants_digest) == ("never", True)
        assert not tell(me, datetime(2027, 3, 8, 8, tzinfo=UTC))
