"""Days are those of Paris, on both databases, whatever the time zone of the session that counts."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import Flask
from sqlalchemy import text as sql

from app.coaching.models import ProjectMember
from app.coaching.path_models import RecordMove
from app.coaching.request_models import Assignment
from app.coaching.rules import ActivityKind
from app.core.database import db, transaction
from app.reporting.rules import Period
from tests.reporting.rows import YEAR, Path, a_person, founding_year
from tests.reporting.test_figures import totals

NEW_YEAR = date(YEAR, 1, 1)
HALF_PAST_MIDNIGHT = datetime(YEAR - 1, 12, 31, 23, 30, tzinfo=UTC)  # in Paris: on 1 January
LAST_YEAR = Period.of_year(YEAR - 1)
FAR_AWAY = "Pacific/Kiritimati"


def at_midnight(model: type[RecordMove | Assignment]) -> None:
    with transaction():
        db.session.execute(db.update(model).values(at=HALF_PAST_MIDNIGHT))


def test_who_is_coached_from_half_past_midnight_on_new_year_counts_in_the_new_year(app: Flask) -> None:
    with app.app_context():
        record = Path.open(a_person()).signed(date(YEAR - 1, 12, 1))
        record.met(date(YEAR - 1, 12, 31), ActivityKind.INTERVIEW)
        at_midnight(RecordMove)
        assert totals(period=LAST_YEAR)[1] == 0, "on 31 December it was not coached yet"
        record.met(NEW_YEAR, ActivityKind.INTERVIEW)
        assert (totals(period=LAST_YEAR)[1], totals()[1]) == (0, 1)


def test_a_record_given_away_just_after_midnight_was_still_here_the_day_before(app: Flask) -> None:
    with app.app_context():
        Path.open(a_person(), "pes-21").came_to(day=date(YEAR - 1, 12, 31)).given_to("active-71", NEW_YEAR)
        at_midnight(Assignment)
        shares = [totals(organisation=one, period=LAST_YEAR)[2] for one in ("pes-21", "active-71")]
        assert shares == [1, 0]


def test_who_leaves_a_project_just_after_midnight_is_welcomed_on_new_year(app: Flask) -> None:
    with app.app_context():
        Path.open(a_person()).met(NEW_YEAR)
        with transaction():
            db.session.execute(db.update(ProjectMember).values(ended_at=HALF_PAST_MIDNIGHT))
        assert totals()[0] == 1


def test_summer_and_the_time_zone_of_the_session_change_nothing(app: Flask) -> None:
    with app.app_context():
        founding_year()
        record = Path.open(a_person()).signed(date(YEAR, 6, 1)).met(date(YEAR, 6, 30), ActivityKind.INTERVIEW)
        with transaction():  # 00:30 in Paris on 1 July
            db.session.execute(
                db.update(RecordMove)
                .where(RecordMove.record_id == record.record_id)
                .values(at=datetime(YEAR, 6, 30, 22, 30, tzinfo=UTC))
            )
        if db.engine.dialect.name == "postgresql":
            db.session.execute(sql(f"SET TIME ZONE '{FAR_AWAY}'"))
        assert totals() == (250, 124, 20), "the record was not coached yet on 30 June"
