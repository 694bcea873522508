"""Opinions of colleagues: asked once, answered once, seeing no more than was shared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.coaching.models import Consent, RecordMember
from app.coaching.opinion_jobs import remind_due
from app.coaching.opinion_models import RecordOpinion
from app.coaching.rules import ConsentPurpose
from app.core import clock
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.core.text import public_id
from tests.coaching.scene import Scene
from tests.support.days import day_of

QUESTION = "Une SCIC ou une association ?"


def page(scene: Scene) -> str:
    return f"/accompagnement/dossiers/{scene.reference}/avis"


def ask(scene: Scene, to, **more):
    data = {"colleague": to.user_id, "question": QUESTION, "shares": "no", "due_on": "", "name": public_id(), **more}
    return scene.referent.post(page(scene), data)


def address(app: Flask) -> str:
    with app.app_context():
        return f"/accompagnement/avis/{db.session.scalars(select(RecordOpinion)).one().name}"


def consent(app: Flask, scene: Scene) -> None:
    with app.app_context(), transaction():
        db.session.add(
            Consent(record_id=scene.record_id, user_id=scene.holder.user_id, purpose=ConsentPurpose.NETWORK_SHARING,
                    text_version="2026-11", given_at=clock.now())
        )  # fmt: skip


def test_a_colleague_elsewhere_sees_the_question_and_nothing_that_names_anybody(app, scene):
    assert ask(scene, scene.elsewhere).status_code == 303
    text = scene.elsewhere.get(address(app)).get_data(as_text=True)
    assert QUESTION in text
    for word in ("Camille", "four", scene.reference, "Mâlain"):
        assert word not in text, word
    assert scene.elsewhere.get(f"/accompagnement/dossiers/{scene.reference}").status_code == 404
    for other in (scene.holder, scene.colleague, scene.lead, scene.admin, scene.stranger):
        assert other.get(address(app)).status_code == 404
    with app.app_context():
        mails = "".join(m.text + m.subject for m in db.session.scalars(select(OutboxMail)))
        assert "SCIC" not in mails
        assert scene.reference not in mails
        assert "SCIC" not in db.session.scalars(select(RecordOpinion)).one().question, "sealed"


def test_a_second_click_asks_once_and_a_second_answer_is_refused(app, scene):
    name = public_id()
    assert [ask(scene, scene.elsewhere, name=name).status_code for _ in range(2)] == [303, 303]
    path = address(app)
    assert scene.elsewhere.post(path, {"text": ""}).status_code == 422
    form = {"text": "Une SCIC."}
    assert scene.elsewhere.post(path, form).status_code == 303
    assert scene.elsewhere.post(path, form, page="/mon-compte").status_code == 409
    assert "Une SCIC." in scene.referent.get(page(scene)).get_data(as_text=True)
    assert scene.holder.get(page(scene)).status_code == 404, "among colleagues; on request in the export"


def test_the_record_is_shared_elsewhere_only_with_the_consent_of_its_holder_and_until_the_answer(app, scene):
    record = f"/accompagnement/dossiers/{scene.reference}"
    assert ask(scene, scene.elsewhere, shares="yes").status_code == 422
    consent(app, scene)
    assert ask(scene, scene.elsewhere, shares="yes").status_code == 303
    assert scene.elsewhere.get(record).status_code == 200
    assert scene.elsewhere.post(address(app), {"text": "Oui."}).status_code == 303
    assert scene.elsewhere.get(record).status_code == 404
    with app.app_context():
        member = db.session.scalars(select(RecordMember)).one()
        assert member.ended_at is not None


@pytest.mark.parametrize("who", ["holder", "stranger", "admin", "referent"])
def test_only_a_colleague_of_the_network_is_asked(app, scene, who):
    assert ask(scene, getattr(scene, who)).status_code == 422


def test_a_question_taken_back_is_read_by_nobody_outside_and_ends_the_look(app, scene):
    consent(app, scene)
    ask(scene, scene.elsewhere, shares="yes")
    path = address(app)
    assert scene.elsewhere.post(f"{path}/retirer", page="/mon-compte").status_code == 404
    assert scene.referent.post(f"{path}/retirer", page=page(scene)).status_code == 303
    assert scene.referent.post(f"{path}/retirer", page="/mon-compte").status_code == 409
    assert scene.elsewhere.get(path).status_code == 404
    assert scene.elsewhere.get(f"/accompagnement/dossiers/{scene.reference}").status_code == 404


def test_a_colleague_is_reminded_once_when_it_is_due(app, scene):
    today = day_of(clock.real_now())
    ask(scene, scene.elsewhere, due_on=(today + timedelta(days=1)).isoformat())
    with app.app_context():
        remind_due()
        assert db.session.scalars(select(OutboxMail).where(OutboxMail.occasion.like("%:due"))).all() == []
        with transaction():
            db.session.scalars(select(RecordOpinion)).one().due_on = today
        for _ in range(2):
            remind_due()
        assert len(db.session.scalars(select(OutboxMail).where(OutboxMail.occasion.like("%:due"))).all()) == 1
