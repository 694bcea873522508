"""The records of the demo show what a record holds: who somebody was at the beginning, and at the end."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.coaching.models import CoachingRecord
from app.coaching.path_models import Outcome
from app.coaching.situation_models import SituationSnapshot
from app.coaching.situation_rules import FACTS, Moment, said
from app.core.database import db
from dev.seed import holders, situations
from dev.seed.more_projects import PROJECTS
from dev.seed.people import PEOPLE
from dev.seed.story import Story
from tests.builders import sign_in


def test_a_coaching_begins_and_ends_with_a_situation_that_its_person_reads(app: Flask):
    mill = next(one for one in PROJECTS if one.fate == "settled")
    with app.app_context():
        Story().settle_people([one for one in PEOPLE if one.key in {mill.holder, "referent.pes21"}])
        holders.open_record(mill)
        record = db.session.scalars(select(CoachingRecord)).one()
        reference, owner = record.reference, db.session.get_one(User, record.project.members[0].person.user_id)
        holders.part(holders.Made(mill, 0, owner.id))
        known = db.session.scalars(select(SituationSnapshot).order_by(SituationSnapshot.id)).all()
        assert [(one.moment, one.employment) for one in known] == [
            (Moment.ENTRY, "job_seeker"), (Moment.EXIT, "self_employed")
        ]  # fmt: skip
        assert db.session.scalars(select(CoachingRecord.state)).one() == "closed"
        assert len(db.session.scalars(select(Outcome)).all()) == 1
        holder = sign_in(app, owner, proved=True)
    page = holder.get(f"/accompagnement/dossiers/{reference}/situation").get_data(as_text=True)
    for words in ("À l’arrivée", "En recherche d’emploi", "À la fin", "À son compte"):
        assert words in page


def test_the_demo_speaks_in_codes_that_exist_of_people_who_are_coached():
    coached = {one.holder for one in PROJECTS if one.coached}
    assert set(situations.ENTRY) == coached
    for facts in (*situations.ENTRY.values(), situations.EXIT):
        assert said(facts) == facts
        assert set(facts) <= set(FACTS)
