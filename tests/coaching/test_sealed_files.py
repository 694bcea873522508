"""Files at rest: unreadable in the storage, opened by their row, sealed again with the keys, gone with the rest."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from app.coaching import document_seals, document_services, vault
from app.coaching.document_jobs import seal_again, seal_files
from app.coaching.document_models import RecordDocument
from app.coaching.errors import NoteUnreadable
from app.coaching.message_models import RecordMessage
from app.coaching.models import CoachingRecord
from app.core import clock, storage
from app.core.database import db, transaction
from app.core.text import public_id
from tests.coaching.papers import a_pdf
from tests.coaching.scene import SECRET
from tests.coaching.test_documents import address, hand_in
from tests.coaching.test_privacy import rights, unpacked

WORD = b"le mot cherche"


def the_file(app) -> tuple[str, int | None]:
    with app.app_context():
        document = db.session.scalars(select(RecordDocument)).one()
        return document.files[0]["name"], document.key_id


def test_a_file_is_unreadable_at_rest_and_opens_for_its_readers(app, scene):
    assert hand_in(scene, scene.holder, a_pdf(WORD)).status_code == 303
    name, key_id = the_file(app)
    with app.app_context():
        lies = storage.read(name)
        assert (WORD in lies, b"PDF" in lies, key_id is None) == (False, False, False)
        key = vault.unwrap(db.session.get_one(vault.OrganisationKey, key_id))
        for content, other in ((lies[:-1] + bytes([lies[-1] ^ 1]), name), (lies, name + "x"), (a_pdf(WORD), name)):
            with pytest.raises(NoteUnreadable):
                vault.open_bytes(content, key, other)
    assert scene.referent.get(address(app)).get_data() == a_pdf(WORD)
    words, names = unpacked(scene.holder.post(f"{rights(scene)}/recevoir", page=rights(scene)))
    assert "documents/001-le-devis.pdf" in names
    assert words


def test_fresh_keys_seal_files_again_and_a_file_in_clear_is_sealed_by_the_job(app, scene):
    hand_in(scene, scene.holder, a_pdf(WORD))
    old, old_key = the_file(app)
    done = app.test_cli_runner().invoke(args=["coaching", "rotate-keys", "--fresh"])
    assert done.exit_code == 0, done.output
    name, key_id = the_file(app)
    assert (name != old, key_id != old_key) == (True, True)
    with app.app_context():
        assert not storage.exists(old)
        assert db.session.get(vault.OrganisationKey, old_key) is None
        assert seal_files() == ""
        storage.write("documents/clair.pdf", a_pdf(WORD))  # as before files were sealed
        with transaction():
            document = db.session.scalars(select(RecordDocument)).one()
            document.files, document.key_id = [{"name": "documents/clair.pdf"}], None
    assert scene.referent.get(address(app)).get_data() == a_pdf(WORD)
    with app.app_context():
        assert [seal_files(), seal_files()] == ["1 files sealed", ""]
        assert not storage.exists("documents/clair.pdf")
    assert WORD in scene.referent.get(address(app)).get_data()
    with app.app_context():
        late = document_seals.to_seal()
        assert late == []
        storage.delete(the_file(app)[0])
        with transaction():
            db.session.scalars(select(RecordDocument)).one().key_id = None
        assert seal_again(None) == 0, "what is missing stays as it is"


def test_a_row_that_changed_meanwhile_is_left_alone(app, scene):
    hand_in(scene, scene.holder, a_pdf(WORD))
    with app.app_context():
        with transaction():
            record = db.session.get_one(CoachingRecord, scene.record_id)
            key = vault.make_key(record.organisation_id, at=clock.now())
        [waiting] = document_seals.to_seal(organisation_id=key.organisation_id)
        name = document_seals.seal_to_new_file(waiting, key)
        with transaction():
            document_services.remove(db.session.scalars(select(RecordDocument)).one(), by=None, at=clock.now())
        with transaction():
            assert document_seals.swap(waiting, name, key) == name, "the new file is the one that nobody names"


def send(scene, who, *files: tuple[bytes, str], name: str = "") -> int:
    data = {"text": SECRET, "name": name or public_id(), "files": [(io.BytesIO(c), n) for c, n in files]}
    return who.post(scene.page, data, content_type="multipart/form-data").status_code


def test_what_comes_with_a_message_has_the_readers_of_messages_and_goes_with_it(app, scene):
    twice = public_id()
    for _click in range(2):
        assert send(scene, scene.holder, (a_pdf(WORD), "../../Devis_du four.pdf"), name=twice) == 303
    path = address(app)
    with app.app_context():
        document = db.session.scalars(select(RecordDocument)).one()
        assert (document.title, document.visibility) == ("Devis du four", "holder")
    assert path in scene.referent.get(scene.page).get_data(as_text=True)
    people = ("holder", "referent", "colleague", "lead", "elsewhere", "admin", "stranger")
    read_by = {name for name in people if getattr(scene, name).get(path).status_code == 200}
    assert read_by == {"holder", "referent"}, "colleagues without a part read neither messages nor their files"
    assert scene.colleague.post(f"{path}/lire", page="/mon-compte").status_code == 404
    assert scene.lead.post(f"{path}/lire", page="/mon-compte").get_data() == a_pdf(WORD), "by an act, as the message"
    listed = f"/accompagnement/dossiers/{scene.reference}/documents"
    assert path not in scene.colleague.get(listed).get_data(as_text=True)
    assert path in scene.holder.get(listed).get_data(as_text=True)
    for wrong in ([(b"<html>", "x.pdf")], [(a_pdf(), "x.pdf")] * 4):
        assert send(scene, scene.holder, *wrong) == 422
    with app.app_context():
        message = db.session.scalars(select(RecordMessage)).one()
        back, name = f"/accompagnement/messages/{message.public_id}/reprendre", the_file(app)[0]
    assert scene.holder.post(back, page=scene.page).status_code == 303
    assert scene.referent.get(path).status_code == 404
    with app.app_context():
        assert not storage.exists(name)
