"""Reviewers read who holds a campaign in law, see it change, ask for it, and are warned of a name they declared."""

from __future__ import annotations

import html as pages

from app.campaigns import snapshots
from app.campaigns.identity_rules import Identity
from app.campaigns.models import Campaign, Snapshot
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.moderation.differences import changes
from app.moderation.interests import facts
from app.moderation.queries import get_case
from tests.accounts.people import words
from tests.moderation.world import World

COMPANY = {"holder_kind": "company", "legal_name": "Fournil partagé", "legal_form": "SCIC",
           "registration": "000000018", "representative": "Albertine Quatremaille"}  # fmt: skip
NOTHING = dict.fromkeys(COMPANY)


def test_the_reviewer_reads_it_whole_and_nobody_without_a_right_does(world: World):
    world.change(**COMPANY)
    page = words(world.first.get(world.review_page))
    assert "Au nom de Fournil partagé Forme juridique SCIC SIREN 000 000 018" in page
    assert "Représentée par Albertine Quatremaille" in page
    assert "La forme du numéro est vérifiée, pas son existence" in page
    for other in (world.elsewhere, world.holder):
        assert other.get(world.review_page).status_code in {403, 404}


def test_a_campaign_sent_before_it_was_asked_says_so_to_them_is_asked_for_it_and_is_not_stopped(world: World):
    world.change(**NOTHING)
    assert "Non renseigné. Cette campagne a été écrite avant" in words(world.first.get(world.review_page))
    world.propose(world.first)
    assert world.decide(world.second) == 303
    assert world.state() is CampaignState.APPROVED


def test_it_is_asked_as_a_change_given_in_the_first_step_and_stands_in_what_changed(world: World):
    world.change(**NOTHING)
    with world.app.app_context(), transaction():
        campaign = db.session.scalars(db.select(Campaign)).one()
        snapshots.take(campaign, "submitted", at=campaign.submitted_at or clock.now())
        kept = db.session.scalars(db.select(Snapshot)).one()
        kept.content = {name: value for name, value in kept.content.items() if name != "holder"}
    assert world.do(world.first, "prendre") == 303
    asked = {"field": "holder", "reason": "incomplete", "text": "Dites qui porte la campagne."}
    assert world.do(world.first, "demandes", **asked) == 303
    assert world.do(world.first, "demandes/envoyer") == 303
    step = f"/mes-campagnes/{world.slug}/projet"
    holder_page = world.holder.get(world.holder_page).get_data(as_text=True)
    assert f'href="{step}"' in holder_page
    form = pages.unescape(world.holder.get(step).get_data(as_text=True))
    version = form.split('name="version"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    project = {"title": "Le four", "tagline": "Du pain.", "commune": "21373", "theme": "food", "version": version}
    assert world.holder.post(step, {**project, **COMPANY, "registration": "000 000 018"}).status_code == 303
    with world.app.app_context():
        campaign = db.session.scalars(db.select(Campaign)).one()
        assert campaign.identity == Identity(*COMPANY.values())
        before = db.session.scalars(db.select(Snapshot)).one().content
        (change,) = (one for one in changes(before, snapshots.content_of(campaign)) if one.field == "holder")
        said = "".join(piece.text for piece in change.pieces)
        assert change.label == "Qui porte la campagne, légalement"
        assert "SIREN" in said
        assert "Albertine Quatremaille" in said


def test_a_declared_name_is_found_in_who_holds_or_represents(world: World):
    world.change(**COMPANY)
    with world.app.app_context():
        said = facts(get_case(world.slug), world.first.user_id).campaign_words
        assert "Albertine Quatremaille" in said
        assert "Fournil partagé" in said
