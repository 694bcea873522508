"""Notes: sealed in the database, drafted for one, read by their circle, behind glass with a reason."""

from __future__ import annotations

import dataclasses
import secrets
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.accounts.models import User
from app.coaching import glass_services, jobs, member_services, note_queries, note_services, policy, queries, vault
from app.coaching.errors import LevelNotYours, NoteUnreadable, NotYourDraft
from app.coaching.levels import Level, MemberRole
from app.coaching.models import Activity, CoachingRecord
from app.coaching.note_models import GlassBreak, Note, OrganisationKey
from app.core import clock
from app.core.access import Role, Viewer
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from app.network.queries import rights_of
from tests.builders import Visitor, a_record, a_user, an_organisation, give, sign_in, with_second_factor
from tests.support.days import day_of

SECRET = "Le collectif se déchire autour du bail."


def a_coach(name: str = "Inès Verdelet", organisation: str = "pes-21") -> User:
    return give(a_user(name), Role.COACH, an_organisation(organisation))


def as_viewer(user_id: int) -> Viewer:
    user = db.session.get_one(User, user_id)
    return Viewer(user.id, user.name, user.email, rights_of(user.id), second_factor_ok=True)


def page(reference: str) -> str:
    return f"/accompagnement/dossiers/{reference}"


def seen_by(user_id: int, reference: str) -> set[str]:
    """Levels of the notes that this person finds on the record."""
    file = queries.get_file(reference)
    return {
        str(one.visibility) for one in note_queries.notes_of(file.record.id, policy.relation(as_viewer(user_id), file))
    }


def write(record: CoachingRecord, level: Level, *, by: int, words: str = SECRET) -> str:
    with transaction():
        row = db.session.get_one(CoachingRecord, record.id)
        return note_services.write_note(row, text=words, visibility=level, by=by, at=clock.now()).public_id


def proved(app: Flask, user: User) -> Visitor:
    user_id = user.id
    with_second_factor(user)
    return sign_in(app, db.session.get_one(User, user_id), proved=True)


def test_what_is_written_is_nowhere_in_the_database(ctx: None):
    coach = a_coach()
    by, record = coach.id, a_record(referent=coach)
    public_id = write(record, Level.TEAM, by=by)
    for table in db.metadata.tables.values():
        for row in db.session.execute(select(table)):
            assert "déchire" not in repr(tuple(row)), table.name
    assert note_queries.text_of(note_queries.get_note(public_id)[1]) == SECRET


def test_a_sealed_text_moved_to_another_note_or_changed_does_not_open(ctx: None):
    coach = a_coach()
    by, record = coach.id, a_record(referent=coach)
    one, two = write(record, Level.TEAM, by=by), write(record, Level.TEAM, by=by, words="Rien.")
    with transaction():
        first, second = note_queries.get_note(one)[1], note_queries.get_note(two)[1]
        second.sealed = first.sealed
        first.sealed = first.sealed[:-6] + "AAAAA="
    for public_id in (one, two):
        with pytest.raises(NoteUnreadable):
            note_queries.text_of(note_queries.get_note(public_id)[1])


def test_another_master_key_opens_nothing_and_the_old_one_beside_it_opens_all(app: Flask, settings):
    with app.app_context():
        coach = a_coach()
        by, record = coach.id, a_record(referent=coach)
        public_id = write(record, Level.TEAM, by=by)
        old, new = settings.master_keys[0].hex(), secrets.token_hex(32)
        try:
            app.config["SETTINGS"] = dataclasses.replace(settings, notes_master_key=new)
            with pytest.raises(NoteUnreadable):
                note_queries.text_of(note_queries.get_note(public_id)[1])
            refused = app.test_cli_runner().invoke(args=["coaching", "rotate-keys"])
            assert refused.exit_code == 1
            assert "NOTES_MASTER_KEY" in refused.output
            app.config["SETTINGS"] = dataclasses.replace(settings, notes_master_key=f"{new},{old}")
            before = db.session.scalars(select(OrganisationKey.id)).all()
            done = app.test_cli_runner().invoke(args=["coaching", "rotate-keys", "--fresh"])
            assert done.exit_code == 0, done.output
            app.config["SETTINGS"] = dataclasses.replace(settings, notes_master_key=new)
            db.session.rollback()
            assert note_queries.text_of(note_queries.get_note(public_id)[1]) == SECRET
            assert not set(before) & set(db.session.scalars(select(OrganisationKey.id)))
        finally:
            app.config["SETTINGS"] = settings
        assert {row.master_key_id for row in db.session.scalars(select(OrganisationKey))} == {
            vault.master_key_id(bytes.fromhex(new))
        }


