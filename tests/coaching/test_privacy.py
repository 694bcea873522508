"""Export, access, erasure, retention: all for the person, nothing for anybody else, not a word left."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import JSON, String, Text, select

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.coaching import document_services, message_services, note_services, opinion_services, services
from app.coaching.document_models import RecordDocument
from app.coaching.erasure_table import ABOUT_A_RECORD, AROUND, TABLES
from app.coaching.levels import Level
from app.coaching.models import CoachingRecord, Person, Project, ProjectMember
from app.coaching.privacy_models import PrivacyRequest, RecordErasure, RetentionNotice
from app.coaching.privacy_rules import one_month_after
from app.coaching.retention_jobs import count_due, run_rules
from app.coaching.retention_queries import due
from app.coaching.retention_table import ARCHIVE, NOTICE, RULES, SILENT_CLOSED, SILENT_PROMPT
from app.coaching.rules import RecordState
from app.core import clock, storage
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from app.core.text import public_id
from tests.builders import a_campaign, a_record
from tests.coaching.papers import a_pdf

WORDS = {
    level: f"canari-{level}" for level in ("holder", "team", "restricted", "draft", "message", "opinion", "action")
}


def fill(app, scene) -> None:
    """A note of each level, a draft, a message, an action, a document and an opinion, each with its own word."""
    with app.app_context():
        at, by = clock.now(), scene.referent.user_id
        with transaction():
            key = document_services.key_for(db.session.get_one(CoachingRecord, scene.record_id), at=at)
        stored = document_services.store(a_pdf(), key)
        with transaction():
            record = db.session.get_one(CoachingRecord, scene.record_id)
            for level in (Level.HOLDER, Level.TEAM, Level.RESTRICTED):
                note_services.write_note(record, text=WORDS[level], visibility=level, by=by, at=at)
            note_services.save_draft(
                record, draft_id=public_id(), text=WORDS["draft"], visibility=Level.TEAM, by=by, at=at
            )
            message_services.send(record, text=WORDS["message"], by=scene.holder.user_id, at=at)
            services.add_action(record, text=WORDS["action"], owner="holder", due_on=None, by=by, at=at)
            document_services.add(record, stored, title="Le devis", visibility=Level.HOLDER, by=by, at=at)
            opinion_services.ask(
                record, scene.elsewhere.user_id, question=WORDS["opinion"], shares_record=False, due_on=None,
                name=public_id(), by=by, at=at,
            )  # fmt: skip


def rights(scene) -> str:
    return f"/accompagnement/dossiers/{scene.reference}/mes-donnees"


def unpacked(answer) -> tuple[str, list[str]]:
    """(all words of both files, names in the archive)."""
    assert answer.status_code == 200, answer.status_code
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        json.loads(archive.read("dossier.json"))
        words = archive.read("dossier.json").decode() + archive.read("dossier.html").decode()
        return words, archive.namelist()


def found_in(words: str) -> set[str]:
    return {level for level, word in WORDS.items() if words.count(word) >= 2}  # in both files


def test_the_export_holds_what_the_person_reads_and_no_more(app, scene):
    fill(app, scene)
    words, names = unpacked(scene.holder.post(f"{rights(scene)}/recevoir", page=rights(scene)))
    assert found_in(words) == {"holder", "message", "action"}
    assert "la personne accompagnée" in words
    assert not {f'"{code}"' for code in ("coached", "exploring", "requested", "holder", "planned")} & set(
        re.findall(r'"\w+"', words)
    ), "codes of ours are said in the words of the pages"
    assert {"dossier.json", "dossier.html", "documents/001-le-devis.pdf"} == set(names)
    for other in (scene.referent, scene.lead, scene.elsewhere, scene.admin, scene.stranger):
        assert other.get(rights(scene)).status_code == 404
        assert other.post(f"{rights(scene)}/recevoir", page="/mon-compte").status_code == 404


def ask(app, scene, what: str) -> str:
    """The public id of the request."""
    assert (
        scene.holder.post(f"{rights(scene)}/{what}", {"words": "s’il vous plaît"}, page=rights(scene)).status_code
        == 303
    )
    with app.app_context():
        return db.session.scalars(select(PrivacyRequest).order_by(PrivacyRequest.id.desc())).first().public_id


@pytest.mark.parametrize(
    ("decision", "more"),
    [("everything", {"team", "restricted", "draft", "opinion"}), ("team", {"team", "opinion"})],
)
def test_the_whole_record_is_given_on_request_for_thirty_days(app, scene, decision, more):
    fill(app, scene)
    name = ask(app, scene, "acces")
    answer, download = f"/accompagnement/droits/{name}", f"/accompagnement/mes-donnees/{name}/recevoir"
    assert scene.holder.post(f"{rights(scene)}/acces", page=rights(scene)).status_code == 409, "asked once"
    for other in (scene.holder, scene.colleague, scene.elsewhere, scene.admin, scene.stranger):
        assert other.get(answer).status_code == 404
    assert scene.holder.post(download, page=rights(scene)).status_code == 410
    if decision == "team":
        assert scene.lead.post(answer, {"decision": "team", "answer": ""}).status_code == 422, "it must say why"
    form = {"decision": decision, "answer": "Une autre personne y est nommée."}
    assert scene.lead.post(answer, form).status_code == 303
    assert scene.lead.post(answer, form, page="/mon-compte").status_code == 409
    words, _names = unpacked(scene.holder.post(download, page=rights(scene)))
    assert found_in(words) == {"holder", "message", "action"} | more
    assert scene.lead.post(download, page="/mon-compte").status_code == 404, "what was given is the person’s"
    with app.app_context(), transaction():
        db.session.scalars(select(PrivacyRequest)).one().available_until = clock.now()
    assert scene.holder.post(download, page=rights(scene)).status_code == 410


def everything(app) -> str:
    """Every word of every table but the accounts, the network and the journal; and the mails."""
    left_out = {"users", "organisations", "territories", "offers", "programmes", "rights", "organisation_keys"}
    with app.app_context():
        tables = [t for name, t in db.metadata.tables.items() if name not in left_out]
        return " ".join(repr(row) for table in tables for row in db.session.execute(select(table)))


def test_an_erasure_leaves_a_row_without_a_word_and_the_journal_as_it_was(app, scene):
    fill(app, scene)
    with app.app_context():
        file = db.session.scalars(select(RecordDocument)).one().files[0]["name"]
        journal = [(e.id, e.action, e.data) for e in db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))]
        with transaction():
            for mail in db.session.scalars(select(OutboxMail)):
                mail.sent_at = clock.now()
    name = ask(app, scene, "effacement")
    form = {"decision": "erase", "answer": ""}
    assert scene.colleague.post(f"/accompagnement/droits/{name}", form, page="/mon-compte").status_code == 404
    assert scene.referent.post(f"/accompagnement/droits/{name}", form).status_code == 303
    assert scene.holder.get(f"/accompagnement/dossiers/{scene.reference}").status_code == 404
    left = everything(app)
    for word in ("Camille", "camille@", "four", "n1.", "Le devis", "s’il vous plaît", *WORDS.values()):
        assert word not in left.replace("'camille@example.org', 'Votre dossier est effacé'", ""), word
    with app.app_context():
        assert not storage.exists(file)
        record = db.session.get_one(CoachingRecord, scene.record_id)
        assert (record.state, record.reference) == (RecordState.CLOSED, scene.reference)
        person = db.session.scalars(select(Person)).one()
        assert (person.name, person.email, person.user_id) == ("Personne effacée", None, None)
        after = [(e.id, e.action, e.data) for e in db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))]
        assert after[: len(journal)] == journal
        assert db.session.scalars(select(RecordErasure)).one().why == "asked"


def test_of_two_holders_one_leaves_with_their_words_and_the_other_keeps_the_record(app, scene):
    fill(app, scene)
    with app.app_context(), transaction():
        record = db.session.get_one(CoachingRecord, scene.record_id)
        other = services.person_for(db.session.get_one(User, scene.stranger.user_id), at=clock.now())
        db.session.add(ProjectMember(project_id=record.project_id, person_id=other.id))
    name = ask(app, scene, "effacement")
    assert scene.lead.post(f"/accompagnement/droits/{name}", {"decision": "erase"}).status_code == 303
    page = f"/accompagnement/dossiers/{scene.reference}"
    assert scene.holder.get(page).status_code == 404
    text = scene.stranger.get(page).get_data(as_text=True)
    assert WORDS["holder"] in text
    assert WORDS["message"] not in scene.stranger.get(f"{page}/messages").get_data(as_text=True)


def test_a_refusal_says_why(app, scene):
    name = ask(app, scene, "effacement")
    address = f"/accompagnement/droits/{name}"
    assert scene.lead.post(address, {"decision": "refuse", "answer": ""}).status_code == 422
    assert scene.lead.post(address, {"decision": "everything", "answer": "x"}).status_code == 422, "another kind"
    assert scene.lead.post(address, {"decision": "refuse", "answer": "Un contrôle est en cours."}).status_code == 303
    assert "Un contrôle est en cours." in scene.holder.get(rights(scene)).get_data(as_text=True)


def test_every_column_of_words_about_a_record_is_in_the_table_of_erasure():
    """A new table or column must be said in erasure_table.py: erased, kept because it is a code, or deleted."""
    missing = []
    for name, table in db.metadata.tables.items():
        keys = (
            {key.target_fullname for key in table.c[ABOUT_A_RECORD].foreign_keys}
            if ABOUT_A_RECORD in table.c
            else set()
        )
        if name not in AROUND and "coaching_records.id" not in keys:
            continue
        how = TABLES.get(name)
        if how is None:
            missing.append(name)
        elif not how.deletes:
            words = {c.name for c in table.c if isinstance(c.type, (String, Text, JSON)) and not c.foreign_keys}
            missing += [f"{name}.{column}" for column in sorted(words - set(how.words) - set(how.kept))]
    assert missing == []


@pytest.mark.parametrize(
    ("day", "month_later"),
    [("2026-01-31", "2026-02-28"), ("2026-12-15", "2027-01-15"), ("2028-01-30", "2028-02-29")],
)
def test_an_answer_is_due_in_a_month(day, month_later):
    assert one_month_after(date.fromisoformat(day)) == date.fromisoformat(month_later)


def age(app, scene, delta: timedelta, **changed) -> None:
    with app.app_context(), transaction():
        record = db.session.get_one(CoachingRecord, scene.record_id)
        record.created_at = clock.now() - delta
        for name, value in changed.items():
            setattr(record, name, value)


def test_a_silent_record_is_prompted_told_about_and_closed_only_a_month_after(app, scene):
    age(app, scene, SILENT_PROMPT)
    with app.app_context():
        dry = count_due(clock.now())
        assert dry["prompt"] == [scene.reference]
        assert db.session.scalars(select(RetentionNotice)).all() == [], "a dry run changes nothing"
        assert [run_rules(), run_rules()] == ["prompt 1", ""]
    age(app, scene, SILENT_CLOSED)
    with app.app_context():
        assert run_rules() == "closing 1"
        assert db.session.get_one(CoachingRecord, scene.record_id).state == RecordState.REQUESTED
        with transaction():
            for notice in db.session.scalars(select(RetentionNotice)):
                notice.at = clock.now() - NOTICE
        assert run_rules() == "close 1"
        assert db.session.get_one(CoachingRecord, scene.record_id).state == RecordState.CLOSED
        told = {mail.to_address for mail in db.session.scalars(select(OutboxMail))}
        assert told == {scene.referent.email, "camille@example.org"}


def test_a_closed_record_is_erased_after_five_years_and_never_before_its_notice(app, scene):
    fill(app, scene)
    age(app, scene, ARCHIVE * 2, state=RecordState.CLOSED, closed_at=None)
    with app.app_context(), transaction():
        db.session.get_one(CoachingRecord, scene.record_id).closed_at = clock.now() - ARCHIVE
    with app.app_context():
        assert run_rules() == "deletion 1"
        with transaction():
            db.session.scalars(select(RetentionNotice)).one().at = clock.now() - NOTICE
        assert due("erase", clock.now()) == [(scene.record_id, scene.reference)]
        assert [run_rules(), run_rules()] == ["erase 1", ""]
        assert db.session.scalars(select(Project)).one().title == "Effacé"


def test_the_command_runs_dry_and_for_real_and_the_page_shows_its_own_organisation_only(app, scene):
    age(app, scene, SILENT_PROMPT)
    dry = app.test_cli_runner().invoke(args=["coaching", "retention", "--dry-run"])
    assert f"1 prompt: {scene.reference}" in dry.output
    assert scene.reference in scene.lead.get("/accompagnement/conservation").get_data(as_text=True)
    for other in (scene.referent, scene.admin, scene.holder):
        assert other.get("/accompagnement/conservation").status_code == 403
    real = app.test_cli_runner().invoke(args=["coaching", "retention"])
    assert real.output.strip() == "prompt 1"
    assert len({rule.key for rule in RULES}) == len(RULES)


def test_the_export_holds_who_they_said_holds_their_campaign_and_nobody_elses(app, scene):
    with app.app_context():
        for who, word in ((scene.holder, "canari-mien"), (scene.stranger, "canari-autre")):
            record = db.session.get_one(CoachingRecord, scene.record_id)
            campaign_id = a_campaign(db.session.get_one(User, who.user_id)).id
            with transaction():
                campaign = db.session.get_one(Campaign, campaign_id)
                campaign.project_id, campaign.legal_name = record.project_id, word
        elsewhere = a_campaign(db.session.get_one(User, scene.holder.user_id)).id
        project_id = a_record(referent=db.session.get_one(User, scene.referent.user_id)).project_id
        with transaction():
            campaign = db.session.get_one(Campaign, elsewhere)
            campaign.project_id, campaign.legal_name = project_id, "canari-ailleurs"
    words, _names = unpacked(scene.holder.post(f"{rights(scene)}/recevoir", page=rights(scene)))
    assert words.count("canari-mien") == 2, "in both files"
    assert "canari-autre" not in words
    assert "canari-ailleurs" not in words, "a campaign of another project"
