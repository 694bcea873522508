"""Whoever leaves leaves no record alone: a lead of the organisation finds them and gives them to a colleague."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User, UserState
from app.coaching import member_services, note_services, queries, relay_queries
from app.coaching.levels import Level, MemberRole
from app.coaching.models import CoachingRecord
from app.coaching.note_models import Note
from app.coaching.policy import may_read_note
from app.coaching.relay_models import Handover
from app.coaching.request_models import Assignment
from app.coaching.rules import RecordState
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from tests.builders import Visitor, a_record, a_user, an_organisation, give, sign_in
from tests.coaching.test_wrong_person import THERE, a_coach, as_viewer, end_right, row, tie

PAGE = "/accompagnement/sans-referent"


def suspend(user_id: int) -> None:
    with transaction():
        db.session.execute(db.update(User).where(User.id == user_id).values(state=UserState.SUSPENDED))


def a_lead(app: Flask, organisation: str = "pes-21") -> Visitor:
    return sign_in(app, give(a_user(), Role.ORGANISATION_LEAD, an_organisation(organisation)))


def of(user_id: int, title: str, holder: str) -> int:
    return a_record(title, holder, referent=db.session.get_one(User, user_id), title=title).id


def give_to(lead: Visitor, user_id: int, *record_ids: int, **more: object) -> int:
    typed = {"to_user": user_id, "records": list(record_ids), "words": "Inès est partie.", **more}
    return lead.post(PAGE, typed, page="/accompagnement/absence").status_code


def counts() -> tuple[int, ...]:
    """Handovers, assignments, journal lines, mails."""
    moved = JournalEntry.action == "record.assigned"
    return tuple(
        db.session.scalar(select(func.count()).select_from(model).where(where)) or 0
        for model, where in (
            (Handover, True), (Assignment, Assignment.mode == "bulk"), (JournalEntry, moved), (OutboxMail, True),
        )
    )  # fmt: skip


def test_the_records_of_who_left_or_is_suspended_are_found_and_given_each_once(app: Flask):
    with app.app_context():
        gone, shut, here, taker = a_coach(), a_coach(), a_coach(), a_coach()
        mine = of(gone, "Le four", "a@example.org"), of(gone, "Le lavoir", "b@example.org")
        third, kept = of(shut, "La halle", "c@example.org"), of(here, "Le moulin", "d@example.org")
        closed = of(gone, "Le pressoir", "e@example.org")
        with transaction():
            row(closed).state = RecordState.CLOSED
        lead, address = a_lead(app), db.session.get_one(User, taker).email
        assert "Le four" not in lead.get(PAGE).get_data(as_text=True), "the referent is at work"
        end_right(gone)
        suspend(shut)
    shown = lead.get(PAGE).get_data(as_text=True)
    assert [title in shown for title in ("Le four", "Le lavoir", "La halle", "Le moulin", "Le pressoir")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert f'<option value="{shut}"' not in shown, "a suspended account receives nothing"
    assert PAGE in lead.get("/accompagnement").get_data(as_text=True)
    assert PAGE in lead.get("/accompagnement/passer-la-main").get_data(as_text=True)
    assert give_to(lead, taker) == 422
    assert give_to(lead, taker, mine[0], words=" ") == 422
    assert [give_to(lead, taker, mine[0]) for _ in range(2)] == [303, 303]
    with app.app_context():
        assert counts() == (1, 1, 1, 2)
        told = dict(db.session.execute(select(OutboxMail.to_address, OutboxMail.text)).all())
        assert set(told) == {address, "a@example.org"}
        assert "Inès est partie" not in "".join(told.values())
        assert db.session.get_one(User, taker).name in told["a@example.org"]
    assert [give_to(lead, taker, everything="y") for _ in range(2)] == [303, 303]
    with app.app_context():
        assert {row(one).referent_id for one in (*mine, third)} == {taker}
        assert (row(kept).referent_id, row(closed).referent_id) == (here, gone)
        assert counts() == (3, 3, 3, 6)
    assert "Le four" not in lead.get(PAGE).get_data(as_text=True)


def test_nobody_but_a_lead_of_the_organisation_passes_on_and_only_what_nobody_answers_for(app: Flask):
    with app.app_context():
        gone, here, taker, abroad = a_coach(), a_coach(), a_coach(), a_coach(THERE)
        left, kept = of(gone, "Le four", "a@example.org"), of(here, "Le moulin", "b@example.org")
        end_right(gone)
        lead, other, coach = a_lead(app), a_lead(app, THERE), sign_in(app, db.session.get_one(User, taker))
    assert "Le four" not in other.get(PAGE).get_data(as_text=True)
    assert give_to(other, abroad, left) == 404
    assert coach.get(PAGE).status_code == 403
    assert give_to(coach, taker, left) == 403
    assert give_to(lead, taker, left, kept) == 409, "all or none"
    assert give_to(lead, abroad, left) == 422
    assert give_to(lead, gone, left) == 422
    assert give_to(lead, taker, left, 2**31 - 1) == 404
    with app.app_context():
        assert (row(left).referent_id, row(kept).referent_id) == (gone, here)
        assert counts() == (0, 0, 0, 0)


def test_who_is_refused_there_or_holds_it_gets_none_and_a_lead_sees_none_that_is_closed_to_them(app: Flask):
    with app.app_context():
        gone, refused = a_coach(), a_coach()
        left = of(gone, "Le four", "camille@example.org")
        holder = give(a_user(email="camille@example.org"), Role.COACH, an_organisation()).id
        lead, other = a_lead(app), a_lead(app)
        end_right(gone)
        with transaction():
            for who in (refused, other.user_id):
                member_services.exclude(row(left), who, kind="objection", by=None, at=clock.now())
        reference = row(left).reference
    for wrong in (refused, holder):
        said = lead.post(PAGE, {"to_user": wrong, "records": [left], "words": "À vous."})
        assert said.status_code == 422
        assert reference in said.get_data(as_text=True)
    assert "Le four" not in other.get(PAGE).get_data(as_text=True)
    assert give_to(other, refused, left) == 404
    with app.app_context():
        assert row(left).referent_id == gone


@pytest.mark.usefixtures("ctx")
def test_a_suspended_colleague_is_offered_nowhere():
    away, here = a_coach(), a_coach()
    suspend(away)
    found = {one[0] for one in relay_queries.colleagues(frozenset({an_organisation().id}), but=None)}
    assert (away in found, here in found) == (False, True)


def test_the_drafts_of_who_left_stay_theirs(app: Flask):
    with app.app_context():
        gone, taker = a_coach(), a_coach()
        left = of(gone, "Le four", "a@example.org")
        about = {"visibility": Level.RESTRICTED, "by": gone, "at": clock.now()}
        with transaction():
            note_services.save_draft(row(left), text="Je ne sais pas encore.", draft_id="un-brouillon-a-elle", **about)
        end_right(gone)
        lead = a_lead(app)
    assert give_to(lead, taker, left) == 303
    with app.app_context():
        note = db.session.scalars(select(Note)).one()
        file = queries.get_file(db.session.get_one(CoachingRecord, left).reference)
        assert (note.is_draft, note.author_id) == (True, gone)
        assert not may_read_note(as_viewer(taker), (file, note))
    page = f"/accompagnement/dossiers/{file.reference}"
    with app.app_context():
        reader = sign_in(app, db.session.get_one(User, taker))
    assert "Je ne sais pas encore" not in reader.get(page).get_data(as_text=True)


@pytest.mark.usefixtures("ctx")
def test_nobody_is_shown_as_a_reader_whose_right_has_ended_or_whose_account_is_suspended():
    referent, near, guest, lasting = a_coach(), a_coach(), a_coach(THERE), a_coach(THERE)
    expert, colleague = a_user().id, a_coach()
    record_id = of(referent, "Le four", "a@example.org")
    with transaction():
        for who, role in (
            (near, MemberRole.CO_COACH), (guest, MemberRole.CO_COACH), (lasting, MemberRole.CO_COACH),
            (expert, MemberRole.EXPERT),
        ):  # fmt: skip
            member_services.add_member(
                row(record_id), db.session.get_one(User, who), role=role, by=referent, at=clock.now(), reason="aide"
            )

    def readers() -> set[int | None]:
        return {one.user_id for one in queries.get_file(row(record_id).reference).readers}

    everybody = {referent, near, guest, lasting, expert, colleague}
    assert everybody <= readers()
    end_right(guest, THERE)
    end_right(near)
    for who in (expert, colleague, referent):
        suspend(who)
    assert everybody & readers() == {lasting}
    for who in (guest, near):
        assert not tie(who, record_id).may_open
