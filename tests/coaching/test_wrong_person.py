"""Rights that have ended, rights one gives oneself, people of two organisations: each knocks, and is not let in."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.coaching import (
    member_services,
    message_services,
    path_services,
    policy,
    queries,
    referral_services,
    relay_services,
    services,
)
from app.coaching.errors import ClosedToThem
from app.coaching.levels import MemberRole, Relation
from app.coaching.models import ActionItem, CoachingRecord, Person
from app.coaching.path_models import Objective, Outcome
from app.coaching.path_rules import OutcomeKind
from app.coaching.rules import RecordState
from app.core import clock
from app.core.access import Role, Viewer
from app.core.database import db, transaction
from app.core.text import public_id
from app.network.models import Right
from app.network.queries import rights_of
from tests.builders import a_record, a_user, an_organisation, give, sign_in, with_second_factor
from tests.coaching.scene import Scene
from tests.coaching.test_opinions import consent
from tests.support.days import day_of

THERE = "active-71"


def a_coach(organisation: str = "pes-21") -> int:
    return give(a_user(), Role.COACH, an_organisation(organisation)).id


def also_at(user_id: int, organisation: str) -> None:
    give(db.session.get_one(User, user_id), Role.COACH, an_organisation(organisation))


def row(record_id: int) -> CoachingRecord:
    return db.session.get_one(CoachingRecord, record_id)


def as_viewer(user_id: int) -> Viewer:
    user = db.session.get_one(User, user_id)
    return Viewer(user.id, user.name, user.email, rights_of(user.id), second_factor_ok=True)


def tie(user_id: int, record_id: int) -> Relation:
    return policy.relation(as_viewer(user_id), queries.get_file(row(record_id).reference))


def end_right(user_id: int, organisation: str = "pes-21") -> None:
    place = an_organisation(organisation).id
    with transaction():
        ended = db.update(Right).where(Right.user_id == user_id, Right.organisation_id == place)
        db.session.execute(ended.values(ends_at=clock.now()))


def test_nobody_lets_themselves_read_what_is_confidential_nor_opens_it_without_reading_it(scene: Scene, app: Flask):
    with app.app_context():
        for who in (scene.colleague, scene.lead, scene.referent):
            with_second_factor(db.session.get_one(User, who.user_id))
        colleague, lead, referent = (
            sign_in(app, db.session.get_one(User, who.user_id), proved=True)
            for who in (scene.colleague, scene.lead, scene.referent)
        )
    team = f"/accompagnement/dossiers/{scene.reference}/equipe"
    trusted = {"role": "co_coach", "reason": "Pour voir.", "can_see_restricted": "y"}
    for who, whom in ((colleague, colleague), (colleague, lead), (lead, lead)):
        assert who.post(team, {"email": whom.email, **trusted}).status_code == 422
        with app.app_context():
            assert not tie(whom.user_id, scene.record_id).sees_restricted
    assert referent.post(team, {"email": colleague.email, **trusted}).status_code == 303
    assert colleague.post(team, {"email": lead.email, **trusted}).status_code == 303
    with app.app_context():
        assert tie(colleague.user_id, scene.record_id).sees_restricted
        assert tie(lead.user_id, scene.record_id).sees_restricted


def test_who_works_elsewhere_now_meets_nothing_of_the_organisation_left(app: Flask):
    with app.app_context():
        me, holder = a_coach(), a_user(email="camille@example.org").id
        also_at(me, THERE)
        first = a_record(referent=db.session.get_one(User, me), title="Le four de Mâlain").id
        second = a_record(
            "Zoé Chatillon", "zoe@example.org", referent=db.session.get_one(User, me), title="Le lavoir"
        ).id
        other, given = (
            a_coach(),
            a_record("Ana Lison", "a@example.org", referent=db.session.get_one(User, me), title="La halle"),
        )
        given_id, at = given.id, clock.now()
        with transaction():
            message_services.send(row(first), text="Bonjour", by=holder, at=at)
            referral_services.refer(
                row(second), organisation_id=an_organisation("fdfr").id, to_name="", need="Un local",
                consent_on=day_of(at), by=me, at=at,
            )  # fmt: skip
            relay_services.hand_over(row(given_id), to_user_id=other, words="À toi.", by=me, at=at)
        before = sign_in(app, db.session.get_one(User, me))
    pages = ("/accompagnement", "/accompagnement/orientations")
    shown = "".join(before.get(page).get_data(as_text=True) for page in pages)
    assert all(words in shown for words in ("Le four de Mâlain", "Le lavoir", "Zoé Chatillon", "La halle"))
    with app.app_context():
        end_right(me)
        after = sign_in(app, db.session.get_one(User, me))
    shown = "".join(after.get(page).get_data(as_text=True) for page in pages)
    assert [words for words in ("Le four", "Le lavoir", "Zoé", "La halle") if words in shown] == []


def test_a_co_coach_who_left_the_organisation_they_came_for_reads_no_more_although_a_coach_elsewhere(ctx: None):
    referent, member = a_coach(), a_coach()
    record_id = a_record(referent=db.session.get_one(User, referent)).id
    with transaction():
        member_services.add_member(
            row(record_id), db.session.get_one(User, member), role=MemberRole.CO_COACH, by=referent, at=clock.now(),
            reason="utile", can_see_restricted=True,
        )  # fmt: skip
    also_at(member, THERE)
    assert tie(member, record_id).sees_restricted
    end_right(member)
    assert not tie(member, record_id).may_open
    assert not tie(member, record_id).sees_restricted


def test_a_guest_is_shown_to_the_holder_with_their_own_organisation(scene: Scene, app: Flask):
    page = f"/accompagnement/dossiers/{scene.reference}/equipe"
    guest = {"email": scene.elsewhere.email, "role": "partner", "reason": "Elle connaît les fours."}
    assert scene.referent.post(page, guest).status_code == 422, "nobody agreed to sharing within the network"
    assert scene.elsewhere.get(f"/accompagnement/dossiers/{scene.reference}").status_code == 404
    assert scene.referent.post(page, {**guest, "email": scene.colleague.email}).status_code == 303, "of the same house"
    consent(app, scene)
    assert scene.referent.post(page, guest).status_code == 303
    with app.app_context():
        readers = queries.get_file(scene.reference).readers
        shown = [one.organisation for one in readers if one.user_id == scene.elsewhere.user_id]
        assert shown == [an_organisation(THERE).name]


def test_a_record_goes_to_the_organisation_chosen_of_the_two_where_somebody_coaches(app: Flask):
    with app.app_context():
        old, new = a_coach(), a_coach(THERE)
        also_at(new, "fdfr")
        record = a_record(referent=db.session.get_one(User, old))
        record_id, page = record.id, f"/accompagnement/dossiers/{record.reference}/transmettre"
        sender, wanted = sign_in(app, db.session.get_one(User, old)), an_organisation("fdfr")
        wanted_id, wanted_name = wanted.id, wanted.name
    options = re.findall(r'<option value="([^"]+)">([^<]+)', sender.get(page).get_data(as_text=True))
    chosen = next(value for value, words in options if words.startswith(wanted_name))
    assert sender.post(page, {"referent": chosen, "summary": "Où nous en sommes."}).status_code == 303
    with app.app_context():
        assert (row(record_id).organisation_id, row(record_id).referent_id) == (wanted_id, new)


def test_a_record_is_given_neither_to_who_is_refused_there_nor_to_its_holder(ctx: None):
    old, refused = a_coach(), a_coach()
    record_id = a_record(referent=db.session.get_one(User, old)).id
    holder = give(a_user(email="camille@example.org"), Role.COACH, an_organisation()).id
    with transaction():
        member_services.exclude(row(record_id), refused, kind="objection", by=None, at=clock.now())
    for wrong in (refused, holder):
        also_at(wrong, THERE)
        with pytest.raises(ClosedToThem), transaction():
            relay_services.hand_over(row(record_id), to_user_id=wrong, words="À toi.", by=old, at=clock.now())
        with pytest.raises(ClosedToThem), transaction():
            relay_services.transfer(
                row(record_id), organisation_id=an_organisation(THERE).id, referent_id=wrong, summary="Voilà.", by=old,
                at=clock.now(),
            )  # fmt: skip
    assert row(record_id).referent_id == old


def test_an_observer_ticks_nothing(scene: Scene, app: Flask):
    with app.app_context():
        observer, by, at = a_user().id, scene.referent.user_id, clock.now()
        with transaction():
            record = row(scene.record_id)
            member_services.add_member(
                record, db.session.get_one(User, observer), role=MemberRole.OBSERVER, by=by, at=at, reason="visite"
            )
            action = services.add_action(record, text="Appeler", owner="coach", due_on=None, by=by, at=at)
            objective = path_services.add_objective(record, text="Un but", owner="coach", due_on=None, by=by, at=at)
            db.session.flush()
            action_id, objective_id = action.id, objective.id
        visitor = sign_in(app, db.session.get_one(User, observer))
    page = f"/accompagnement/dossiers/{scene.reference}"
    assert visitor.get(page).status_code == 200
    assert visitor.post(f"{page}/actions/{action_id}", page="/compte").status_code == 404
    said = visitor.post(f"{page}/objectifs/{objective_id}", {"status": "done", "reason": ""}, page="/compte")
    assert said.status_code == 404
    with app.app_context():
        assert db.session.get_one(ActionItem, action_id).done_at is None
        assert db.session.get_one(Objective, objective_id).status == "planned"


def test_the_address_first_noted_opens_nothing_once_its_person_has_joined_with_another(ctx: None):
    record_id = a_record(referent=db.session.get_one(User, a_coach()), holder_email="asso@example.org").id
    joined = a_user(email="camille@example.org").id
    with transaction():
        db.session.execute(db.update(Person).where(Person.email == "asso@example.org").values(user_id=joined))
    next_one = a_user(email="asso@example.org").id
    assert tie(joined, record_id).is_holder
    assert not tie(next_one, record_id).may_open
    assert queries.of_holder(next_one, "asso@example.org") == []


def test_what_ends_after_midnight_in_paris_belongs_to_the_new_year(ctx: None):
    referent, at = a_coach(), datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    record_id = a_record(referent=db.session.get_one(User, referent)).id
    with transaction():
        path_services.write_move(row(record_id), RecordState.WELCOMED, by=referent, at=at)
        path_services.close(
            row(record_id), result=OutcomeKind.EMPLOYED, words="Un emploi.", drop_actions=True, by=referent, at=at
        )
    assert db.session.scalars(select(Outcome.happened_on)).one() == date(2027, 1, 1)


def test_nothing_has_happened_on_a_day_that_has_not_come(scene: Scene, app: Flask):
    with app.app_context():
        with_second_factor(db.session.get_one(User, scene.referent.user_id))
        referent = sign_in(app, db.session.get_one(User, scene.referent.user_id), proved=True)
        today = day_of(clock.now())
    record, tomorrow = f"/accompagnement/dossiers/{scene.reference}", (today + timedelta(days=1)).isoformat()
    welcome = {
        "kind": "welcome",
        "happened_on": tomorrow,
        "duration_min": "45",
        "text": "Accueil.",
        "visibility": "team",
    }
    outcome = {"kind": "structure_created", "happened_on": tomorrow}
    for page, path, typed in ((f"{record}/noter", "noter", welcome), (f"{record}/chemin", "aboutissements", outcome)):
        held = {"attendance": "held", "draft_id": public_id(), **typed}
        assert referent.post(f"{record}/{path}", held, page=page).status_code == 422, path
        held["happened_on"] = today.isoformat()
        assert referent.post(f"{record}/{path}", held, page=page).status_code == 303, path
