"""Taken, admissible, in review; the clock of what was promised; what has changed since the last reading."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.accounts.models import User
from app.campaigns import snapshots
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.moderation.checklist_rules import ADMISSIBILITY, CHECKLISTS, is_admissible
from app.moderation.jobs import chase
from app.moderation.models import ChangeRequest, Decision, Review
from app.moderation.rules import CHECKLIST, days_with_us
from tests.builders import give, sign_in
from tests.moderation.world import World


def phase(world: World) -> str:
    with world.app.app_context():
        return str(db.session.scalars(db.select(Review.phase).order_by(Review.id.desc())).first())


def test_a_review_goes_from_taken_to_admissible_to_in_review_and_its_holder_hears_of_it(world: World):
    world.do(world.first, "prendre")
    assert phase(world) == "taken"
    world.do(world.first, "liste", in_region="ok", lawful="to_fix")
    assert phase(world) == "admissibility"
    assert "recevabilité" in world.holder.get(world.holder_page).get_data(as_text=True)
    world.do(world.first, "liste", **dict.fromkeys(ADMISSIBILITY, "ok"))
    assert phase(world) == "in_review"
    world.do(world.first, "liste", **dict.fromkeys(ADMISSIBILITY, "ok"))
    assert world.mails("camille@example.org").count("Votre campagne est recevable") == 1
    world.do(world.first, "liste", in_region="ok", lawful="to_fix")
    assert phase(world) == "admissibility", "what is no longer admissible goes back"


def test_a_review_keeps_the_version_of_its_checklist(world: World):
    world.do(world.first, "prendre")
    with world.app.app_context(), transaction():
        db.session.execute(db.update(Review).values(checklist_version=1))
    text = world.first.get(world.review_page).get_data(as_text=True)
    assert "Version 1" in text
    assert "Un premier cercle" not in text
    world.do(world.first, "liste", **dict.fromkeys(CHECKLIST, "ok"))
    with world.app.app_context():
        assert set(db.session.scalars(db.select(Review.checklist)).one()) == set(CHECKLISTS[1])


@pytest.mark.parametrize("version", sorted(CHECKLISTS))
def test_one_open_blocking_point_of_the_first_part_is_enough_to_stop_there(version):
    hard = [code for code, blocking in CHECKLISTS[version].items() if blocking and code in ADMISSIBILITY]
    answers = dict.fromkeys(hard, "ok")
    assert is_admissible(answers, version)
    for code in hard:
        assert not is_admissible({**answers, code: "to_fix"}, version)


def test_waiting_for_the_holder_does_not_count_and_an_appeal_begins_anew():
    day = date(2026, 11, 2)  # a Monday; the 11th is a public holiday
    events = [("campaign.submitted", day), ("campaign.taken", day), ("campaign.request_changes", day + timedelta(2))]
    assert days_with_us(events, day + timedelta(30)) == 2
    again = [*events, ("campaign.resubmitted", day + timedelta(7))]
    assert days_with_us(again, day + timedelta(10)) == 2 + 2
    appealed = [*again, ("campaign.refuse", day + timedelta(8)), ("campaign.appealed", day + timedelta(14))]
    assert days_with_us(appealed, day + timedelta(15)) == 1


def test_a_request_is_cancelled_without_losing_its_words(world: World):
    world.do(world.first, "prendre")
    world.do(world.first, "demandes", field="goal", reason="outdated", text="Le devis a un an.")
    world.do(world.first, "demandes/envoyer")
    with world.app.app_context():
        number = db.session.scalars(db.select(ChangeRequest.id)).one()
    for _ in range(2):
        assert world.do(world.first, f"demandes/{number}/annuler") == 303
    text = world.holder.get(world.holder_page).get_data(as_text=True)
    assert "Le devis a un an." in text
    assert "annulée : rien à faire" in text.replace("\u00a0", " ")
    assert "Renvoyer ma campagne" in text
    assert world.mails("camille@example.org").count("Une demande est annulée") == 1
    answer = f"{world.holder_page}/demandes/{number}"
    assert world.holder.post(answer, {"answer": "Voici."}, page="/compte").status_code == 403


def test_the_differences_since_last_time_are_words_with_marks(world: World):
    world.do(world.first, "prendre")
    with world.app.app_context(), transaction():
        campaign = db.session.scalars(db.select(Campaign)).one()
        snapshots.take(campaign, "submitted", at=clock.now() - timedelta(days=2))
        campaign.story_markdown = "Bonjour à tout le village <b>."
        campaign.rewards[0].title = "Deux miches"
        campaign.budget_lines[0].label = "Four à bois"
        campaign.submitted_at = clock.now()
    text = world.first.get(f"{world.review_page}/changements").get_data(as_text=True).replace("\u00a0", " ")
    assert "<del>[− Bonjour.]</del>" in text
    assert "<ins>[+ Bonjour à tout le village &lt;b&gt;.]</ins>" in text
    assert "<ins>[+ Deux miches]</ins>" in text.replace("miches ·", "miches]</ins> ·")
    assert "à bois" in text
    assert "Titre" not in text.split("</h1>")[1].split("</main>")[0]
    assert world.elsewhere.get(f"{world.review_page}/changements").status_code == 404


def test_every_decision_stands_with_its_motive_and_cannot_be_rewritten(world: World):
    world.propose(world.first)
    assert world.decide(world.second) == 303
    with world.app.app_context():
        made = db.session.scalars(db.select(Decision)).one()
        assert (made.kind, made.first_id, made.second_id, made.motive) == (
            "approved", world.first.user_id, world.second.user_id, "Prêt.",
        )  # fmt: skip
        with pytest.raises(Exception, match="append-only"):
            db.session.execute(db.update(Decision).values(motive="Autre chose."))


def test_the_network_learns_of_a_file_that_nobody_takes(world: World):
    from app.core.access import Role
    from tests.builders import a_user, fallback

    with world.app.app_context():
        give(a_user(email="tete@example.org"), Role.NETWORK_LEAD, fallback())
        assert chase() == {}
        db.session.rollback()
    world.change(submitted_at=clock_before(world, 9))
    with world.app.app_context():
        assert chase() == {"untaken": 1}
        chase()
    assert world.mails("tete@example.org") == ["Une campagne attend une personne"]


def clock_before(world: World, days: int):
    with world.app.app_context():
        return clock.now() - timedelta(days=days)


def test_a_phrase_is_kept_reused_and_read_by_its_own_organisation_only(world: World):
    page = "/moderation/phrases"
    assert world.first.post(page, {"title": "Devis", "text": ""}).status_code == 422
    assert world.first.post(page, {"title": "Devis", "text": "Joignez un devis récent."}).status_code == 303
    assert "Joignez un devis récent." in world.second.get(page).get_data(as_text=True)
    assert "Joignez un devis récent." not in world.elsewhere.get(page).get_data(as_text=True)
    assert world.elsewhere.get(f"{page}/1").status_code == 404
    world.do(world.first, "prendre")
    text = world.first.get(f"{world.review_page}?phrase=1").get_data(as_text=True)
    assert "Joignez un devis récent.</textarea>" in text
    assert world.first.get(f"{world.review_page}?phrase=99999999999999").status_code == 200
    assert world.second.post(f"{page}/1", {"end": "yes"}).status_code == 303
    assert world.second.get(f"{page}/1").status_code == 404


def test_the_coach_writes_two_texts_and_each_reader_sees_their_own(world: World):
    address = f"/moderation/{world.slug}/mon-avis"
    assert world.referent.get(address).status_code == 404, "not linked to this record yet"
    world.do(world.first, "prendre")
    assert world.link() == 303
    given = {"verdict": "ready_if", "to_holder": "Bravo, il reste le bail.", "to_reviewers": "Bail promis pour mars."}
    assert world.referent.post(address, {**given, "to_holder": ""}).status_code == 422
    assert world.referent.post(address, given).status_code == 303
    holder = world.holder.get(world.holder_page).get_data(as_text=True)
    assert "Bravo, il reste le bail." in holder
    assert "Bail promis pour mars." not in holder
    assert "Bail promis pour mars." in world.first.get(world.review_page).get_data(as_text=True)
    assert world.first.get(address).status_code == 404
    world.do(world.first, "liste", **dict.fromkeys(CHECKLIST, "ok"))
    assert world.do(world.first, "proposer-approbation", no_interest="y") == 303
    assert world.referent.post(address, given, page="/compte").status_code == 409


def test_a_record_is_opened_from_a_review_for_somebody_else_to_coach(world: World):
    address = f"{world.review_page}/ouvrir-dossier"
    world.do(world.first, "prendre")
    with world.app.app_context():
        organisation_id = db.session.scalars(db.select(Campaign.organisation_id)).one()
    given = {"programme": "pulsactions", "organisation": organisation_id, "referent": world.referent.user_id}
    assert world.first.post(address, {**given, "referent": world.first.user_id}).status_code == 422
    assert world.first.post(address, given).status_code == 303
    with world.app.app_context():
        campaign = db.session.scalars(db.select(Campaign)).one()
        assert campaign.coaching_record.project_id == campaign.project_id
        assert campaign.coaching_record.referent_id == world.referent.user_id
    text = world.first.get(world.review_page).get_data(as_text=True)
    assert "Inès Verdelet" in text
    assert world.state() is CampaignState.SUBMITTED


def test_a_yearly_declaration_is_read_by_its_author_only_and_found_in_a_campaign(world: World):
    assert world.first.post("/moderation/mes-interets", {"names": "FOUR du village\n\n"}).status_code == 303
    assert "FOUR du village" in world.first.get("/moderation/mes-interets").get_data(as_text=True)
    assert "FOUR" not in world.second.get("/moderation/mes-interets").get_data(as_text=True)
    world.change(story_markdown="Le four du village sera rallumé.")
    world.ready_to_propose(world.first)
    assert "déclaration annuelle" in world.first.get(world.review_page).get_data(as_text=True)
    assert world.do(world.first, "proposer-approbation", no_interest="y") == 422
    assert world.do(world.first, "proposer-approbation", no_interest="y", words="Je n’y siège plus.") == 303
    assert "Je n’y siège plus." in world.second.get(world.review_page).get_data(as_text=True)
    with world.app.app_context():
        assert sign_in(world.app, db.session.get_one(User, world.second.user_id)).user_id == world.second.user_id
