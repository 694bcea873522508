"""The situation of a person: confidential for everybody but them, in no mail, counted only, gone when it must."""

from __future__ import annotations

import itertools
from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.coaching import services
from app.coaching.level_queries import readable
from app.coaching.levels import Relation, may_read_item
from app.coaching.models import CoachingRecord, Person, ProjectMember
from app.coaching.situation_models import SituationSnapshot
from app.coaching.situation_rules import said
from app.core import clock
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from tests.builders import sign_in, with_second_factor
from tests.coaching.test_path import coached
from tests.coaching.test_privacy import rights, unpacked
from tests.support.days import day_of


def proved(app, user_id: int):
    with app.app_context():
        with_second_factor(db.session.get_one(User, user_id))
        return sign_in(app, db.session.get_one(User, user_id), proved=True)


def rows(app) -> list[tuple[str, str, str, str]]:
    with app.app_context():
        found = db.session.scalars(select(SituationSnapshot).order_by(SituationSnapshot.id))
        return [(str(one.moment), one.employment, one.on_social_minimum, one.lives_in_qpv) for one in found]


def person_of(app, scene) -> int:
    with app.app_context():
        return db.session.scalars(select(Person.id).where(Person.email == "camille@example.org")).one()


def test_only_what_was_answered_is_kept():
    assert said({"employment": "unknown", "education": "", "household": "château", "lives_in_qpv": "no"}) == {
        "lives_in_qpv": "no"
    }


def test_a_situation_is_said_read_by_an_act_and_shown_to_nobody_else(app, scene):
    page = f"/accompagnement/dossiers/{scene.reference}/situation"
    person, today = person_of(app, scene), day_of(clock.real_now()).isoformat()
    typed = {
        "person": person,
        "moment": "entry",
        "happened_on": today,
        "on_social_minimum": "yes",
        "education": "bac_3",
    }
    assert scene.referent.get(page).status_code == 303, "no second factor, no confidential facts"
    referent = proved(app, scene.referent.user_id)
    for other in (scene.colleague, scene.lead, scene.elsewhere, scene.admin, scene.stranger):
        assert other.get(page).status_code == 404
        assert other.post(page, typed, page="/mon-compte").status_code == 404
    nothing = {**typed, "on_social_minimum": "unknown", "education": ""}
    assert referent.post(page, nothing).status_code == 422
    assert referent.post(page, {**typed, "person": person + 1}).status_code == 422
    assert referent.post(page, {**typed, "moment": "hier"}).status_code == 422
    for _click in range(2):
        assert referent.post(page, typed).status_code == 303
    assert rows(app) == [("entry", "unknown", "yes", "unknown")]
    assert "Bac + 3" not in referent.get(page).get_data(as_text=True).split("<form")[0]
    read = referent.post(f"{page}/lire", page=page).get_data(as_text=True)
    assert "Bac + 3 et plus" in read.split("Dire la situation")[0]
    later = {"person": person, "moment": "entry", "happened_on": today, "employment": "job_seeker"}
    assert scene.holder.post(page, later).status_code == 303
    assert rows(app) == [("entry", "job_seeker", "yes", "unknown")], "what is not answered stays"
    shown = scene.holder.get(page).get_data(as_text=True).split("Dire la situation")[0]
    assert "En recherche d’emploi" in shown
    assert "Bac + 3 et plus" in shown
    assert scene.holder.post(f"{page}/lire", page=page).status_code == 404, "for the team, who is written down"
    with app.app_context():
        kinds = db.session.scalars(select(JournalEntry.action).where(JournalEntry.action.like("situation.%"))).all()
        assert sorted(kinds) == ["situation.read", "situation.said", "situation.said", "situation.said"]
        assert db.session.scalars(select(OutboxMail)).all() == []
    words, _names = unpacked(scene.holder.post(f"{rights(scene)}/recevoir", page=rights(scene)))
    assert words.count("En recherche d’emploi") == 2
    for address in (f"/accompagnement/dossiers/{scene.reference}", "/accompagnement", "/accompagnement/chercher?q=bac"):
        assert "Bac + 3" not in referent.get(address).get_data(as_text=True)


