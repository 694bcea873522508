"""The records of the demo show what a record holds: who somebody was at the beginning, and at the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.campaigns.identity_rules import missing
from app.coaching.models import CoachingRecord
from app.coaching.path_models import Outcome
from app.coaching.situation_models import SituationSnapshot
from app.coaching.situation_rules import FACTS, Moment, said
from app.core import clock
from app.core.database import db
from app.moderation.queries import get_case
from app.network.models import Organisation
from dev.seed import holders, situations
from dev.seed.identities import STRUCTURES, identity_of
from dev.seed.more_projects import PROJECTS
from dev.seed.people import PEOPLE
from dev.seed.story import Story, seconds_to
from tests.builders import sign_in
from tests.campaigns.conftest import a_picture, an_account
from tests.support.days import day_of


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


def test_a_day_of_the_demo_is_the_same_hour_in_paris_also_across_a_change_of_hour():
    late = datetime(2026, 11, 22, 22, 6, tzinfo=UTC)  # 23:06 in Paris
    for day in range(-100, 1):
        there = clock.paris_day(late + timedelta(seconds=seconds_to(day, late)))
        assert (there.date() - day_of(late)).days == day
        assert (there.hour, there.minute) == (23, 6)


def test_the_demo_leaves_no_page_without_somebody_to_write_to(app: Flask):
    with app.app_context():
        Story().settle_people([one for one in PEOPLE if one.key == "administration"])
        Story().settle_contacts()
        addresses = db.session.scalars(select(Organisation.contact_email)).all()
    assert len(addresses) > 5
    assert all(address.endswith(".example.org") for address in addresses)
    assert "bonjour@graine.example.org" in app.test_client().get("/aide").get_data(as_text=True)


def test_every_campaign_of_the_demo_but_the_one_being_written_is_held_by_somebody_said_to_be_invented():
    held = {one.title: identity_of(one, "Camille Fontbelle") for one in PROJECTS}
    assert set(STRUCTURES) <= set(held)
    assert [title for title, identity in held.items() if missing(identity)] == [
        one.title for one in PROJECTS if one.fate == "draft"
    ]
    assert all("inventée)" in identity.name for identity in held.values() if identity.is_given)
    numbers = [identity.number for identity in held.values() if identity.number]
    assert all(number.startswith(("000000", "W000000")) for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert all(reward.postage for one in PROJECTS for reward in one.rewards if reward.nature == "pre_sale")


def test_a_campaign_of_the_demo_hangs_on_its_record_and_the_page_was_read_before_it_was_sent(app: Flask):
    garden = next(one for one in PROJECTS if one.fate == "changes_requested")
    with app.app_context():
        Story().settle_people([one for one in PEOPLE if one.key in {garden.holder, "referent.pes21"}])
        holders.open_record(garden)
        made = holders.write(replace(garden, fate="draft"), a_picture().getvalue())
        an_account(made.owner_id)
        holders.submit(made)
        record = db.session.scalars(select(CoachingRecord)).one()
        assert made.campaign.coaching_record_id == record.id
        assert record.referent_id in get_case(made.campaign.slug).never_decide
        assert record.next_action == "Faire le point sur la collecte"
        assert record.next_action_on > day_of(clock.now())
