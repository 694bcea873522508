"""A review from the queue to a decision by two people, and what each may not do."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.campaigns.rules import CampaignState
from app.core.access import Role
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.moderation.models import ChangeRequest, Review
from app.moderation.rules import CHECKLIST
from tests.builders import a_user, fallback, give, sign_in
from tests.moderation.world import World


def subjects(app: Flask, address: str) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(OutboxMail.subject).where(OutboxMail.to_address == address)))


def test_two_people_approve_and_the_holder_reads_each_step(world: World):
    world.ready_to_propose(world.first)
    assert world.do(world.first, "proposer-approbation", no_interest="y") == 303
    assert world.state() is CampaignState.SUBMITTED
    assert world.decide(world.second) == 303
    assert world.state() is CampaignState.APPROVED
    told = subjects(world.app, "camille@example.org")
    assert told == [
        "La relecture de votre campagne commence", "Votre campagne est recevable", "Votre campagne est approuvée",
    ]  # fmt: skip
    assert "approuvée" in world.holder.get(world.holder_page).get_data(as_text=True)


def test_a_refusal_takes_two_people_a_reason_and_an_alternative(world: World):
    world.do(world.first, "prendre")
    given = {
        "code": "too_early",
        "reason": "Le bail manque.",
        "alternative": "Un rendez-vous avec la structure.",
        "no_interest": "y",
    }
    for missing in ("reason", "alternative", "no_interest"):
        assert world.do(world.first, "proposer-refus", **{**given, missing: ""}) == 422
    assert world.do(world.first, "proposer-refus", **given) == 303
    assert world.decide(world.first) == 403
    assert world.decide(world.second) == 303
    assert world.state() is CampaignState.REFUSED
    text = world.holder.get(world.holder_page).get_data(as_text=True)
    assert "Le bail manque." in text
    assert "Un rendez-vous avec la structure." in text


def test_the_first_person_cannot_confirm_alone(world: World):
    world.ready_to_propose(world.first)
    world.do(world.first, "proposer-approbation", no_interest="y")
    assert world.decide(world.first) == 403
    assert world.state() is CampaignState.SUBMITTED


def test_the_database_itself_refuses_one_person_deciding_twice(world: World):
    world.ready_to_propose(world.first)
    world.do(world.first, "proposer-approbation", no_interest="y")
    with world.app.app_context():
        wrong = db.update(Review).values(decided_by_id=Review.proposed_by_id)
        with pytest.raises(IntegrityError):
            db.session.execute(wrong)


def test_the_referent_of_the_record_neither_proposes_nor_decides(world: World):
    world.ready_to_propose(world.referent)
    assert world.do(world.referent, "proposer-approbation", no_interest="y") == 403
    world.do(world.referent, "rendre")
    world.do(world.first, "prendre")
    assert world.do(world.first, "proposer-approbation", no_interest="y") == 303
    assert world.decide(world.referent) == 403
    assert world.state() is CampaignState.SUBMITTED


def test_an_approval_says_what_is_missing_one_after_the_other(world: World):
    world.do(world.first, "prendre")
    assert world.do(world.first, "proposer-approbation", no_interest="y") == 422
    world.do(world.first, "liste", **dict.fromkeys(CHECKLIST, "ok"))
    assert world.do(world.first, "proposer-approbation", no_interest="y") == 422
    world.do(world.first, "avis", waived="Équipe connue de longue date.")
    assert world.do(world.first, "proposer-approbation", no_interest="y") == 422
    world.do(world.first, "sans-dossier", reason="Accompagnée par une autre structure.")
    assert world.do(world.first, "proposer-approbation") == 422
    assert world.do(world.first, "proposer-approbation", no_interest="y") == 303


def test_a_change_is_asked_answered_and_sent_again(world: World):
    world.do(world.first, "prendre")
    assert world.do(world.first, "demandes/envoyer") == 422
    assert world.do(world.first, "demandes", field="goal", reason="incomplete", text="") == 422
    assert world.do(world.first, "demandes", field="inconnu", reason="incomplete", text="?") == 422
    for _click in range(2):  # noted once: `one()` below
        asked = world.do(world.first, "demandes", field="if_missed", reason="incomplete", text="Dites <b>quand</b> 🌱.")
        assert asked == 303
    assert "Dites" not in world.holder.get(world.holder_page).get_data(as_text=True)
    assert world.do(world.first, "demandes/envoyer") == 303
    assert world.state() is CampaignState.CHANGES_REQUESTED
    text = world.holder.get(world.holder_page).get_data(as_text=True)
    assert "Dites &lt;b&gt;quand&lt;/b&gt; 🌱." in text
    with world.app.app_context():
        request_id = db.session.scalars(db.select(ChangeRequest.id)).one()
    answer = f"{world.holder_page}/demandes/{request_id}"
    assert world.holder.post(answer, {"answer": " "}, page=world.holder_page).status_code == 422
    assert world.holder.post(answer, {"answer": "Au printemps."}, page=world.holder_page).status_code == 303
    assert "Renvoyer ma campagne" in world.holder.get(world.holder_page).get_data(as_text=True)
    assert "Au printemps." in world.first.get(world.review_page).get_data(as_text=True)


def test_nobody_else_answers_for_the_holder_nor_reads_the_review(world: World):
    world.do(world.first, "prendre")
    world.do(world.first, "demandes", field="goal", reason="incomplete", text="Pourquoi ce montant ?")
    world.do(world.first, "demandes/envoyer")
    with world.app.app_context():
        request_id = db.session.scalars(db.select(ChangeRequest.id)).one()
    for stranger in (world.elsewhere, world.second):
        page = "/compte"
        assert (
            stranger.post(f"{world.holder_page}/demandes/{request_id}", {"answer": "x"}, page=page).status_code == 404
        )
        assert stranger.get(world.holder_page).status_code == 404
    for stranger in (world.elsewhere, world.holder):
        assert stranger.get(world.review_page).status_code == 404
        assert stranger.post(f"{world.review_page}/prendre", page="/compte").status_code == 404
    assert world.first.get("/moderation/inconnue").status_code == 404
    assert world.first.post(f"{world.review_page}/demandes/999999/annuler", page=world.review_page).status_code == 404


def test_a_review_has_one_reader_at_a_time(world: World):
    assert world.do(world.first, "prendre") == 303
    assert world.do(world.second, "prendre") == 409
    assert world.do(world.second, "demandes", field="goal", reason="incomplete", text="?") == 409
    assert world.do(world.first, "rendre") == 303
    assert world.do(world.second, "prendre") == 303


def test_the_same_button_pressed_twice_changes_nothing_more(world: World):
    world.ready_to_propose(world.first)
    assert world.do(world.first, "prendre") == 303
    world.do(world.first, "proposer-approbation", no_interest="y")
    assert world.decide(world.second) == 303
    assert world.decide(world.second) == 409
    assert subjects(world.app, "camille@example.org").count("Votre campagne est approuvée") == 1


def test_a_recused_person_neither_reads_nor_decides(world: World):
    world.do(world.first, "prendre")
    assert world.do(world.first, "deport", reason="Ma sœur porte ce projet.") == 303
    assert world.first.get(world.review_page).status_code == 404
    assert world.first.get("/moderation").get_data(as_text=True).count(world.slug) == 0
    assert world.do(world.second, "prendre") == 303


def test_the_queue_shows_each_campaign_to_its_own_organisation_only(world: World):
    assert world.slug in world.first.get("/moderation").get_data(as_text=True)
    assert world.slug not in world.elsewhere.get("/moderation").get_data(as_text=True)
    assert world.holder.get("/moderation").status_code == 403
    with world.app.app_context():
        network = sign_in(world.app, give(a_user(), Role.MODERATOR, fallback()))
    assert world.slug not in network.get("/moderation").get_data(as_text=True)


def test_a_right_that_ends_closes_the_door_at_once(world: World):
    from app.core import clock
    from app.network.models import Right
    from app.network.services import end_right

    assert world.first.get(world.review_page).status_code == 200
    with world.app.app_context(), transaction():
        right = db.session.scalars(db.select(Right).where(Right.user_id == world.first.user_id)).one()
        end_right(right, by=None, at=clock.now())
    assert world.first.get(world.review_page).status_code == 303, "the session ends with the role"
    with world.app.app_context():
        again = sign_in(world.app, db.session.get_one(User, world.first.user_id))
    assert again.get(world.review_page).status_code == 404