def test_each_circle_finds_its_notes_and_no_other(ctx: None):
    referent = a_coach()
    referent_id, record = referent.id, a_record(referent=referent)
    reference = record.reference
    people = {
        "trusted": (a_coach(), MemberRole.CO_COACH, True), "co_coach": (a_coach(), MemberRole.CO_COACH, False),
        "expert": (a_user(), MemberRole.EXPERT, False), "observer": (a_user(), MemberRole.OBSERVER, False),
    }  # fmt: skip
    ids = {name: user.id for name, (user, _role, _flag) in people.items()}
    with transaction():
        for name, (_user, role, flag) in people.items():
            member_services.add_member(
                db.session.get_one(CoachingRecord, record.id), db.session.get_one(User, ids[name]), role=role,
                by=referent_id, at=clock.now(), reason="utile", can_see_restricted=flag,
            )  # fmt: skip
    ids |= {
        "referent": referent_id, "colleague": a_coach().id, "elsewhere": a_coach(organisation="active-71").id,
        "lead": give(a_user(), Role.ORGANISATION_LEAD, an_organisation()).id,
        "admin": give(a_user(), Role.PLATFORM_ADMIN).id, "holder": a_user(email="camille@example.org").id,
        "moderator": give(a_user(), Role.MODERATOR, an_organisation()).id,
    }  # fmt: skip
    for level in Level:
        write(record, level, by=referent_id)
    with transaction():
        note_services.save_draft(
            db.session.get_one(CoachingRecord, record.id), draft_id="un-brouillon-de-seize", text="…",
            visibility=Level.HOLDER, by=referent_id, at=clock.now(),
        )  # fmt: skip
    all_four, three, two, one = set(Level), {"public", "holder", "team"}, {"public", "holder"}, {"public"}
    expected = {
        "referent": all_four, "trusted": all_four, "co_coach": three, "expert": three, "observer": three,
        "colleague": three, "lead": three, "holder": two, "elsewhere": one, "admin": one, "moderator": one,
    }  # fmt: skip
    assert {name: seen_by(ids[name], reference) for name in expected} == expected
    with transaction():
        member_services.exclude(
            db.session.get_one(CoachingRecord, record.id), ids["trusted"], kind="objection", by=None, at=clock.now()
        )
    assert seen_by(ids["trusted"], reference) == one
    assert "Inès Verdelet" in {reader.name for reader in queries.get_file(reference).readers}
    assert ids["trusted"] not in {reader.user_id for reader in queries.get_file(reference).readers}


def test_who_coaches_no_more_reads_no_more_although_still_written_as_referent(ctx: None):
    referent = a_user()
    reference = a_record(referent=referent).reference
    assert not policy.may_read(as_viewer(referent.id), queries.get_file(reference))


def test_a_note_is_written_by_a_coach_with_a_second_factor_only(app: Flask):
    with app.app_context():
        coach = a_coach()
        record = a_record(referent=coach)
        reference, holder = record.reference, a_user(email="camille@example.org")
        bare = sign_in(app, db.session.get_one(User, coach.id))
        reader = sign_in(app, holder)
        answer = bare.get(f"{page(reference)}/noter")
        assert answer.status_code == 303
        assert "/compte/" in answer.location
        sure = proved(app, db.session.get_one(User, bare.user_id))
    assert reader.get(f"{page(reference)}/noter").status_code == 404
    typed = {
        "kind": "interview", "happened_on": "2026-03-14", "duration_min": "30", "text": SECRET, "visibility": "team",
        "next_action": "Revoir le bail", "next_action_on": "", "draft_id": "brouillon-a-envoyer-1",
    }  # fmt: skip
    form = f"{page(reference)}/noter"
    draft = sure.post(f"{page(reference)}/brouillon", {**typed, "text": "à moitié"}, page=form)
    assert draft.status_code == 303
    assert "à moitié" in sure.get("/accompagnement/brouillons").get_data(as_text=True)
    assert "à moitié" not in sure.get(page(reference)).get_data(as_text=True)
    assert "à moitié" in sure.get(f"{form}?brouillon=brouillon-a-envoyer-1").get_data(as_text=True)
    assert sure.post(form, typed).status_code == 303
    assert sure.post(form, typed).status_code == 303, "a second click is no error"
    again = sure.post(form, {**typed, "text": "mots repris"})
    assert again.status_code == 409
    assert "mots repris" in again.get_data(as_text=True)
    assert "brouillon-a-envoyer-1" not in again.get_data(as_text=True), "sent again, these words become another note"
    with app.app_context():
        assert len(db.session.scalars(select(Activity)).all()) == len(db.session.scalars(select(Note)).all()) == 1
    wordless = {**typed, "text": "", "next_action": "", "draft_id": "rencontre-sans-mots-1", "meet_on": "2026-04-14"}
    for _click in range(2):
        assert sure.post(form, wordless).status_code == 303
    with app.app_context():
        assert len(db.session.scalars(select(Activity)).all()) == 3, "what happened, and one appointment to come"
    assert SECRET in sure.get(page(reference)).get_data(as_text=True)
    seen = reader.get(page(reference)).get_data(as_text=True)
    assert SECRET not in seen
    assert "Entretien" in seen
    assert "Revoir le bail" in seen


