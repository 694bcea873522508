"""Who may never decide, read by doing it: every link and every wrong pair at the real doors."""

from __future__ import annotations

import pytest

from app.accounts.models import User
from app.campaigns.models import Campaign, CampaignMember
from app.campaigns.rules import CampaignState
from app.coaching.models import Person, ProjectMember
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.moderation.models import Decision, InterestStatement, Review
from app.network.models import Organisation
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from tests.builders import a_user, an_organisation, give, sign_in
from tests.moderation.world import REFUSAL, World


def open_to(world: World, who) -> set[str]:
    """What of a review a person can still read."""
    pages = ("", "/page", "/changements")
    return {page for page in pages if who.get(f"{world.review_page}{page}").status_code == 200}


def test_a_recused_person_neither_reads_nor_does_anything(world: World):
    assert world.do(world.first, "prendre") == 303
    assert world.do(world.first, "deport", reason="Ma sœur porte ce projet.") == 303
    assert open_to(world, world.first) == set()
    assert world.first.get(f"/mes-campagnes/{world.slug}/apercu").status_code == 404
    for act in ("prendre", "rendre", "liste", "avis", "proposer-refus", "decider", "renvoyer", "demandes", "vigilance"):
        assert world.do(world.first, act, no_interest="y") == 404, act
    world.propose(world.second)
    assert world.decide(world.first) == 404
    assert world.slug not in world.first.get("/moderation").get_data(as_text=True)


@pytest.mark.parametrize("link", ["team", "left the team", "backer by account", "backer by address", "coach"])
def test_a_friend_of_the_project_can_never_be_the_second_person(world: World, link: str):
    world.propose(world.first)
    user_id, email = world.second.user_id, world.second.email
    with world.app.app_context(), transaction():
        campaign = db.session.scalars(db.select(Campaign)).one()
        if "team" in link:
            ended = clock.now() if link == "left the team" else None
            db.session.add(CampaignMember(campaign_id=campaign.id, user_id=user_id, role="team", ended_at=ended))
        elif "backer" in link:
            db.session.add(
                Pledge(
                    public_id="p", form_key="f", campaign_id=campaign.id, name="M", amount_cents=500,
                    user_id=user_id if link == "backer by account" else None, state=PledgeState.AUTHORISED,
                    email=email if link == "backer by address" else "autre@example.org", consent_version="1",
                    created_at=clock.now(),
                )
            )  # fmt: skip
        else:
            campaign.coaching_record.referent_id = user_id
    assert world.decide(world.second, words="Aucun lien.") in {403, 404}
    assert world.state() is CampaignState.SUBMITTED
    if "team" in link:
        assert open_to(world, world.second) == set()


def test_the_second_person_says_their_interests_too(world: World):
    world.propose(world.first)
    assert world.do(world.second, "decider") == 422
    assert world.state() is CampaignState.SUBMITTED
    assert world.decide(world.second) == 303
    with world.app.app_context():
        said = set(db.session.scalars(db.select(InterestStatement.user_id)))
    assert said == {world.first.user_id, world.second.user_id}


def test_a_large_goal_is_decided_by_somebody_of_another_organisation(world: World):
    world.change(goal_cents=1_000_000)
    world.propose(world.first)
    with world.app.app_context():
        review = db.session.scalars(db.select(Review)).one()
        asked = db.session.get_one(Organisation, review.second_organisation_id)
        assert review.cross_reason == "amount"
        assert asked.slug.startswith("active-71")
    assert world.mails(world.elsewhere.email) == ["Une décision attend une deuxième personne"]
    assert world.mails(world.second.email) == []
    assert world.decide(world.second) == 403, "a colleague of the first"
    assert world.slug in world.elsewhere.get("/moderation").get_data(as_text=True)
    assert world.do(world.elsewhere, "liste", in_region="ok") == 404, "asked to decide, not to rewrite"
    answer = world.elsewhere.post(f"{world.review_page}/decider", {"no_interest": "y"}, page="/compte")
    assert answer.headers["Location"].endswith("/moderation"), "not to a page that has just closed"
    assert world.state() is CampaignState.APPROVED
    assert open_to(world, world.elsewhere) == set(), "asked once, closed after"


def test_who_works_in_both_organisations_is_not_of_another_one(world: World):
    world.change(goal_cents=1_000_000)
    both = world.also(world.elsewhere, Role.COACH)
    other = world.moderator("active-71")
    world.propose(world.first)
    assert world.mails(other.email) == ["Une décision attend une deuxième personne"]
    assert world.decide(both) == 403
    assert world.decide(other) == 303


def test_a_flag_asks_for_another_organisation_whatever_the_amount(world: World):
    world.ready_to_propose(world.first)
    assert world.do(world.first, "vigilance", reason="") == 422
    assert world.do(world.first, "vigilance", reason="Un compte ouvert hier.") == 303
    world.do(world.first, "proposer-approbation", no_interest="y")
    assert world.decide(world.second) == 403
    assert world.decide(world.elsewhere) == 303


