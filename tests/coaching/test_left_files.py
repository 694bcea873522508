"""A form that is refused leaves no file behind, whatever refuses it and however late."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.coaching import document_rules
from app.coaching.document_models import RecordDocument
from app.coaching.message_models import RecordMessage
from app.core import limits, storage
from app.core.database import db
from app.core.text import public_id
from tests.coaching.papers import a_pdf
from tests.coaching.scene import Scene
from tests.coaching.test_documents import hand_in
from tests.coaching.test_sealed_files import send

PDF, WRONG = (a_pdf(), "devis.pdf"), (b"<html>", "devis.pdf")


def stored(app: Flask) -> set[str]:
    with app.app_context():
        return set(storage.names())


def named(app: Flask) -> set[str]:
    with app.app_context():
        rows = db.session.scalars(select(RecordDocument.files)).all()
        return {one["name"] for files in rows for one in files}


def test_a_refused_message_leaves_none_of_its_files(app: Flask, scene: Scene, monkeypatch: pytest.MonkeyPatch):
    assert send(scene, scene.holder, PDF, WRONG) == 422, "the second file is judged after the first was written"
    theirs = public_id()
    assert scene.send(scene.referent, "autre", name=theirs) == 303
    assert send(scene, scene.holder, PDF, name=theirs) == 409
    with monkeypatch.context() as small:
        small.setattr(document_rules, "MOST_DOCUMENTS", 1)
        assert send(scene, scene.holder, PDF, PDF) == 422, "room for one only: the transaction itself refuses"
    with app.app_context():
        for _upload in range(limits.LIMITS["upload_account"].times - 6):  # five were taken, and one is left
            limits.hit("upload_account", str(scene.holder.user_id))
    assert send(scene, scene.holder, PDF, PDF, PDF) == 429
    assert stored(app) == set()
    with app.app_context():
        assert len(db.session.scalars(select(RecordMessage)).all()) == 1, "nor a message without its files"
    assert send(scene, scene.referent, PDF) == 303
    assert stored(app) == named(app) != set()


def test_a_refused_document_leaves_no_file(app: Flask, scene: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(document_rules, "MOST_DOCUMENTS", 0)
    assert hand_in(scene, scene.holder, a_pdf()).status_code == 422
    assert stored(app) == set()


def test_a_database_that_fails_once_the_file_is_there_leaves_no_file(app: Flask, scene: Scene):
    seen = set()

    def fail(_session: object) -> None:
        if found := set(storage.names()):
            seen.update(found)
            raise RuntimeError("the disk is full")

    event.listen(db.session, "before_commit", fail)
    try:
        assert send(scene, scene.holder, PDF) == 500
    finally:
        event.remove(db.session, "before_commit", fail)
    assert len(seen) == 1
    assert stored(app) == set()


class OtherClick:
    """The store of files; while it writes the first one, the other of two clicks is answered."""

    def __init__(self, store: Any, click: threading.Thread) -> None:
        self._store, self._click = store, click

    def put(self, name: str, content: bytes) -> None:
        self._store.put(name, content)
        if self._click.ident is None:
            self._click.start()
            self._click.join()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_two_clicks_at_once_keep_one_message_with_its_files_once(app: Flask, scene: Scene):
    store, name, answers = app.extensions["storage"], public_id(), []
    click = threading.Thread(target=lambda: answers.append(send(scene, scene.holder, PDF, name=name)))
    app.extensions["storage"] = OtherClick(store, click)
    try:
        answers.append(send(scene, scene.holder, PDF, name=name))
    finally:
        app.extensions["storage"] = store
    assert answers == [303, 303]
    with app.app_context():
        assert len(db.session.scalars(select(RecordMessage)).all()) == 1
    assert stored(app) == named(app)
    assert len(named(app)) == 1
