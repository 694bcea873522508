"""The thread of a record: read by few, taken back in time, told about without a word of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.coaching import message_queries, message_services, vault
from app.coaching.levels import Relation
from app.coaching.message_errors import TooLateToTakeBack
from app.coaching.message_jobs import tell_waiting
from app.coaching.message_models import RecordMessage
from app.coaching.message_rules import UNDO, is_settled, may_take_back
from app.coaching.models import CoachingRecord
from app.core import clock
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from app.core.text import public_id
from tests.coaching.scene import SECRET


def test_both_sides_write_and_read_and_nobody_else(scene):
    assert scene.send(scene.holder) == 303
    assert SECRET in scene.referent.get(scene.page).get_data(as_text=True)
    for other in (scene.colleague, scene.elsewhere, scene.admin, scene.stranger):
        assert other.get(scene.page).status_code == 404
        assert other.post(scene.page, {"text": "x", "name": public_id()}, page="/mon-compte").status_code == 404
        assert other.post(f"{scene.page}/lire", page="/mon-compte").status_code == 404


def test_a_lead_without_a_part_reads_by_an_act_that_is_noted_and_writes_nothing(app, scene):
    scene.send(scene.holder)
    assert SECRET not in scene.lead.get(scene.page).get_data(as_text=True)
    assert SECRET in scene.lead.post(f"{scene.page}/lire", page=scene.page).get_data(as_text=True)
    assert scene.lead.post(scene.page, {"text": "x", "name": public_id()}, page="/mon-compte").status_code == 404
    with app.app_context():
        noted = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "thread.read")).one()
        assert noted.actor_id == scene.lead.user_id


def test_words_are_unreadable_in_the_database(app, scene):
    scene.send(scene.holder)
    with app.app_context():
        message = db.session.scalars(select(RecordMessage)).one()
        assert "banquier" not in message.sealed
        assert message.sealed.startswith("n1.")


def test_a_second_click_sends_once_and_anothers_name_sends_nothing(app, scene):
    name = public_id()
    assert [scene.send(scene.holder, name=name) for _ in range(2)] == [303, 303]
    assert scene.send(scene.referent, "autre", name=name) == 409
    assert scene.send(scene.holder, name="trop court") == 422
    assert scene.send(scene.holder, "") == 422
    with app.app_context():
        assert len(db.session.scalars(select(RecordMessage)).all()) == 1


def test_what_is_new_is_counted_until_it_was_seen(app, scene):
    scene.send(scene.holder)
    scene.send(scene.holder, "encore")
    with app.app_context():
        assert message_queries.unread([scene.record_id], scene.referent.user_id) == {scene.record_id: 2}
        assert message_queries.unread([scene.record_id], scene.holder.user_id) == {}
    assert "nouveau" in scene.referent.get(scene.page).get_data(as_text=True)
    with app.app_context():
        assert message_queries.unread([scene.record_id], scene.referent.user_id) == {}


def message_address(app: Flask) -> str:
    with app.app_context():
        return f"/accompagnement/messages/{db.session.scalars(select(RecordMessage)).one().public_id}/reprendre"


def test_a_message_is_taken_back_by_its_author_and_nothing_is_left(app, scene):
    scene.send(scene.holder)
    address = message_address(app)
    for other in (scene.referent, scene.stranger, scene.lead):
        assert other.post(address, page="/mon-compte").status_code == 404
    for _ in range(2):
        assert scene.holder.post(address, page=scene.page).status_code == 303
    assert SECRET not in scene.referent.get(scene.page).get_data(as_text=True)
    with app.app_context():
        message = db.session.scalars(select(RecordMessage)).one()
        assert (message.sealed, message.key_id) == ("", None)


def test_after_ten_minutes_a_message_stays(app, scene):
    with app.app_context():
        at = clock.now()
        with transaction():
            record = db.session.get_one(CoachingRecord, scene.record_id)
            old = message_services.send(record, text=SECRET, by=scene.holder.user_id, at=at - UNDO)
            with pytest.raises(TooLateToTakeBack):
                message_services.take_back(old, by=scene.holder.user_id, at=at)
    assert scene.holder.post(message_address(app), page=scene.page).status_code == 409


@pytest.mark.parametrize("seconds", [0, 599, 600, 601])
def test_either_a_message_may_be_taken_back_or_its_readers_are_told(seconds):
    sent = clock.real_now()
    at = sent + timedelta(seconds=seconds)
    assert may_take_back(sent_at=sent, at=at) is (seconds < 600)
    assert may_take_back(sent_at=sent, at=at) is not is_settled(sent_at=sent, at=at)


def test_a_mail_tells_that_a_message_waits_once_and_not_a_word_of_it(app, scene):
    with app.app_context():
        at = clock.now()
        with transaction():
            record = db.session.get_one(CoachingRecord, scene.record_id)
            message_services.send(record, text=SECRET, by=scene.holder.user_id, at=at)
        tell_waiting()
        assert db.session.scalars(select(OutboxMail)).all() == []
        with transaction():
            for message in db.session.scalars(select(RecordMessage)):
                message.sent_at = at - UNDO
        for _ in range(2):
            tell_waiting()
        mail = db.session.scalars(select(OutboxMail)).one()
        assert mail.to_address == scene.referent.email
        for word in ("banquier", "Camille", "four"):
            assert word not in mail.text + mail.html + mail.subject


def test_who_has_read_is_not_told(app, scene):
    scene.send(scene.holder)
    scene.referent.get(scene.page)
    with app.app_context():
        with transaction():
            db.session.scalars(select(RecordMessage)).one().sent_at = clock.now() - UNDO
        tell_waiting()
        assert db.session.scalars(select(OutboxMail)).all() == []


def test_a_fresh_key_keeps_every_message_readable_and_destroys_the_old_one(app, scene):
    scene.send(scene.holder)
    done = app.test_cli_runner().invoke(args=["coaching", "rotate-keys", "--fresh"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        keys = db.session.scalars(select(vault.OrganisationKey.id)).all()
        assert len(keys) == 1
        tie = Relation(user_id=scene.holder.user_id, is_holder=True)
        assert [line.text for line in message_queries.thread(scene.record_id, tie, at=clock.now())] == [SECRET]