@pytest.mark.parametrize(
    ("field", "value"),
    [("visibility", "public"), ("visibility", ""), ("visibility", "tout"), ("kind", "x"), ("duration_min", "9999"),
     ("happened_on", "hier"), ("draft_id", ""), ("draft_id", "x" * 500), ("text", "é" * 9000)],
)  # fmt: skip
def test_a_wrong_note_comes_back_with_its_words(app: Flask, field, value):
    with app.app_context():
        coach = a_coach()
        reference = a_record(referent=coach).reference
        sure = proved(app, coach)
    typed = {
        "kind": "call", "happened_on": "2026-03-14", "text": "Mots gardés", "visibility": "holder",
        "next_action": "Suite gardée", "draft_id": "brouillon-a-envoyer-2", field: value,
    }  # fmt: skip
    answer = sure.post(f"{page(reference)}/noter", typed)
    assert answer.status_code == 422
    assert "Suite gardée" in answer.get_data(as_text=True)


def test_nobody_takes_over_the_draft_of_another(ctx: None):
    referent, colleague = a_coach(), a_coach()
    mine, theirs, record_id = referent.id, colleague.id, a_record(referent=referent).id
    with transaction():
        record = db.session.get_one(CoachingRecord, record_id)
        note_services.save_draft(
            record, draft_id="brouillon-de-referent", text="A", visibility=Level.TEAM, by=mine, at=clock.now()
        )
    for verb in (note_services.save_draft, note_services.write_note):
        with pytest.raises(NotYourDraft), transaction():
            verb(
                db.session.get_one(CoachingRecord, record_id), draft_id="brouillon-de-referent", text="B",
                visibility=Level.HOLDER, by=theirs, at=clock.now(),
            )  # fmt: skip
    assert note_queries.find_draft("brouillon-de-referent", record_id, theirs) is None
    assert note_queries.drafts_of(as_viewer(theirs)) == []


def test_drafts_are_deleted_after_thirty_days_unless_kept(ctx: None):
    referent = a_coach()
    by, record_id, at = referent.id, a_record(referent=referent).id, clock.now()
    with transaction():
        record = db.session.get_one(CoachingRecord, record_id)
        for name, age in (("brouillon-ancien-0001", 31), ("brouillon-ancien-0002", 31), ("brouillon-recent-001", 1)):
            note_services.save_draft(
                record, draft_id=name, text="x", visibility=Level.TEAM, by=by, at=at - timedelta(days=age)
            )
    with transaction():
        kept = db.session.scalars(select(Note).where(Note.public_id == "brouillon-ancien-0002")).one()
        note_services.keep_draft(kept, by=by, at=at)
    jobs.tidy_notes()
    assert set(db.session.scalars(select(Note.public_id))) == {"brouillon-ancien-0002", "brouillon-recent-001"}


def test_summaries_from_before_are_sealed_by_the_job(ctx: None):
    referent = a_coach()
    record, by, at = a_record(referent=referent), referent.id, clock.now()
    with transaction():
        db.session.add(
            Activity(
                record_id=record.id, kind="call", happened_on=day_of(at), summary=SECRET, author_id=by, created_at=at
            )
        )
    assert "sealed" in jobs.tidy_notes()
    assert db.session.scalars(select(Activity.summary)).all() == [""]
    note = db.session.scalars(select(Note)).one()
    assert note_queries.text_of(note) == SECRET
    assert note.activity_id is not None


