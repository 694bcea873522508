"""A record that gave a sign of life after a notice of retention: the notice counts no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.coaching import message_services, path_services, retention_jobs
from app.coaching.models import CoachingRecord
from app.coaching.path_models import RecordMove
from app.coaching.rules import RecordState
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from tests.builders import a_record, a_user, an_organisation, give

MONTH = 30
PROMPT, NOTICE, CLOSED = 18 * MONTH, 23 * MONTH, 24 * MONTH


@pytest.fixture
def wait(ctx: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], str]:
    """So many days after the beginning, what the rules did."""
    start = clock.now()

    def later(days: int) -> str:
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(days=days, seconds=1))
        return retention_jobs.run_rules()

    return later


def a_coached_record() -> tuple[CoachingRecord, int]:
    coach = give(a_user(), Role.COACH, an_organisation()).id
    record_id, at = a_record(referent=db.session.get_one(User, coach)).id, clock.now()
    record = db.session.get_one(CoachingRecord, record_id)
    with transaction():
        for state in (RecordState.WELCOMED, RecordState.EXPLORING, RecordState.COACHED):
            path_services.write_move(record, state, by=coach, at=at)
    return record, coach


def test_a_record_closed_by_the_rule_is_taken_up_where_it_was_and_stays_open(wait: Callable[[int], str]):
    record, coach = a_coached_record()
    assert [wait(days) for days in (PROMPT, NOTICE, CLOSED)] == ["prompt 1", "closing 1", "close 1"]
    last = db.session.scalars(select(RecordMove).order_by(RecordMove.id.desc()).limit(1)).one()
    assert (last.old_state, last.new_state, last.by_id) == ("coached", "closed", None)
    assert record.closing_reason == last.reason == "Clos après deux ans sans activité."
    with transaction():
        path_services.reopen(record, reason="Elle revient.", by=coach, at=clock.now())
    assert record.state == "coached"
    assert wait(CLOSED + 1) == ""
    assert record.state == "coached"


def test_who_answers_a_notice_with_a_message_is_told_again_before_the_next_closing(wait: Callable[[int], str]):
    record, _coach = a_coached_record()
    holder = a_user(email="camille@example.org").id
    answered = NOTICE + 10
    assert [wait(PROMPT), wait(NOTICE), wait(answered)] == ["prompt 1", "closing 1", ""]
    with transaction():
        message_services.send(record, text="Je suis toujours là.", by=holder, at=clock.now())
    assert wait(CLOSED) == ""
    again = [wait(answered + days) for days in (PROMPT, NOTICE, CLOSED - 1, CLOSED)]
    assert again == ["prompt 1", "closing 1", "", "close 1"]
    assert record.state == "closed"
