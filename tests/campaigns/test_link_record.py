"""A campaign that came without its record is linked from the record's page, by who coaches there."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from app.accounts.models import User
from app.campaigns import services
from app.campaigns.models import Campaign
from app.campaigns.rules import LINKABLE, CampaignState
from app.coaching import services as coaching
from app.coaching.member_services import add_member, exclude
from app.coaching.models import CoachingRecord, Person, ProjectMember
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from tests.builders import Visitor, a_campaign, a_record, a_user, an_organisation, give, sign_in

SENT = CampaignState.SUBMITTED


@dataclass
class Desk:
    """A record, its campaign that nobody has linked yet, and the people around both."""

    app: Flask
    reference: str
    slug: str
    holder: Visitor
    coach: Visitor

    @property
    def page(self) -> str:
        return f"/accompagnement/dossiers/{self.reference}/relier-une-campagne"

    def shown(self, who: Visitor | None = None) -> str:
        return (who or self.coach).get(self.page).get_data(as_text=True)

    def link(self, who: Visitor | None = None, slug: str = "") -> int:
        return (who or self.coach).post(self.page, {"campaign": slug or self.slug}, page="/compte").status_code

    def is_linked(self, slug: str = "") -> bool:
        with self.app.app_context():
            found = db.session.scalars(db.select(Campaign).where(Campaign.slug == (slug or self.slug))).one()
            return found.coaching_record is not None and found.coaching_record.reference == self.reference

    def somebody(self, role: Role, organisation: str = "pes-21") -> Visitor:
        with self.app.app_context():
            return sign_in(self.app, give(a_user(), role, an_organisation(organisation)))

    def campaign_of(self, email: str, **columns: object) -> str:
        with self.app.app_context():
            owner = db.session.scalars(db.select(User).where(User.email == email)).one()
            return a_campaign(owner, **{"state": SENT, "title": "Le lavoir", **columns}).slug  # type: ignore[arg-type]  # columns of every type, by name

    @property
    def record(self) -> CoachingRecord:
        return db.session.scalars(db.select(CoachingRecord).where(CoachingRecord.reference == self.reference)).one()


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        holder_id = a_user("Camille Fontbelle", "camille@example.org").id
        coach = give(a_user("Inès Verdelet"), Role.COACH, an_organisation())
        coach_id, reference = coach.id, a_record(referent=coach).reference
        slug = a_campaign(db.session.get_one(User, holder_id), state=SENT, title="Le four banal").slug
        holder, coach = (sign_in(app, db.session.get_one(User, one)) for one in (holder_id, coach_id))
    return Desk(app, reference, slug, holder, coach)


def test_the_coach_finds_the_campaign_of_the_person_and_links_it_in_one_click(desk: Desk):
    record = f"/accompagnement/dossiers/{desk.reference}"
    assert f'href="{desk.page}"' in desk.coach.get(record).get_data(as_text=True)
    assert "Le four banal" in desk.shown()
    answer = desk.coach.post(desk.page, {"campaign": desk.slug})
    assert (answer.status_code, answer.location) == (303, record)
    text = desk.coach.get(record).get_data(as_text=True)
    assert "La campagne est reliée à ce dossier." in text
    assert "Le four banal" in text
    assert desk.is_linked()
    assert "Aucune campagne à relier" in desk.shown()


def test_a_second_click_links_it_once_and_says_the_same(desk: Desk):
    assert [desk.link(), desk.link()] == [303, 303]
    with desk.app.app_context():
        assert db.session.query(JournalEntry).filter_by(action="campaign.record_linked").count() == 1


def test_nothing_is_linked_without_the_token_of_the_form(desk: Desk):
    assert desk.coach.client.post(desk.page, data={"campaign": desk.slug}).status_code == 403
    assert not desk.is_linked()


def test_nobody_links_but_who_coaches_or_leads_where_the_record_is(desk: Desk):
    guest = desk.somebody(Role.COACH, "active-71")
    with (
        desk.app.app_context(),
        transaction(),
    ):  # may write in the record: campaigns of a house that is not theirs stay shut
        user = db.session.get_one(User, guest.user_id)
        add_member(desk.record, user, role="co_coach", by=desk.coach.user_id, at=clock.now())
    strangers = [
        desk.holder, guest, desk.somebody(Role.COACH, "active-71"), desk.somebody(Role.MODERATOR),
        desk.somebody(Role.COMMUNICATOR),
    ]  # fmt: skip
    for who in strangers:
        assert who.get(desk.page).status_code == 404
        assert desk.link(who) == 404
    assert not desk.is_linked()
    assert guest.get(f"/accompagnement/dossiers/{desk.reference}").status_code == 200
    assert desk.page not in guest.get(f"/accompagnement/dossiers/{desk.reference}").get_data(as_text=True)
    assert desk.link(desk.somebody(Role.ORGANISATION_LEAD)) == 303


@pytest.mark.parametrize("kind", ["objection", "recusal"])
def test_a_coach_to_whom_the_record_is_closed_neither_sees_nor_links(desk: Desk, kind: str):
    colleague = desk.somebody(Role.COACH)
    assert "Le four banal" in desk.shown(colleague)
    with desk.app.app_context(), transaction():
        exclude(desk.record, colleague.user_id, kind=kind, by=None, at=clock.now(), reason="Une amie.")
    assert colleague.get(desk.page).status_code == 404
    assert desk.link(colleague) == 404
    assert not desk.is_linked()


def test_a_coach_who_carries_the_project_links_nothing_to_it(desk: Desk):
    both = desk.somebody(Role.COACH)
    with desk.app.app_context(), transaction():
        person = coaching.person_for(db.session.get_one(User, both.user_id), at=clock.now())
        db.session.add(ProjectMember(project_id=desk.record.project_id, person_id=person.id))
    assert both.get(desk.page).status_code == 404
    assert desk.link(both) == 404


def test_a_campaign_of_somebody_else_is_neither_shown_nor_linked(desk: Desk):
    with desk.app.app_context():
        a_user("Berthe Collin", "berthe@example.org")
    other = desk.campaign_of("berthe@example.org")
    assert "Le lavoir" not in desk.shown()
    assert desk.link(slug=other) == 404
    assert desk.link(slug="nulle-part") == 404
    assert not desk.is_linked(other)


def test_an_address_that_nobody_has_confirmed_makes_nobody_a_holder(desk: Desk):
    """Typed by a stranger in the public form: it may be anybody's."""
    with desk.app.app_context():
        a_user("Berthe Collin", "berthe@example.org")
        with transaction():
            typed = Person(name="Berthe", email="berthe@example.org", is_unconfirmed=True, created_at=clock.now())
            db.session.add(typed)
            db.session.flush()
            db.session.add(ProjectMember(project_id=desk.record.project_id, person_id=typed.id))
    other = desk.campaign_of("berthe@example.org")
    assert "Le lavoir" not in desk.shown()
    assert desk.link(slug=other) == 404