def test_the_situation_at_the_end_is_asked_when_closing_and_goes_when_that_is_taken_back(app, scene):
    with app.app_context():
        coached(scene.referent.user_id, scene.record_id)
    referent, close = proved(app, scene.referent.user_id), f"/accompagnement/dossiers/{scene.reference}/clore"
    assert "minimum social" not in scene.colleague.get(close).get_data(as_text=True), (
        "nobody writes what they do not read"
    )
    assert "minimum social" in referent.get(close).get_data(as_text=True)
    typed = {"result": "employed", "reason": "Bonne route.", "employment": "employee", "lives_in_qpv": "no"}
    assert referent.post(close, typed).status_code == 303
    assert rows(app) == [("exit", "employee", "unknown", "no")]
    back = f"/accompagnement/dossiers/{scene.reference}"
    assert referent.post(f"{close}/annuler", page=back).status_code == 303
    assert rows(app) == []
    by_colleague = scene.colleague.post(close, {**typed, "reason": "Fin."})
    assert by_colleague.status_code == 303
    assert rows(app) == [], "what the form does not ask is not taken"


def test_of_two_holders_each_reads_their_own_and_it_goes_with_who_leaves(app, scene):
    first = person_of(app, scene)
    with app.app_context(), transaction():
        record = db.session.get_one(CoachingRecord, scene.record_id)
        other = services.person_for(db.session.get_one(User, scene.stranger.user_id), at=clock.now())
        db.session.add(ProjectMember(project_id=record.project_id, person_id=other.id))
        second = other.id
    page, today = f"/accompagnement/dossiers/{scene.reference}/situation", day_of(clock.real_now()).isoformat()
    for who, person, household in ((scene.holder, first, "alone_children"), (scene.stranger, second, "couple")):
        typed = {"moment": "entry", "happened_on": today, "household": household}
        assert who.post(page, {**typed, "person": person}).status_code == 303
        assert who.post(page, {**typed, "person": first + second - person}).status_code == 422, "for oneself only"
    said_by = scene.holder.get(page).get_data(as_text=True).split("Dire la situation")[0]
    assert "Seul·e avec enfants" in said_by
    assert "En couple" not in said_by
    words, _names = unpacked(scene.stranger.post(f"{rights(scene)}/recevoir", page=rights(scene)))
    assert "En couple" in words
    assert "Seul·e avec enfants" not in words
    assert scene.holder.post(f"{rights(scene)}/effacement", {"words": ""}, page=rights(scene)).status_code == 303
    asked = scene.lead.get("/accompagnement/droits").get_data(as_text=True)
    name = asked.split("/accompagnement/droits/")[1].split('"')[0]
    assert scene.lead.post(f"/accompagnement/droits/{name}", {"decision": "erase"}).status_code == 303
    with app.app_context():
        left = {one.about_id: one.household for one in db.session.scalars(select(SituationSnapshot))}
        assert left == {first: "", second: "couple"}


def test_the_query_and_the_rule_agree_on_every_situation(app, scene):
    person, at = person_of(app, scene), clock.real_now()
    with app.app_context():
        record = db.session.get_one(CoachingRecord, scene.record_id)
        owner, record_id = record.organisation_id, record.id
        with transaction():
            for n, (organisation, author) in enumerate(
                itertools.product((owner, owner + 1), (scene.referent.user_id, scene.holder.user_id))
            ):
                day = day_of(at + timedelta(days=n))
                db.session.add(
                    SituationSnapshot(
                        record_id=record_id, about_id=person, organisation_id=organisation, author_id=author,
                        moment="follow_up", happened_on=day, created_at=at,
                    )
                )  # fmt: skip
        rows_ = list(db.session.scalars(select(SituationSnapshot)))
        yes_no = (False, True)
        for flags in itertools.product(
            yes_no, yes_no, yes_no, yes_no, ((), (person,), (person + 1,)), ((), (owner + 1,))
        ):
            is_holder, is_referent, glass, excluded, persons, works_at = flags
            tie = Relation(
                user_id=scene.referent.user_id, owner_id=owner, is_holder=is_holder, is_referent=is_referent,
                has_broken_glass=glass, is_excluded=excluded, person_ids=frozenset(persons),
                works_at=frozenset(works_at),
            )  # fmt: skip
            by_rule = {one.id for one in rows_ if may_read_item(tie, one)}
            by_query = set(db.session.scalars(select(SituationSnapshot.id).where(readable(SituationSnapshot, tie))))
            assert by_query == by_rule, tie
