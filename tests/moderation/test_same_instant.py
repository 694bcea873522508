"""Two posts at the same instant: the database keeps them apart, and the second reads a plain sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, insert, update
from sqlalchemy.exc import IntegrityError

from app.coaching.models import CoachingRecord, RecordExclusion, RecordMember
from app.core import clock
from app.core.database import db, is_twin, transaction
from app.moderation.models import Decision, Recusal, Review
from tests.moderation.world import World

DONE_ALREADY = "C’est déjà fait, par vous ou par une autre personne."


@contextmanager
def a_rival(model: Any, when: str, write: Any) -> Iterator[None]:
    """Just before our row is written, somebody else's is: what our own read, a moment ago, could not see."""
    met: list[bool] = []

    def overtake(_mapper: object, connection: Any, row: Any) -> None:
        if not met:
            met.append(True)
            write(connection, row)

    event.listen(model, when, overtake)
    try:
        yield
    finally:
        event.remove(model, when, overtake)
    assert met, "nobody met"


def the_same_row(connection: Any, row: Any) -> None:
    """What an INSERT of the rival's would have left."""
    table = type(row).__table__
    values = {c.name: getattr(row, c.name) for c in table.columns if getattr(row, c.name) is not None}
    connection.execute(insert(table).values(**values, **({"version": 1} if "version" in table.columns else {})))


def a_newer_version(connection: Any, row: Any) -> None:
    connection.execute(update(Review).where(Review.id == row.id).values(version=row.version + 1))


def test_of_two_who_take_a_review_one_reads_that_the_other_has_it(world: World) -> None:
    with a_rival(Review, "before_insert", the_same_row):
        answer = world.first.post(f"{world.review_page}/prendre", {}, page="/compte")
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "Quelqu’un d’autre s’occupe déjà de cette campagne." in page
    assert "Je m’en occupe" in page, "it is the review itself, not an error page"


def test_of_two_who_decide_one_reads_that_it_is_done_and_one_decision_is_kept(world: World) -> None:
    world.propose(world.first)
    with a_rival(Review, "before_update", a_newer_version):
        answer = world.second.post(f"{world.review_page}/decider", {"no_interest": "y"}, page="/compte")
    assert answer.status_code == 409
    assert DONE_ALREADY in answer.get_data(as_text=True)
    assert world.decide(world.second) == 303
    assert world.decide(world.second) == 409, "a second click"
    with world.app.app_context():
        assert db.session.query(Decision).filter_by(kind="approved").count() == 1


def test_a_second_click_on_stepping_aside_is_answered_in_words(world: World) -> None:
    with a_rival(Recusal, "before_insert", the_same_row):
        answer = world.first.post(f"{world.review_page}/deport", {"reason": "Une amie."}, page="/compte")
    assert answer.status_code == 409
    assert "la situation a changé" in answer.get_data(as_text=True)


@pytest.mark.parametrize("model", [RecordMember, RecordExclusion])
def test_nobody_has_two_parts_in_a_record_nor_is_kept_out_of_it_twice(world: World, model: Any) -> None:
    more = {"kind": "recusal"} if model is RecordExclusion else {"role": "observer"}
    with world.app.app_context():
        for ended in (True, False):
            with transaction():
                add(world, model, ended=ended, **more)
        with pytest.raises(IntegrityError) as refused, transaction():
            add(world, model, ended=False, **more)
        assert is_twin(refused.value)


def add(world: World, model: Any, *, ended: bool, **more: str) -> None:
    at = clock.now()
    if ended:
        more |= {"ended_at": at} | ({"end_reason": "Fin."} if model is RecordMember else {})  # type: ignore[dict-item]  # an instant
    record_id = db.session.scalars(db.select(CoachingRecord.id)).first()
    db.session.add(model(record_id=record_id, user_id=world.second.user_id, started_at=at, **more))


def test_only_what_is_there_already_is_called_so(world: World) -> None:
    with world.app.app_context():
        with pytest.raises(IntegrityError) as refused, transaction():
            db.session.execute(insert(Recusal).values(review_id=None, user_id=None, reason="", at=clock.now()))
        assert not is_twin(refused.value)
