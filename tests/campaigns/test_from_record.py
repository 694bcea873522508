"""A campaign grows from a coaching record, and the record hears of it by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.coaching import services as coaching
from app.coaching.models import CoachingRecord, ProjectMember
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.journal import record as journal
from app.core.outbox import OutboxMail
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from tests.builders import Visitor, a_campaign, a_record, a_user, an_organisation, give, sign_in


@pytest.fixture
def people(app: Flask) -> dict[str, Visitor | str]:
    """A coach, a holder with an account and a friend of the project; the record knows a summary and a theme."""
    with app.app_context():
        holder_id = a_user("Camille Fontbelle", "camille@example.org").id
        friend_id = a_user("Ana Seguin", "ana@example.org").id
        coach = give(a_user("Inès Verdelet"), Role.COACH, an_organisation())
        reference = a_record(referent=coach).reference
        with transaction():
            record = db.session.scalars(db.select(CoachingRecord)).one()
            record.project.summary, record.project.themes = "Un four pour cuire ensemble.", ["inconnu", "food"]
            coaching.person_for(db.session.get_one(User, holder_id), at=clock.now())
            friend = coaching.person_for(db.session.get_one(User, friend_id), at=clock.now())
            db.session.add(ProjectMember(project_id=record.project_id, person_id=friend.id))
        visitors = {
            name: sign_in(app, db.session.scalars(db.select(User).where(User.name == full)).one())
            for name, full in (("holder", "Camille Fontbelle"), ("coach", "Inès Verdelet"), ("friend", "Ana Seguin"))
        }
        stranger = sign_in(app, give(a_user(), Role.COACH, an_organisation("active-71")))
    return {"reference": reference, "stranger": stranger, **visitors}


def test_a_coach_prepares_a_campaign_that_belongs_to_the_holder(app: Flask, people):
    page = f"/accompagnement/dossiers/{people['reference']}"
    assert people["stranger"].post(f"{page}/preparer-une-campagne", page="/compte").status_code == 404
    for _ in range(2):
        assert people["coach"].post(f"{page}/preparer-une-campagne", page="/compte").status_code == 303
    with app.app_context():
        made = db.session.scalars(db.select(Campaign)).one()
        assert (made.owner_id, made.title, made.theme) == (people["holder"].user_id, "Le four du village", "food")
        assert made.story_markdown == "Un four pour cuire ensemble."
        assert made.coaching_record.reference == people["reference"]
        assert {member.user_id for member in made.members} == {people["holder"].user_id, people["friend"].user_id}
        told = list(db.session.scalars(db.select(OutboxMail.subject)))
        slug = made.slug
    assert told == ["Une campagne est préparée pour vous"]
    assert people["coach"].get(f"/mes-campagnes/{slug}").status_code == 404, "the draft is the holder's"
    assert people["holder"].get(f"/mes-campagnes/{slug}").status_code == 200
    assert "Brouillon commencé" in people["coach"].get(page).get_data(as_text=True)


def test_without_an_account_the_coach_is_told_to_invite_first(app: Flask, people):
    with app.app_context():
        coach = db.session.get_one(User, people["coach"].user_id)
        other = a_record("Berthe Collin", "berthe@example.org", referent=coach, title="La laine").reference
    page = f"/accompagnement/dossiers/{other}"
    people["coach"].post(f"{page}/preparer-une-campagne", page="/compte")
    assert "pas encore de compte" in people["coach"].get(page).get_data(as_text=True)
    with app.app_context():
        assert db.session.scalars(db.select(Campaign)).all() == []


def test_the_record_hears_milestones_and_shares_of_the_goal_by_itself(app: Flask, people):
    page = f"/accompagnement/dossiers/{people['reference']}"
    with app.app_context():
        record = db.session.scalars(db.select(CoachingRecord)).one()
        record_id, at = record.id, clock.now()
        campaign = a_campaign(db.session.get_one(User, people["holder"].user_id), state="live", record=record)
        campaign_id = campaign.id
        with transaction():
            journal("campaign.open", on=db.session.get_one(Campaign, campaign_id), by=None, at=at)
            for n, cents in enumerate((20_000, 10_000, 25_000, 44_999, 99_000)):
                state = PledgeState.WITHDRAWN if n == 4 else PledgeState.AUTHORISED
                db.session.add(
                    Pledge(
                        public_id=f"p{n}", form_key=f"f{n}", campaign_id=campaign_id, name="N", amount_cents=cents,
                        email="n@example.org", state=state, consent_version="1", created_at=at,
                        authorised_at=at + timedelta(hours=n),
                    )
                )  # fmt: skip
        shares = [(one.action, one.at) for one in pledges.campaigns_of_record(record_id)[1] if "share" in one.action]
        assert shares == [("share.25", at + timedelta(hours=1)), ("share.50", at + timedelta(hours=2))]
    text = people["coach"].get(page).get_data(as_text=True)
    assert "Mise en ligne" in text
    assert "La moitié de l’objectif" in text
    assert "Objectif atteint" not in text
