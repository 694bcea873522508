"""Documents of records after a disaster: unreadable in the copy, open again for their readers, and for nobody else."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.coaching.document_models import RecordDocument
from app.core import storage
from app.core.database import db
from tests.builders import Visitor, sign_in, with_second_factor
from tests.coaching.papers import a_pdf
from tests.coaching.scene import Scene as Records
from tests.coaching.test_documents import hand_in
from tests.support.scene import Scene
from tests.upkeep.copies import backup, run, worker_has_stopped
from tests.upkeep.elsewhere import Elsewhere

SHARED, CONFIDENTIAL = a_pdf(b"le devis du four"), a_pdf(b"la lettre de la banque")
PEOPLE = ("holder", "referent", "colleague", "lead", "elsewhere", "admin", "stranger")


@pytest.fixture
def records(scene: Scene) -> Records:
    """A record with a document that its holder reads and one that they do not."""
    made = Records(scene.app)
    assert hand_in(made, made.holder, SHARED).status_code == 303
    assert hand_in(made, made.referent, CONFIDENTIAL, level="restricted").status_code == 303
    worker_has_stopped(scene.app)
    return made


def addresses(app: Flask) -> list[str]:
    with app.app_context():
        names = db.session.scalars(select(RecordDocument.public_id).order_by(RecordDocument.id)).all()
    return [f"/accompagnement/documents/{name}" for name in names]


def signed_in_again(app: Flask, records: Records) -> dict[str, Visitor]:
    found = {}
    with app.app_context():
        for name in PEOPLE:
            with_second_factor(db.session.get_one(User, getattr(records, name).user_id))
            found[name] = sign_in(app, db.session.get_one(User, getattr(records, name).user_id), proved=True)
    return found


def test_a_sealed_document_opens_elsewhere_for_its_readers_only(
    scene: Scene, records: Records, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    folder = backup(scene.app, tmp_path / "copy")
    copied = [path for path in folder.rglob("*") if path.is_file()]
    assert len([path for path in copied if "documents" in path.parts]) == 2
    for word in (b"le devis du four", b"la lettre de la banque"):
        assert not [path for path in copied if word in path.read_bytes()], "no copy tells what was handed in"
    other = elsewhere()
    answer = run(other, "restore", folder)
    assert answer.exit_code == 0, answer.output
    shared, confidential = addresses(other)
    stolen = other.test_client()
    stolen.set_cookie("session", records.holder.client.get_cookie("session").value)
    assert stolen.get(shared).status_code == 303, "a session of before opens nothing"
    people = signed_in_again(other, records)
    opened = {name: who.get(shared) for name, who in people.items()}
    assert {name for name, page in opened.items() if page.status_code == 200} == {
        "holder", "referent", "colleague", "lead"
    }  # fmt: skip
    assert {page.get_data() for page in opened.values() if page.status_code == 200} == {SHARED}
    acts = {name: who.post(f"{confidential}/lire", page="/mon-compte") for name, who in people.items()}
    assert {name for name, page in acts.items() if page.status_code == 200} == {"referent"}
    assert acts["referent"].get_data() == CONFIDENTIAL


def test_without_the_key_of_the_notes_the_restore_says_so_and_no_document_opens(
    scene: Scene, records: Records, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    folder = backup(scene.app, tmp_path / "copy")
    other = elsewhere(notes_master_key=secrets.token_hex(32))
    refused = run(other, "restore", folder)
    assert refused.exit_code == 1
    assert "keys of coaching notes cannot be opened" in refused.output
    kept = run(other, "restore", folder, "--accept-findings")
    assert (kept.exit_code, "Kept, with contradictions" in kept.output) == (1, True), kept.output
    with other.app_context():
        assert len(set(storage.names())) == 2
    shared, _confidential = addresses(other)
    page = signed_in_again(other, records)["holder"].get(shared)
    assert page.status_code == 500
    assert b"le devis du four" not in page.get_data()