def test_the_houses_own_campaign_is_decided_elsewhere(world: World):
    world.also(world.holder, Role.COACH)
    world.ready_to_propose(world.first)
    assert world.do(world.first, "proposer-approbation", no_interest="y") == 422, "a colleague explains first"
    assert world.do(world.first, "proposer-approbation", no_interest="y", words="Pas le même service.") == 303
    assert world.decide(world.second, words="Moi non plus.") == 403
    assert world.decide(world.elsewhere) == 303


def test_nobody_free_at_home_asks_the_pool_of_the_network_by_turns(world: World):
    world.do(world.second, "deport", reason="Cousins.")
    world.do(world.referent, "deport", reason="Je les accompagne.")
    world.propose(world.first)
    assert world.mails(world.elsewhere.email) == ["Une décision attend une deuxième personne"]
    assert world.decide(world.elsewhere) == 303


def test_nobody_left_to_read_passes_the_file_on_and_its_holder_learns_to_whom(world: World):
    for person in (world.second, world.referent, world.first):
        world.do(person, "deport", reason="Nous travaillons ensemble.")
    with world.app.app_context():
        organisation = db.session.scalars(db.select(Campaign)).one().organisation
        assert organisation.slug.startswith("active-71")
    assert world.do(world.elsewhere, "prendre") == 303
    assert "Votre campagne est bien arrivée" in world.mails("camille@example.org")
    assert open_to(world, world.first) == set()


def test_nobody_anywhere_relaxes_no_rule(world: World):
    world.change(goal_cents=2_000_000)
    world.also(world.elsewhere, Role.COACH)
    with world.app.app_context():
        admin = sign_in(world.app, give(a_user(), Role.PLATFORM_ADMIN))
    world.propose(world.first)
    assert world.mails(admin.email) == ["Une campagne attend une personne"]
    assert world.decide(world.second) == 403
    assert world.state() is CampaignState.SUBMITTED


def test_an_appeal_is_decided_by_others_of_another_organisation(world: World):
    world.do(world.first, "prendre")
    world.do(world.first, "proposer-refus", **REFUSAL)
    assert world.decide(world.second) == 303
    assert world.state() is CampaignState.REFUSED
    desk = f"/mes-campagnes/{world.slug}"
    assert world.holder.post(f"{desk}/recours", {"words": "Le bail est signé."}, page=desk).status_code == 303
    with world.app.app_context():
        slug = db.session.scalars(db.select(Campaign)).one().organisation.slug
    deciders = [world.also(visitor, Role.MODERATOR, slug) for visitor in (world.first, world.second)]
    readers = [world.moderator(slug) for _ in range(2)]
    for decider in deciders:
        assert world.do(decider, "prendre") == 403, "took part in the refusal"
    assert world.do(readers[0], "prendre") == 303
    assert "Le bail est signé." in readers[0].get(world.review_page).get_data(as_text=True)
    assert world.do(readers[0], "proposer-refus", **REFUSAL) == 303
    for decider in deciders:
        assert world.decide(decider) in {403, 404}
    assert world.decide(readers[1]) == 303
    with world.app.app_context():
        assert [d.is_appeal for d in db.session.scalars(db.select(Decision).order_by(Decision.id))] == [False, True]
    assert world.holder.post(f"{desk}/recours", {"words": "Encore."}, page=desk).status_code == 422


def co_holder(world: World, *organisations: str, ended: bool = False) -> None:
    """Somebody who carries the project too, with a right in each of these organisations."""
    with world.app.app_context():
        user_id = a_user("Ana Lison", "ana@example.org").id
        for slug in organisations:
            give(db.session.get_one(User, user_id), Role.COACH, an_organisation(slug))
        with transaction():
            campaign = db.session.scalars(db.select(Campaign)).one()
            person = Person(name="Ana Lison", email="ana@example.org", user_id=user_id, created_at=clock.now())
            db.session.add(person)
            db.session.flush()
            gone = clock.now() if ended else None
            db.session.add(ProjectMember(project_id=campaign.project_id, person_id=person.id, ended_at=gone))


@pytest.mark.parametrize(("ended", "wanted"), [(False, True), (True, False)])
def test_a_campaign_of_somebody_who_carries_it_with_its_owner_is_the_house_own_too(
    world: World, ended: bool, wanted: bool
):
    co_holder(world, "pes-21", ended=ended)
    world.ready_to_propose(world.first)
    said = {"no_interest": "y", "words": "Une collègue, que je ne connais pas."}
    assert world.do(world.first, "proposer-approbation", **said) == 303
    with world.app.app_context():
        review = db.session.scalars(db.select(Review)).one()
        assert bool(review.cross_reason) is wanted
        assert bool(review.second_organisation_id) is wanted
    assert world.decide(world.second) == (403 if wanted else 303)


def test_the_second_organisation_is_no_house_of_who_holds_the_campaign(world: World):
    with world.app.app_context():
        house = an_organisation("active-71").id
    world.change(goal_cents=1_500_000)
    co_holder(world, "active-71")
    other = world.moderator("fdfr-89")
    world.propose(world.first)
    with world.app.app_context():
        chosen = db.session.scalars(db.select(Review.second_organisation_id)).one()
        assert chosen is not None
        assert chosen != house
        assert chosen == an_organisation("fdfr-89").id
    assert world.decide(other) == 303
