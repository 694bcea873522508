"""After a transfer: the notes of the first organisation stay with it, readable there, and nowhere else."""

from __future__ import annotations

from sqlalchemy import select

from app.coaching import member_services, note_services, relay_services
from app.coaching.levels import Level
from app.coaching.models import CoachingRecord
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from tests.builders import a_user, an_organisation, give, sign_in

LIST = "/accompagnement/notes-gardees"
WORDS = {Level.HOLDER: "mot partagé", Level.TEAM: "mot d’équipe", Level.RESTRICTED: "mot confidentiel"}


def write(scene, by: int, suffix: str) -> None:
    with transaction():
        record = db.session.get_one(CoachingRecord, scene.record_id)
        for level, word in WORDS.items():
            note_services.write_note(record, text=f"{word} {suffix}", visibility=level, by=by, at=clock.now())


def test_the_first_organisation_reads_what_it_wrote_and_the_second_never_does(app, scene):
    read = f"/accompagnement/dossiers/{scene.reference}/notes-gardees"
    with app.app_context():
        write(scene, scene.referent.user_id, "d’avant")
    for who in (scene.referent, scene.lead):
        assert who.post(read, page="/mon-compte").status_code == 404, "nothing was left behind yet"
        assert scene.reference not in who.get(LIST).get_data(as_text=True)
    with app.app_context():
        new_lead = sign_in(app, give(a_user(), Role.ORGANISATION_LEAD, an_organisation("active-71")))
        with transaction():
            relay_services.transfer(
                db.session.get_one(CoachingRecord, scene.record_id), organisation_id=an_organisation("active-71").id,
                referent_id=scene.elsewhere.user_id, summary="Où nous en sommes.", by=scene.referent.user_id,
                at=clock.now(),
            )  # fmt: skip
        write(scene, scene.elsewhere.user_id, "d’après")
    for who in (scene.elsewhere, new_lead, scene.holder, scene.admin, scene.stranger):
        assert who.post(read, page="/mon-compte").status_code == 404
    assert scene.reference not in scene.elsewhere.get(LIST).get_data(as_text=True)
    assert "d’avant" not in scene.elsewhere.get(f"/accompagnement/dossiers/{scene.reference}").get_data(
        as_text=True
    ).replace("mot partagé d’avant", "")
    assert scene.reference in scene.colleague.get(LIST).get_data(as_text=True)
    by_author = scene.referent.post(read, page=LIST).get_data(as_text=True)
    assert ("mot d’équipe d’avant" in by_author, "mot confidentiel d’avant" in by_author) == (True, True)
    by_colleague = scene.colleague.post(read, page=LIST).get_data(as_text=True)
    assert ("mot d’équipe d’avant" in by_colleague, "mot confidentiel" in by_colleague) == (True, False)
    for shown in (by_author, by_colleague):
        assert "d’après" not in shown
        assert "mot partagé" not in shown, "what is shared goes on with the record"
    with app.app_context():
        noted = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "notes.kept_read")).all()
        assert [entry.actor_id for entry in noted] == [scene.referent.user_id, scene.colleague.user_id]
        assert noted[0].data["notes"].count(",") == 1
        with transaction():
            member_services.exclude(
                db.session.get_one(CoachingRecord, scene.record_id), scene.colleague.user_id, kind="objection", by=None,
                at=clock.now(),
            )  # fmt: skip
    assert scene.colleague.post(read, page="/mon-compte").status_code == 404
    assert scene.reference not in scene.colleague.get(LIST).get_data(as_text=True)
