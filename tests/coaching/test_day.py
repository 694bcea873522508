"""A coach's day: what is mine and nothing of others, passing on with nothing private, covering, searching."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.coaching import (
    absence_services,
    day_queries,
    member_services,
    note_queries,
    note_services,
    policy,
    queries,
    referral_services,
    relay_queries,
    relay_services,
    services,
)
from app.coaching.errors import (
    AlreadyMember,
    ConsentMissing,
    HolderCannotCoach,
    NobodyThere,
    NotYourColleague,
    ReasonMissing,
    SameHands,
)
from app.coaching.levels import Level, MemberRole
from app.coaching.models import Activity, CoachingRecord, RecordMember
from app.coaching.relay_models import Absence, Handover, Referral
from app.core import clock
from app.core.access import Role, Viewer
from app.core.database import db, transaction
from app.core.errors import NotFound
from app.core.outbox import OutboxMail
from app.network.queries import rights_of
from tests.builders import Visitor, a_record, a_user, an_organisation, give, sign_in, with_second_factor
from tests.support.days import day_of
from tests.support.statements import statements

THERE = "active-71"


def a_coach(name: str = "", organisation: str = "pes-21") -> User:
    return give(a_user(name), Role.COACH, an_organisation(organisation))


def there() -> int:
    return an_organisation(THERE).id


def as_viewer(user_id: int) -> Viewer:
    user = db.session.get_one(User, user_id)
    return Viewer(user.id, user.name, user.email, rights_of(user.id), second_factor_ok=True)


def row(record_id: int) -> CoachingRecord:
    return db.session.get_one(CoachingRecord, record_id)


def page(reference: str) -> str:
    return f"/accompagnement/dossiers/{reference}"


def proved(app: Flask, user_id: int) -> Visitor:
    with_second_factor(db.session.get_one(User, user_id))
    return sign_in(app, db.session.get_one(User, user_id), proved=True)


def seen_by(user_id: int, record_id: int) -> set[str]:
    """Levels of the notes this person reads; nothing when the record does not open for them."""
    file = queries.get_file(row(record_id).reference)
    who = as_viewer(user_id)
    if not policy.may_read(who, file):
        return set()
    return {str(note.visibility) for note in note_queries.notes_of(record_id, policy.relation(who, file))}


def write_all_levels(record_id: int, by: int) -> None:
    with transaction():
        for level in (Level.HOLDER, Level.TEAM, Level.RESTRICTED):
            note_services.write_note(row(record_id), text=f"Mot {level}", visibility=level, by=by, at=clock.now())


def test_a_transferred_record_shows_no_earlier_private_note_to_anybody_new(ctx: None):
    old, colleague, new = a_coach().id, a_coach().id, a_coach(organisation=THERE).id
    lead = give(a_user(), Role.ORGANISATION_LEAD, an_organisation(THERE)).id
    holder = a_user(email="camille@example.org").id
    record_id = a_record(referent=db.session.get_one(User, old)).id
    with transaction():
        member_services.add_member(
            row(record_id), db.session.get_one(User, colleague), role=MemberRole.CO_COACH, by=old, at=clock.now(),
            reason="utile", can_see_restricted=True,
        )  # fmt: skip
    write_all_levels(record_id, old)
    with pytest.raises(ReasonMissing), transaction():
        relay_services.transfer(
            row(record_id), organisation_id=there(), referent_id=new, summary=" ", by=old, at=clock.now()
        )
    with pytest.raises(NobodyThere), transaction():
        relay_services.transfer(
            row(record_id), organisation_id=there(), referent_id=colleague, summary="Voilà.", by=old, at=clock.now()
        )
    with transaction():
        relay_services.transfer(
            row(record_id),
            organisation_id=there(),
            referent_id=new,
            summary="Où nous en sommes.",
            by=old,
            at=clock.now(),
        )
    assert row(record_id).organisation_id == an_organisation(THERE).id
    assert seen_by(new, record_id) == seen_by(lead, record_id) == seen_by(holder, record_id) == {"holder"}
    assert seen_by(old, record_id) == seen_by(colleague, record_id) == set()
    assert db.session.scalars(select(RecordMember.ended_at)).one() is not None
    write_all_levels(record_id, new)
    assert seen_by(new, record_id) == {"holder", "team", "restricted"}
    texts = {
        note.text
        for note in note_queries.notes_of(
            record_id, policy.relation(as_viewer(new), queries.get_file(row(record_id).reference))
        )
    }
    assert "Où nous en sommes." in texts
    assert (
        len(
            note_queries.notes_of(
                record_id, policy.relation(as_viewer(lead), queries.get_file(row(record_id).reference))
            )
        )
        == 4
    )


def without_tokens(answer) -> str:
    """A form token holds the second in which it was made."""
    return re.sub(r'(name="csrf_token"[^>]*value=)"[^"]+"', r"\1", answer.get_data(as_text=True))


def test_a_search_finds_own_records_without_accents_and_tells_nothing_of_others(app: Flask):
    with app.app_context():
        me, other = a_coach(), a_coach(organisation=THERE)
        me_id, other_id = me.id, other.id
        own = a_record("Zoé Églantier", referent=me, title="Le Four à pain").reference
        coach = sign_in(app, db.session.get_one(User, me_id))
    with statements(app) as before:
        nothing = coach.get("/accompagnement/chercher?q=moulin")
    with app.app_context():
        a_record(
            "Paul Moulin", "paul@example.org", referent=db.session.get_one(User, other_id),
            organisation=an_organisation(THERE), title="Le moulin d’en face",
        )  # fmt: skip
    with statements(app) as after:
        still_nothing = coach.get("/accompagnement/chercher?q=moulin")
    assert len(before) == len(after)
    assert without_tokens(nothing) == without_tokens(still_nothing)
    for words in ("zoe", "EGLANTIER four", "malain", own):
        assert own in coach.get("/accompagnement/chercher", query_string={"q": words}).get_data(as_text=True), words
    for words in ("zoe moulin", "%", "_", "", "x" * 5000, "\u202e"):
        answer = coach.get("/accompagnement/chercher", query_string={"q": words})
        assert answer.status_code == 200
        assert own not in answer.get_data(as_text=True), words


def test_a_foreign_record_answers_like_none_and_costs_the_same_statements(app: Flask):
    with app.app_context():
        foreign = a_record(referent=a_coach(organisation=THERE), organisation=an_organisation(THERE)).reference
        coach = sign_in(app, a_coach())
    bodies, costs = [], []
    for reference in (foreign, "2026-99-0001"):
        coach.get(page(reference))
        with statements(app) as sent:
            answer = coach.get(page(reference))
        assert answer.status_code == 404
        bodies.append(answer.get_data(as_text=True).replace(reference, ""))
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_the_morning_page_shows_the_day_and_keeps_to_eight_statements(app: Flask):
    with app.app_context():
        me, colleague = a_coach("Inès"), a_coach("Marc")
        me_id, colleague_id = me.id, colleague.id
        ids = [
            a_record(f"P{n}", f"p{n}@example.org", referent=db.session.get_one(User, me_id), title=f"Projet {n}").id
            for n in range(3)
        ]
        given = a_record(
            "Q", "q@example.org", referent=db.session.get_one(User, colleague_id), title="Le dossier confié"
        ).id
        at = clock.now()
        day = day_of(at)
        with transaction():
            write = {"by": me_id, "at": at}
            note_services.write_note(row(ids[0]), text="Revoir le bail\nAppeler Paul", visibility=Level.TEAM, **write)
            services.plan_meeting(row(ids[0]), on=day, hour=None, place="Mairie de Vesoul", **write)
            services.plan_meeting(row(ids[1]), on=day - timedelta(days=2), hour=None, place="Ailleurs", **write)
            services.add_action(row(ids[1]), text="Envoyer le modèle", owner="coach", due_on=day, **write)
            services.add_action(row(ids[1]), text="Deux devis", owner="holder", due_on=day, **write)
            row(ids[2]).since = day - timedelta(days=80)
            relay_services.hand_over(row(given), to_user_id=me_id, words="Il attend un appel.", by=colleague_id, at=at)
        coach = sign_in(app, db.session.get_one(User, me_id))
    shown = coach.get("/accompagnement").get_data(as_text=True)
    for words in (
        "Mairie de Vesoul", "Appeler Paul", "Envoyer le modèle", "Deux devis", "Il attend un appel.",
        "Rencontres à compléter", "Sans nouvelles depuis 60 jours",
    ):  # fmt: skip
        assert words in shown, words
    with statements(app) as sent:
        coach.get("/accompagnement")
    assert len(sent) <= 8


def test_what_is_late_comes_first_with_a_word_and_a_record_at_rest_is_not_late(app: Flask):
    with app.app_context():
        me, day = a_coach().id, day_of(clock.now())
        for title, state in (("Le four en retard", "coached"), ("La laine au repos", "on_hold")):
            record_id = a_record(referent=db.session.get_one(User, me), title=title).id
            with transaction():
                late = row(record_id)
                late.state = state
                services.set_path(
                    late, step="", next_action="Rappeler", next_action_on=day - timedelta(days=3), by=me, at=clock.now()
                )
        coach = proved(app, me)
    shown = coach.get("/accompagnement").get_data(as_text=True)
    first = shown.split("<h2", 2)[1]
    assert 'id="late"' in first
    assert "en retard" in first
    assert "Le four en retard" in first
    assert "La laine au repos" not in first


def test_an_appointment_is_completed_by_its_note_and_the_next_one_is_planned(app: Flask):
    with app.app_context():
        me = a_coach().id
        record_id = a_record(referent=db.session.get_one(User, me)).id
        reference, day = row(record_id).reference, day_of(clock.now())
        with transaction():
            planned = services.plan_meeting(row(record_id), on=day, hour=None, place="Mairie", by=me, at=clock.now())
        session_id = planned.id
        coach = proved(app, me)
    form = f"{page(reference)}/noter?seance={session_id}"
    assert "Mairie" in coach.get(form).get_data(as_text=True)
    typed = {
        "kind": "welcome", "happened_on": day.isoformat(), "text": "Vus.", "visibility": "holder", "place": "Mairie",
        "attendance": "held", "session_id": session_id, "draft_id": "brouillon-de-la-seance",
        "meet_on": (day + timedelta(days=21)).isoformat(), "meet_at": "14:30",
    }  # fmt: skip
    assert coach.post(f"{page(reference)}/noter", typed, page=form).status_code == 303
    with app.app_context():
        first, second = db.session.scalars(select(Activity).order_by(Activity.id)).all()
        assert (first.attendance, first.kind) == ("held", "welcome")
        assert (second.attendance, second.place) == ("planned", "Mairie")
        assert second.starts_at is not None
        assert clock.paris_day(second.starts_at).hour == 14
        assert queries.find_session(str(first.id), record_id) is None


def test_a_person_sent_on_stays_until_first_contact_or_comes_back_with_a_reason(app: Flask):
    with app.app_context():
        me, them, holder = a_coach().id, a_coach(organisation=THERE).id, a_user(email="camille@example.org").id
        record_id, there, at = (
            a_record(referent=db.session.get_one(User, me)).id,
            an_organisation(THERE).id,
            clock.now(),
        )
        write_all_levels(record_id, me)

        def refer(**changes: object) -> int:
            asked = {
                "organisation_id": there, "to_name": "", "need": "Un local à Mâcon",
                "consent_on": day_of(at), "by": me, "at": at,
            }  # fmt: skip
            with transaction():
                return referral_services.refer(row(record_id), **(asked | changes)).id

        for changes, error in (
            ({"consent_on": None}, ConsentMissing), ({"consent_on": day_of(at) + timedelta(days=2)}, ConsentMissing),
            ({"need": ""}, ReasonMissing), ({"organisation_id": row(record_id).organisation_id}, SameHands),
        ):  # fmt: skip
            with pytest.raises(error):
                refer(**changes)
        first = refer()
        assert row(record_id).state == "referred"
        with transaction():
            sent = db.session.get_one(Referral, first)
            referral_services.decline_referral(sent, row(record_id), reason="Complet jusqu’à mai", by=them, at=at)
        assert row(record_id).state == "requested"
        second = refer()
        receiver, sender, stranger = (sign_in(app, db.session.get_one(User, who)) for who in (them, me, holder))
        subject = "Une personne est orientée vers vous"
        assert not [m for m in db.session.scalars(select(OutboxMail)) if m.subject == subject and "Camille" in m.text]
    listing, act = "/accompagnement/orientations", f"/accompagnement/orientations/{second}"
    assert "Un local à Mâcon" in receiver.get(listing).get_data(as_text=True)
    assert stranger.get(listing).status_code == 403
    assert sender.post(act, {"verb": "accepter"}, page="/accompagnement/absence").status_code == 404
    assert receiver.post(act, {"verb": "accepter"}, page=listing).status_code == 303
    again = receiver.post(act, {"verb": "accepter"}, page="/accompagnement/absence", follow_redirects=True)
    assert "C’est déjà fait" in again.get_data(as_text=True)
    with app.app_context():
        new = db.session.get_one(Referral, second).new_record_id
        assert new is not None
        assert seen_by(them, new) == set()
        assert seen_by(them, record_id) == set()
        assert row(record_id).state == "referred"
    assert receiver.post(act, {"verb": "contact"}, page="/accompagnement/absence").status_code == 303
    with app.app_context():
        assert row(record_id).state == "closed"


def test_records_are_handed_over_in_bulk_each_with_its_sentence_or_not_at_all(app: Flask):
    with app.app_context():
        me, colleague = a_coach("Inès").id, a_coach("Marc").id
        ids = [a_record(f"P{n}", f"p{n}@example.org", referent=db.session.get_one(User, me)).id for n in range(2)]
        foreign = a_record("F", "f@example.org", referent=db.session.get_one(User, colleague)).id
        coach, taker = sign_in(app, db.session.get_one(User, me)), sign_in(app, db.session.get_one(User, colleague))
        with pytest.raises(NotFound), transaction():
            relay_services.hand_over_many({foreign: "À moi"}, to_user_id=me, by=me, at=clock.now())
        stranger = a_user().id
        with pytest.raises(NotYourColleague), transaction():
            relay_services.hand_over(row(ids[0]), to_user_id=stranger, words="Voilà", by=me, at=clock.now())
    form = "/accompagnement/passer-la-main"
    typed = {"to_user": colleague, "records": ids, f"words-{ids[0]}": "Phrase gardée"}
    refused = coach.post(form, typed)
    assert refused.status_code == 422
    assert "Phrase gardée" in refused.get_data(as_text=True)
    with app.app_context():
        assert {row(record_id).referent_id for record_id in ids} == {me}
    assert coach.post(form, {**typed, f"words-{ids[1]}": "Attend un appel"}).status_code == 303
    with app.app_context():
        assert {row(record_id).referent_id for record_id in ids} == {colleague}
        handover = db.session.scalars(select(Handover.id).order_by(Handover.id)).first()
    act = f"/accompagnement/passages/{handover}/lu"
    assert coach.post(act, page=form).status_code == 404
    assert taker.post(act, page="/accompagnement").status_code == 303
    assert taker.post(act, page=form).status_code == 303
    with app.app_context():
        assert db.session.get_one(Handover, handover).read_at is not None


def test_an_absence_shows_my_records_to_who_covers_and_ends_by_itself(ctx: None):
    me, colleague, foreign = a_coach().id, a_coach().id, a_coach(organisation=THERE).id
    record_id, day = a_record(referent=db.session.get_one(User, me)).id, day_of(clock.now())
    dates = {"starts_on": day, "ends_on": day + timedelta(days=3), "at": clock.now()}
    for wrong, error in ((me, SameHands), (foreign, NotYourColleague)):
        with pytest.raises(error), transaction():
            absence_services.go_away(db.session.get_one(User, me), covered_by_id=wrong, **dates)
    with transaction():
        absence_services.go_away(db.session.get_one(User, me), covered_by_id=colleague, **dates)

    def seen(on_day: int) -> list[int]:
        found = day_queries.own_records(as_viewer(colleague), today=day + timedelta(days=on_day))
        return [own.record.id for own in found]

    assert seen(0) == seen(3) == [record_id]
    assert seen(4) == seen(-1) == []
    with pytest.raises(NotYourColleague), transaction():
        absence_services.come_back(db.session.scalars(select(Absence)).one(), by=colleague, at=clock.now())


def test_a_member_is_added_once_never_the_holder_and_leaves_with_a_reason(app: Flask):
    with app.app_context():
        me, expert, holder = a_coach().id, a_user(email="expert@example.org").id, a_user(email="camille@example.org").id
        record_id = a_record(referent=db.session.get_one(User, me)).id
        reference = row(record_id).reference

        def add(user_id: int) -> None:
            with transaction():
                member_services.add_member(
                    row(record_id), db.session.get_one(User, user_id), role=MemberRole.EXPERT, by=me,
                    at=clock.now(), reason="bail",
                )  # fmt: skip

        with pytest.raises(HolderCannotCoach):
            add(holder)
        with pytest.raises(AlreadyMember):
            add(me)
        coach = sign_in(app, db.session.get_one(User, me))
    form = f"{page(reference)}/equipe"
    asked = {"email": "expert@example.org", "role": "expert", "reason": "Le bail"}
    assert coach.post(form, {**asked, "email": "personne@example.org"}).status_code == 422
    assert coach.post(form, {**asked, "reason": ""}).status_code == 422
    assert coach.post(form, asked).status_code == 303
    assert coach.post(form, asked).status_code == AlreadyMember.status
    with app.app_context():
        guest = sign_in(app, db.session.get_one(User, expert))
        member = db.session.scalars(select(RecordMember.id)).one()
        assert [name for _member, name, _where in relay_queries.members_of(record_id)]
    assert guest.get(page(reference)).status_code == 200
    assert guest.get(form).status_code == 404
    assert reference in guest.get("/accompagnement").get_data(as_text=True)
    assert coach.post(f"{form}/{member}/terminer", {"reason": " "}, page=form).status_code == 422
    assert coach.post(f"{form}/{member}/terminer", {"reason": "Mission finie"}, page=form).status_code == 303
    assert guest.get(page(reference)).status_code == 404


def test_a_record_closed_to_a_colleague_leaves_their_lists_and_their_search_too(app: Flask):
    with app.app_context():
        me, colleague = a_coach().id, a_coach().id
        record_id = a_record(referent=db.session.get_one(User, me), title="Le four fermé").id
        reader = sign_in(app, db.session.get_one(User, colleague))
    pages = ("/accompagnement", "/accompagnement/chercher?q=ferme")
    assert all("Le four fermé" in reader.get(one).get_data(as_text=True) for one in pages)
    with app.app_context(), transaction():
        member_services.exclude(row(record_id), colleague, kind="objection", by=None, at=clock.now())
    assert not any("Le four fermé" in reader.get(one).get_data(as_text=True) for one in pages)