def test_the_campaign_of_a_co_holder_is_linked_too_with_or_without_an_account_known_to_the_record(desk: Desk):
    with desk.app.app_context():
        a_user(email="berthe@example.org")
        ana_id = a_user(email="ana@example.org").id
    slugs = [desk.campaign_of(f"{name}@example.org") for name in ("ana", "berthe")]
    with desk.app.app_context(), transaction():
        ana = coaching.person_for(db.session.get_one(User, ana_id), at=clock.now())
        berthe = Person(name="Berthe", email="berthe@example.org", created_at=clock.now())  # by her address alone
        db.session.add(berthe)
        db.session.flush()
        for person in (ana, berthe):
            db.session.add(ProjectMember(project_id=desk.record.project_id, person_id=person.id))
    assert desk.shown().count("Le lavoir") >= 2
    assert [desk.link(slug=slug) for slug in slugs] == [303, 303]


def test_who_has_left_the_project_is_no_holder_any_more(desk: Desk):
    with desk.app.app_context(), transaction():
        for member in db.session.scalars(
            db.select(ProjectMember).where(ProjectMember.project_id == desk.record.project_id)
        ):
            member.ended_at = clock.now()
    assert "Le four banal" not in desk.shown()
    assert desk.link() == 404


def test_a_campaign_that_hangs_on_another_record_stays_there(desk: Desk):
    with desk.app.app_context():
        coach = db.session.get_one(User, desk.coach.user_id)
        other_id = a_record(referent=coach, title="Le lavoir").id
        with transaction():
            campaign = db.session.scalars(db.select(Campaign)).one()
            other = db.session.get_one(CoachingRecord, other_id)
            services.link_record(campaign, other, by=desk.coach.user_id, at=clock.now())
    assert "Le four banal" not in desk.shown()
    assert desk.link() == 404
    assert not desk.is_linked()


def test_a_campaign_that_another_organisation_reviews_is_not_shown_to_this_one(desk: Desk):
    with desk.app.app_context():
        there = an_organisation("active-71")
    other = desk.campaign_of("camille@example.org", organisation=there)
    assert "Le lavoir" not in desk.shown()
    assert desk.link(slug=other) == 404


def test_a_draft_is_its_holder_s_alone_and_what_came_to_nothing_is_left_in_peace(desk: Desk):
    left = {CampaignState.DRAFT, CampaignState.REFUSED, CampaignState.WITHDRAWN, CampaignState.CANCELLED}
    assert set(CampaignState) - LINKABLE == left
    for state in CampaignState:
        with desk.app.app_context(), transaction():
            db.session.execute(db.update(Campaign).values(state=state, coaching_record_id=None))
        assert ("Le four banal" in desk.shown()) is (state not in left), state
        assert desk.link() == (404 if state in left else 303), state


def test_a_word_why_there_was_no_record_goes_when_it_is_linked(desk: Desk):
    with desk.app.app_context(), transaction():
        services.set_no_record(db.session.scalars(db.select(Campaign)).one(), "Équipe connue.", by=1, at=clock.now())
    assert desk.link() == 303
    with desk.app.app_context():
        assert db.session.scalars(db.select(Campaign.no_record_reason)).one() == ""
