"""Documents: judged by their content, handed out as downloads, read at their level, gone when removed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.coaching import document_rules
from app.coaching.document_models import RecordDocument
from app.coaching.errors import DocumentRefused, DocumentTooLarge, TooManyDocuments
from app.coaching.models import RecordMember
from app.core import clock, storage
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from tests.coaching.papers import a_pdf, a_picture
from tests.coaching.scene import Scene


def hand_in(scene: Scene, who, content: bytes, *, level: str = "holder", name: str = "x.pdf", **more):
    page = f"/accompagnement/dossiers/{scene.reference}/documents"
    data = {"file": (io.BytesIO(content), name), "title": "Le devis", "level": level, **more}
    return who.post(page, data, content_type="multipart/form-data")


def address(app: Flask) -> str:
    with app.app_context():
        newest = db.session.scalars(select(RecordDocument).order_by(RecordDocument.id.desc())).first()
        return f"/accompagnement/documents/{newest.public_id}"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<html><script>alert(1)</script>", b"GIF89a" + b"x" * 50, b"%PDF-1.4 cut", b"PK\x03\x04zip",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff not a picture", b"MZ%PDF-1.4 %%EOF",
        b"RIFF0000WAVE", a_picture(size=(50, 50)),
    ],
)  # fmt: skip
def test_what_is_no_picture_and_no_whole_pdf_is_refused_whatever_its_name(app, scene, content):
    assert hand_in(scene, scene.holder, content, name="photo.jpg").status_code == 422
    with app.app_context():
        assert db.session.scalars(select(RecordDocument)).all() == []


def test_limits_of_size_and_number():
    with pytest.raises(DocumentTooLarge):
        document_rules.kind_of(a_pdf(b"x" * document_rules.MAX_BYTES))
    with pytest.raises(DocumentRefused):
        document_rules.kind_of(b"x")
    for count, size in ((document_rules.MOST_DOCUMENTS, 0), (0, document_rules.MOST_BYTES)):
        with pytest.raises(TooManyDocuments):
            document_rules.check_room(count=count, size_bytes=size, more_bytes=1)


def test_a_pdf_is_a_download_that_runs_nothing(app, scene):
    assert hand_in(scene, scene.holder, a_pdf(b"/JS (alert)")).status_code == 303
    answer = scene.referent.get(address(app))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=le-devis.pdf")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_again_without_what_the_camera_wrote(app, scene, kind):
    exif = Image.Exif()
    exif[0x010E] = "12 rue du Secret"
    content = a_picture(kind, exif=exif.tobytes())
    assert b"Secret" in content
    assert hand_in(scene, scene.holder, content).status_code == 303
    got = scene.holder.get(address(app)).get_data()
    assert b"Secret" not in got
    assert Image.open(io.BytesIO(got)).format == "WEBP"


def test_files_lie_in_the_private_storage_under_a_name_that_no_page_serves(app, scene):
    hand_in(scene, scene.holder, a_pdf())
    with app.app_context():
        name = db.session.scalars(select(RecordDocument)).one().files[0]["name"]
        assert storage.exists(name)
    assert name.startswith("documents/")
    assert scene.holder.get(f"/images/{Path(name).name}").status_code == 404
    assert scene.holder.get(f"/static/{name}").status_code == 404


def test_each_level_has_its_readers(app, scene):
    circle = {
        "holder": {"holder", "referent", "colleague", "lead"}, "team": {"referent", "colleague", "lead"},
        "restricted": set(),  # never by GET
    }  # fmt: skip
    people = ("holder", "referent", "colleague", "lead", "elsewhere", "admin", "stranger")
    for level, readers in circle.items():
        assert hand_in(scene, scene.referent, a_pdf(), level=level).status_code == 303
        path = address(app)
        found = {name for name in people if getattr(scene, name).get(path).status_code == 200}
        assert found == readers, level
        listed = f"/accompagnement/dossiers/{scene.reference}/documents"
        if level != "holder":
            assert path not in scene.holder.get(listed).get_data(as_text=True)


def test_a_confidential_document_opens_by_an_act_that_is_noted(app, scene):
    hand_in(scene, scene.referent, a_pdf(), level="restricted")
    path, page = f"{address(app)}/lire", f"/accompagnement/dossiers/{scene.reference}/documents"
    for other in (scene.holder, scene.colleague, scene.lead, scene.elsewhere, scene.admin, scene.stranger):
        assert other.post(path, page="/mon-compte").status_code == 404
    assert scene.referent.post(path, page=page).status_code == 200
    with app.app_context():
        noted = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "document.read")).one()
        assert noted.actor_id == scene.referent.user_id


def test_a_holder_cannot_hide_a_document_from_themselves(app, scene):
    assert hand_in(scene, scene.holder, a_pdf(), level="restricted").status_code == 303
    with app.app_context():
        assert db.session.scalars(select(RecordDocument)).one().visibility == "holder"


def test_a_removed_document_is_gone_from_the_storage_and_keeps_no_title(app, scene):
    hand_in(scene, scene.holder, a_pdf())
    path, page = address(app), f"/accompagnement/dossiers/{scene.reference}/documents"
    with app.app_context():
        name = db.session.scalars(select(RecordDocument)).one().files[0]["name"]
    assert scene.colleague.post(f"{path}/retirer", page="/mon-compte").status_code == 404
    assert scene.holder.post(f"{path}/retirer", page=page).status_code == 303
    assert scene.holder.post(f"{path}/retirer", page=page).status_code == 404
    assert scene.referent.get(path).status_code == 404
    with app.app_context():
        assert not storage.exists(name)
        assert db.session.scalars(select(RecordDocument)).one().title == ""


def test_an_observer_reads_and_adds_nothing(app, scene):
    with app.app_context(), transaction():
        db.session.add(
            RecordMember(record_id=scene.record_id, user_id=scene.stranger.user_id, role="observer",
                         started_at=clock.now())
        )  # fmt: skip
    hand_in(scene, scene.holder, a_pdf())
    assert scene.stranger.get(address(app)).status_code == 200
    page = f"/accompagnement/dossiers/{scene.reference}/documents"
    assert scene.stranger.post(page, {"title": "x"}, page="/mon-compte").status_code == 404
