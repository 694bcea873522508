"""Many writers: each gets its turn, and a failure leaves nothing behind."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from app.core import clock
from app.core.database import NestedTransaction, db, in_transaction, kept, transaction
from app.core.jobs import WorkerBeat

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
