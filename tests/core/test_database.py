"""Many writers: each gets its turn, and a failure leaves nothing behind."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.database import NestedTransaction, db, in_transaction, insert_unless_there, kept, transaction
from app.core.jobs import WorkerBeat, beat

THREADS, TURNS = 32, 6


def test_thirty_two_threads_write_at_once_and_none_finds_the_database_locked(app: Flask) -> None:
    failed: list[BaseException] = []

    def write(name: str) -> None:
        try:
            with app.app_context():
                for turn in range(TURNS):
                    with transaction():
                        db.session.merge(WorkerBeat(name=f"{name}-{turn}", at=clock.real_now()))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(f"t{number}",)) for number in range(THREADS)]
    with app.app_context():
        db.engine.pool.dispose()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with app.app_context():
        assert db.session.query(WorkerBeat).count() == THREADS * TURNS
        db.session.remove()


@pytest.mark.usefixtures("ctx")
def test_a_failed_transaction_gives_its_turn_back() -> None:
    with pytest.raises(LookupError), transaction():
        raise LookupError
    assert not in_transaction()
    with transaction():
        db.session.merge(WorkerBeat(name="after", at=clock.real_now()))
    with transaction(), pytest.raises(NestedTransaction), transaction():
        pass


@pytest.mark.usefixtures("ctx")
def test_what_is_kept_for_a_transaction_ends_with_it() -> None:
    with transaction():
        kept()["seen"] = 1
        assert kept() == {"seen": 1}
    assert kept() == {}
    with transaction():
        assert kept() == {}


def test_workers_that_beat_for_the_first_time_at_once_are_all_here(app: Flask) -> None:
    gate, failed = threading.Barrier(8), []

    def first_beat() -> None:
        try:
            with app.app_context():
                gate.wait()
                beat("anew")
        except BaseException as error:
            failed.append(error)
        finally:
            with app.app_context():
                db.session.remove()

    threads = [threading.Thread(target=first_beat) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.mark.usefixtures("ctx")
def test_a_row_that_another_was_first_with_is_kept_and_the_transaction_goes_on() -> None:
    at = clock.real_now()
    with transaction():
        db.session.add(WorkerBeat(name="ours", at=at))
    db.session.remove()
    with transaction():
        for name, when in (("ours", at.replace(year=2000)), ("theirs", at)):
            db.session.execute(insert_unless_there(WorkerBeat, "name"), {"name": name, "at": when})
    assert {row.name: row.at for row in db.session.query(WorkerBeat)} == {"ours": at, "theirs": at}
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(insert_unless_there(WorkerBeat, "name"), {"name": "without an instant", "at": None})
