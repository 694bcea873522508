"""After the approval: a correction is noted for everybody, a new text or a new budget goes back to the reviewers."""

from __future__ import annotations

import pytest

from app.campaigns import drafting, services, snapshots
from app.campaigns.errors import ChangedSinceApproval, NotEditable
from app.campaigns.models import Campaign
from app.campaigns.rules import AddedValue, CampaignState, is_major, may_change
from app.core import clock
from app.core.database import db, transaction
from tests.moderation.world import World

STORY = "Nous ouvrons un four au village pour que chaque famille y cuise son pain le samedi matin. " * 4


@pytest.fixture
def approved(world: World) -> World:
    with world.app.app_context(), transaction():
        campaign = db.session.scalars(db.select(Campaign)).one()
        campaign.story_markdown = STORY
    world.propose(world.first)
    assert world.decide(world.second) == 303
    return world


def change(world: World, verb, **values: object) -> None:
    with world.app.app_context(), transaction():
        campaign = db.session.scalars(db.select(Campaign)).one()
        verb(campaign, by=world.holder.user_id, at=clock.now(), **values)


def test_only_the_story_and_the_photograph_are_corrected_once_approved():
    steps = ("projet", "histoire", "image", "valeur-ajoutee", "budget", "contreparties", "calendrier")
    free = [step for step in steps if may_change(CampaignState.APPROVED, step)]
    assert free == ["histoire", "image"]
    assert not any(may_change(CampaignState.SUBMITTED, step) for step in steps)
    assert all(may_change(CampaignState.SUBMITTED, step, is_reopened=True) for step in steps)
    assert is_major(CampaignState.APPROVED, 0.21)
    assert not is_major(CampaignState.APPROVED, 0.2)
    assert not is_major(CampaignState.LIVE, 0.9)


def test_a_correction_stays_approved_and_stands_in_the_public_history(approved: World):
    change(approved, drafting.save_story, story_markdown=STORY.replace("samedi", "dimanche", 1), if_missed="")
    assert approved.state() is CampaignState.APPROVED
    with approved.app.app_context():
        assert not snapshots.has_changed_since_approval(db.session.scalars(db.select(Campaign)).one())
    approved.change(state="live")
    page = approved.app.test_client().get(f"/campagnes/{approved.slug}/historique").get_data(as_text=True)
    assert "Modifiée" in page
    assert "L’histoire" in page
    assert "Solène" not in page


def test_a_new_story_goes_back_to_the_reviewers_who_see_what_changed(approved: World):
    change(approved, drafting.save_story, story_markdown="Envoyez l’argent ailleurs, nous verrons.", if_missed="")
    assert approved.state() is CampaignState.SUBMITTED
    assert approved.do(approved.second, "prendre") == 303
    text = approved.second.get(f"{approved.review_page}/changements").get_data(as_text=True)
    assert "Envoyez l’argent ailleurs, nous verrons.]</ins>" in text


def test_the_holder_takes_it_back_to_change_the_rest_until_somebody_reads_it(approved: World):
    desk = f"/mes-campagnes/{approved.slug}"
    with pytest.raises(NotEditable):
        change(approved, drafting.save_values, arguments={AddedValue.SOCIAL: "Autre."})
    assert approved.first.post(f"{desk}/reprendre", page="/compte").status_code == 404
    assert approved.holder.post(f"{desk}/reprendre", page=desk).status_code == 303
    assert approved.holder.post(f"{desk}/reprendre", page=desk).status_code == 409
    assert approved.holder.get(f"{desk}/budget").status_code == 200
    change(approved, drafting.save_values, arguments={AddedValue.SOCIAL: "Un lieu chauffé."})
    assert approved.do(approved.first, "prendre") == 303
    assert approved.holder.get(f"{desk}/budget").status_code == 303
    with approved.app.app_context():
        campaign = db.session.scalars(db.select(Campaign)).one()
        assert (campaign.reopened_at, campaign.approved_at, campaign.opens_at) == (None, None, None)
    text = approved.first.get(f"{approved.review_page}/changements").get_data(as_text=True)
    assert "chauffé" in text


def test_what_two_persons_did_not_read_never_opens(approved: World):
    approved.change(goal_cents=900_000)
    with pytest.raises(ChangedSinceApproval):
        change(approved, lambda campaign, by, at: services.go_live(campaign, at=at))
