"""The path of a record: moves and guards, steps in any order, outcomes over time, an ending with dignity."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import User
from app.coaching import farewells, path_queries, path_rules, path_services, referral_services, services
from app.coaching.errors import (
    ActionsStillOpen,
    CannotReopen,
    NotYourAction,
    OutcomeMissing,
    ReasonMissing,
    RecordMoveNotAllowed,
    SiretWrong,
    TooLateToUndo,
    WelcomeNotHeld,
)
from app.coaching.models import ActionItem, CoachingRecord
from app.coaching.path_models import FollowUp, Outcome, RecordMove
from app.coaching.path_rules import ACHIEVED, Facts, OutcomeKind, StepState, missing
from app.coaching.rules import ActivityKind, Attendance, RecordState
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from tests.builders import a_record, a_user, an_organisation, give, sign_in
from tests.support.days import day_of

R = RecordState
# An independent copy of the table of moves.
TABLE = {
    (R.REQUESTED, R.WELCOMED), (R.REQUESTED, R.DECLINED), (R.REQUESTED, R.REFERRED), (R.WELCOMED, R.EXPLORING),
    (R.WELCOMED, R.REFERRED), (R.WELCOMED, R.CLOSED), (R.EXPLORING, R.COACHED), (R.EXPLORING, R.REFERRED),
    (R.EXPLORING, R.CLOSED), (R.COACHED, R.ON_HOLD), (R.COACHED, R.FOLLOW_UP), (R.COACHED, R.REFERRED),
    (R.COACHED, R.CLOSED), (R.ON_HOLD, R.COACHED), (R.ON_HOLD, R.REFERRED), (R.ON_HOLD, R.CLOSED),
    (R.FOLLOW_UP, R.REFERRED), (R.FOLLOW_UP, R.CLOSED), (R.REFERRED, R.CLOSED),
}  # fmt: skip
ALL_KNOWN = Facts(True, True, True, 1, 1, 0, True, True)


def a_coach(name: str = "Inès Verdelet") -> User:
    return give(a_user(name), Role.COACH, an_organisation())


def page(reference: str) -> str:
    return f"/accompagnement/dossiers/{reference}"


def row(record_id: int) -> CoachingRecord:
    return db.session.get_one(CoachingRecord, record_id)


def coached(by: int, record_id: int) -> None:
    """Walk a record to `coached`, as a coach does."""
    at = clock.now()
    with transaction():
        record = row(record_id)
        services.add_activity(
            record, kind=ActivityKind.WELCOME, happened_on=day_of(at), duration_min=45, summary="Vu.", by=by, at=at
        )
        for state in (R.WELCOMED, R.EXPLORING):
            services.move(record, state, by=by, at=at)
        services.sign_engagement(record, on=day_of(at), by=by, at=at)
        services.add_objective(record, text="Ouvrir", owner="holder", due_on=None, by=by, at=at)
        services.move(record, R.COACHED, by=by, at=at)


@pytest.mark.parametrize("old", list(R))
@pytest.mark.parametrize("new", list(R))
def test_with_everything_known_a_record_moves_where_the_table_says_and_nowhere_else(old, new):
    if (old, new) in TABLE:
        path_rules.check_guards(old, new, ALL_KNOWN, reason="parce que")
    else:
        with pytest.raises(RecordMoveNotAllowed):
            path_rules.check_guards(old, new, ALL_KNOWN, reason="parce que")


@pytest.mark.parametrize(("old", "new"), sorted(TABLE))
def test_with_nothing_known_only_the_return_from_a_pause_is_free(old, new):
    stands = missing(old, new, Facts(open_actions=1), reason=" ")
    assert bool(stands) is ((old, new) != (R.ON_HOLD, R.COACHED))


def test_an_appointment_that_was_missed_is_no_welcome(ctx: None):
    coach = a_coach()
    by, record_id, at = coach.id, a_record(referent=coach).id, clock.now()
    for attendance in (Attendance.NO_SHOW, Attendance.EXCUSED, Attendance.PLANNED, Attendance.CANCELLED_BY_US):
        with transaction():
            services.add_activity(
                row(record_id), kind=ActivityKind.WELCOME, happened_on=day_of(at), duration_min=0, summary="", by=by,
                at=at, attendance=attendance,
            )  # fmt: skip
        with pytest.raises(WelcomeNotHeld), transaction():
            services.move(row(record_id), R.WELCOMED, by=by, at=at)


def test_every_move_is_kept_with_who_and_why_from_the_opening_on(ctx: None):
    coach = a_coach()
    by, record_id = coach.id, a_record(referent=coach).id
    coached(by, record_id)
    with transaction():
        services.set_path(
            row(record_id), step="", next_action="Revoir", next_action_on=date(2027, 1, 4), by=by, at=clock.now()
        )
        services.move(row(record_id), R.ON_HOLD, by=by, at=clock.now(), reason="Naissance")
    moves = [(m.old_state, str(m.new_state), m.reason, m.by_id) for m, _name in path_queries.moves_of(record_id)]
    assert moves == [
        ("", "requested", "", by), ("requested", "welcomed", "", by), ("welcomed", "exploring", "", by),
        ("exploring", "coached", "", by), ("coached", "on_hold", "Naissance", by),
    ]  # fmt: skip


def test_an_outcome_opens_the_follow_up_and_plans_news_at_6_12_24_and_36_months(ctx: None):
    coach = a_coach()
    by, record_id, at = coach.id, a_record(referent=coach).id, clock.now()
    coached(by, record_id)
    with transaction():
        path_services.add_outcome(row(record_id), kind=OutcomeKind.EMPLOYED, happened_on=day_of(at), by=by, at=at)
    with pytest.raises(OutcomeMissing), transaction():
        services.move(row(record_id), R.FOLLOW_UP, by=by, at=at)
    with pytest.raises(SiretWrong), transaction():
        path_services.add_outcome(
            row(record_id),
            kind=OutcomeKind.STRUCTURE_CREATED,
            happened_on=day_of(at),
            siret="12345678901234",
            by=by,
            at=at,
        )
    with transaction():
        path_services.add_outcome(
            row(record_id), kind=OutcomeKind.STRUCTURE_CREATED, happened_on=date(2026, 8, 31),
            siret="732 829 320 00074", legal_form="SCOP", jobs_created=2, fte_created_hundredths=150, by=by, at=at,
        )  # fmt: skip
        services.move(row(record_id), R.FOLLOW_UP, by=by, at=at)
    days = [(news.months, news.due_on) for news in path_queries.follow_ups_of(record_id)]
    assert days == [
        (6, date(2027, 2, 28)), (12, date(2027, 8, 31)), (24, date(2028, 8, 31)), (36, date(2029, 8, 31))
    ]  # fmt: skip
    with transaction():
        path_services.note_follow_up(
            db.session.scalars(select(FollowUp).where(FollowUp.months == 6)).one(), row(record_id), alive="yes",
            fte_hundredths=200, comment="Tout va bien.", by=by, at=at,
        )  # fmt: skip
    assert path_queries.due_follow_ups([record_id], until=date(2028, 1, 1))[0].months == 12


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
def test_months_later_is_the_same_day_or_the_last_one_of_a_shorter_month(day, months):
    found = path_rules.months_later(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)


def test_choosing_not_to_create_is_a_result_and_the_farewell_waits_ten_minutes(app: Flask):
    with app.app_context():
        referent = a_coach()
        record = a_record(referent=referent)
        by, record_id, reference = referent.id, record.id, record.reference
        coached(by, record_id)
        with transaction():
            services.add_action(row(record_id), text="Devis", owner="holder", due_on=None, by=by, at=clock.now())
        coach = sign_in(app, db.session.get_one(User, by))
    shown = coach.get(f"{page(reference)}/clore").get_data(as_text=True)
    assert "A choisi de ne pas créer" in shown
    typed = {"result": "dropped", "reason": "Bravo pour ce choix mûri."}
    refused = coach.post(f"{page(reference)}/clore", typed)
    assert refused.status_code == ActionsStillOpen.status
    assert "Bravo pour ce choix mûri." in refused.get_data(as_text=True)
    assert coach.post(f"{page(reference)}/clore", {**typed, "drop_actions": "y"}).status_code == 303
    with app.app_context(), transaction():
        assert farewells.post(at=clock.now()) == 0
        assert db.session.scalars(select(Outcome.kind)).all() == ["dropped"]
    assert coach.post(f"{page(reference)}/clore/annuler", page=page(reference)).status_code == 303
    with app.app_context():
        assert (row(record_id).state, row(record_id).closed_at) == ("coached", None)
        assert db.session.scalars(select(ActionItem.dropped_at)).all() == [None]
        assert db.session.scalars(select(Outcome)).all() == []
    assert coach.post(f"{page(reference)}/clore", {**typed, "drop_actions": "y"}).status_code == 303
    with app.app_context():
        later = clock.now() + timedelta(minutes=11)
        for expected in (1, 0):
            with transaction():
                assert farewells.post(at=later) == expected
        mail = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
        assert mail is not None
        assert "Bravo pour ce choix mûri." in mail.text
        with pytest.raises(TooLateToUndo), transaction():
            path_services.undo_close(row(record_id), by=by, at=later)


def test_half_an_hour_after_midnight_in_paris_is_already_the_new_day(ctx: None):
    by, at, paris = a_coach().id, datetime(2027, 1, 4, 23, 30, tzinfo=UTC), date(2027, 1, 5)
    closed, sent_on = (a_record(referent=db.session.get_one(User, by)).id for _ in range(2))
    coached(by, closed)
    with transaction():
        path_services.close(row(closed), result=OutcomeKind.DROPPED, words="Bravo.", drop_actions=True, by=by, at=at)
        referral_services.refer(
            row(sent_on), organisation_id=None, to_name="La mairie", need="Un local", consent_on=paris, by=by, at=at
        )
    assert db.session.scalars(select(Outcome.happened_on)).all() == [paris]


def test_only_who_closed_takes_it_back_and_only_a_lead_reopens_with_a_reason(app: Flask):
    with app.app_context():
        referent, colleague = a_coach(), a_coach()
        record = a_record(referent=referent)
        by, other, record_id, reference = referent.id, colleague.id, record.id, record.reference
        coached(by, record_id)
        with pytest.raises(CannotReopen), transaction():
            path_services.reopen(row(record_id), reason="x", by=by, at=clock.now())
        with transaction():
            path_services.close(row(record_id), result=None, words="Fini.", drop_actions=True, by=by, at=clock.now())
        with pytest.raises(TooLateToUndo), transaction():
            path_services.undo_close(row(record_id), by=other, at=clock.now())
        coach = sign_in(app, db.session.get_one(User, by))
        lead = sign_in(app, give(a_user(), Role.ORGANISATION_LEAD, an_organisation()))
    act = f"{page(reference)}/rouvrir"
    assert coach.post(act, {"reason": "encore"}, page=page(reference)).status_code == 404
    assert lead.post(act, {"reason": " "}, page=page(reference)).status_code == 422
    assert lead.post(act, {"reason": "La personne revient."}, page=page(reference)).status_code == 303
    with app.app_context():
        assert row(record_id).state == "coached"
        assert (
            db.session.scalars(select(RecordMove.reason).order_by(RecordMove.id.desc())).first()
            == "La personne revient."
        )


def test_steps_are_taken_in_any_order_and_reopened(ctx: None):
    coach = a_coach()
    by, record_id = coach.id, a_record(referent=coach).id
    names = [step.name for step in path_queries.steps_for(row(record_id))]
    assert len(names) > 4
    for step, state in (
        (names[5], StepState.DONE), (names[1], StepState.SKIPPED), (names[5], StepState.REOPENED),
        ("Visiter une ferme", StepState.DOING),
    ):  # fmt: skip
        with transaction():
            path_services.set_step(row(record_id), step=step, state=state, by=by, at=clock.now())
    now = {step.name: step.state for step in path_queries.steps_for(row(record_id))}
    assert (now[names[5]], now[names[1]], now[names[0]]) == ("reopened", "skipped", "todo")
    assert now["Visiter une ferme"] == "doing"
    assert row(record_id).step == "Visiter une ferme"


def test_the_holder_ticks_own_objectives_and_pauses_but_moves_nothing_else(app: Flask):
    with app.app_context():
        referent = a_coach()
        record = a_record(referent=referent)
        by, record_id, reference = referent.id, record.id, record.reference
        coached(by, record_id)
        with transaction():
            ours = services.add_objective(
                row(record_id), text="Relire", owner="coach", due_on=None, by=by, at=clock.now()
            )
            services.set_path(
                row(record_id), step="", next_action="Revoir", next_action_on=date(2027, 1, 4), by=by, at=clock.now()
            )
        ours_id = ours.id
        own_id = next(one.id for one in db.session.scalars(select(path_services.Objective)) if one.owner == "holder")
        holder = sign_in(app, a_user(email="camille@example.org"))
    form = f"{page(reference)}/chemin"
    assert "Ouvrir" in holder.get(form).get_data(as_text=True)
    assert holder.post(f"{page(reference)}/objectifs/{own_id}", {"status": "done"}, page=form).status_code == 303
    refused = holder.post(f"{page(reference)}/objectifs/{ours_id}", {"status": "done"}, page=form)
    assert refused.status_code == NotYourAction.status
    missing_reason = holder.post(f"{page(reference)}/objectifs/{own_id}", {"status": "dropped"}, page=form)
    assert missing_reason.status_code == ReasonMissing.status
    pause = {"state": "on_hold", "reason": "Un bébé arrive"}
    assert holder.post(f"{page(reference)}/etat", {"state": "follow_up"}, page=page(reference)).status_code == 422
    assert holder.post(f"{page(reference)}/etat", pause, page=page(reference)).status_code == 303
    with app.app_context():
        assert row(record_id).state == "on_hold"


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "x"), ("happened_on", "hier"), ("jobs_created", "-1"), ("jobs_created", "99999999999"), ("siret", "1234"),
     ("fte_created", "beaucoup"), ("fte_created", "-2")],
)  # fmt: skip
def test_a_wrong_outcome_is_refused_and_kept_on_the_page(app: Flask, field, value):
    with app.app_context():
        referent = a_coach()
        reference = a_record(referent=referent).reference
        coach = sign_in(app, referent)
    typed = {"kind": "structure_created", "happened_on": "2026-03-14", "legal_form": "Forme gardée", field: value}
    answer = coach.post(f"{page(reference)}/aboutissements", typed, page=f"{page(reference)}/chemin")
    assert answer.status_code == 422
    assert "Forme gardée" in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.scalars(select(Outcome)).all() == []
    assert len(ACHIEVED) == 6