def test_reading_a_restricted_note_is_written_down_and_glass_breaks_for_a_day_with_a_notice(app: Flask):
    with app.app_context():
        referent = a_coach()
        record, referent_id = a_record(referent=referent), referent.id
        reference, public_id = record.reference, write(record, Level.RESTRICTED, by=referent_id)
        referent_email = db.session.get_one(User, referent_id).email
        sure = proved(app, db.session.get_one(User, referent_id))
        lead = proved(app, give(a_user("Aline Chef"), Role.ORGANISATION_LEAD, an_organisation()))
        foreign = proved(app, give(a_user(), Role.ORGANISATION_LEAD, an_organisation("active-71")))
    assert SECRET not in sure.get(page(reference)).get_data(as_text=True)
    act = f"/accompagnement/notes/{public_id}/lire"
    assert SECRET in sure.post(act, page=page(reference)).get_data(as_text=True)
    assert lead.post(act, page=page(reference)).status_code == 404
    door = f"{page(reference)}/acces-exceptionnel"
    assert foreign.get(door).status_code == 404
    assert sure.get(door).status_code == 404
    assert lead.post(door, {"reason": "vite"}).status_code == 422
    assert lead.post(door, {"reason": "Inès est absente, le bail se signe demain."}).status_code == 303
    assert SECRET in lead.post(act, page=page(reference)).get_data(as_text=True)
    with app.app_context():
        lines = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "note.read")).all()
        assert [(line.actor_id, line.data["glass"]) for line in lines] == [
            (referent_id, False), (lead.user_id, True)
        ]  # fmt: skip
        mail = db.session.scalars(select(OutboxMail).where(OutboxMail.to_address == referent_email)).all()[-1]
        assert "le bail se signe demain" in mail.text
        assert SECRET not in mail.text
        assert {r.name: r.sees_restricted for r in queries.get_file(reference).readers}["Aline Chef"]
        with transaction():
            look = db.session.scalars(select(GlassBreak)).one()
            look.started_at, look.ends_at = look.started_at - timedelta(days=2), look.ends_at - timedelta(days=2)
    assert lead.post(act, page=page(reference)).status_code == 404


def test_a_level_is_opened_by_its_author_or_the_referent_and_never_closed(ctx: None):
    referent, colleague = a_coach(), a_coach()
    ids, record = {"referent": referent.id, "author": colleague.id, "third": a_coach().id}, a_record(referent=referent)
    reference, public_id = record.reference, write(record, Level.TEAM, by=ids["author"])

    def open_as(who: str, level: Level) -> None:
        with transaction():
            file, note = note_queries.get_note(public_id)
            tie = policy.relation(as_viewer(ids[who]), file)
            note_services.open_note_to(note, level, relation=tie, by=ids[who], at=clock.now())

    for who, level in (("third", Level.HOLDER), ("author", Level.RESTRICTED), ("author", Level.PUBLIC)):
        with pytest.raises(LevelNotYours):
            open_as(who, level)
    holder = a_user(email="camille@example.org").id
    assert seen_by(holder, reference) == set()
    open_as("referent", Level.HOLDER)
    assert seen_by(holder, reference) == {"holder"}
    with pytest.raises(LevelNotYours):
        open_as("author", Level.TEAM)


def test_an_erased_note_keeps_nothing_of_its_words(ctx: None):
    referent = a_coach()
    by, record = referent.id, a_record(referent=referent)
    public_id = write(record, Level.TEAM, by=by)
    with transaction():
        note_services.erase_note(note_queries.get_note(public_id)[1], by=by, at=clock.now())
    assert note_queries.text_of(note_queries.get_note(public_id)[1]) == ""
    assert db.session.execute(text("SELECT sealed FROM coaching_notes")).scalar() == ""


def test_the_glass_needs_a_reason_of_more_than_a_word(ctx: None):
    referent = a_coach()
    lead = give(a_user(), Role.ORGANISATION_LEAD, an_organisation()).id
    record_id = a_record(referent=db.session.get_one(User, referent.id)).id
    with pytest.raises(Exception, match="pourquoi"), transaction():
        glass_services.break_glass(
            db.session.get_one(CoachingRecord, record_id), reason="  absent ", by=lead, at=clock.now()
        )
