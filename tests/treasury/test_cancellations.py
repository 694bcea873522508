"""A campaign cancelled by two persons: everybody is released or refunded, and told."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts.queries import get_user
from app.campaigns.rules import CampaignState
from app.core.database import db
from app.settlement import payout_queries
from app.treasury.models import Cancellation
from tests.builders import Visitor
from tests.support.scene import Scene
from tests.treasury.support import collected, press, treasurer

WORDS = "Le terrain n’appartient pas à la commune."


def propose(who: Visitor, slug: str, words: str = WORDS) -> int:
    return who.post(f"/tresorerie/campagnes/{slug}/annuler", {"words": words}).status_code


def only(scene: Scene) -> str:
    with scene.app.app_context():
        found = db.session.scalars(select(Cancellation)).one()
        return f"/tresorerie/annulations/{found.id}"


def test_a_live_campaign_is_cancelled_by_two_and_every_promise_released(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.give(slug)
    first, second = treasurer(scene), treasurer(scene)
    assert propose(first, slug) == 303
    assert propose(second, slug, "Autre chose.") == 303, "the proposal that waits is found, not doubled"
    assert scene.row(slug).state == CampaignState.LIVE
    page = only(scene)
    assert WORDS in second.get(page).get_data(as_text=True)
    for _ in range(2):
        assert press(second, f"{page}/approuver") == 303
    assert scene.row(slug).state == CampaignState.CANCELLED
    scene.work()
    assert scene.pledge(gift).state == "released"
    assert scene.charges() == []
    with scene.app.app_context():
        holder = get_user(scene.row(slug).owner_id).email
    told = [mail for mail in scene.mailbox.fetch(holder) if mail.subject == "Votre campagne est annulée"]
    assert len(told) == 1
    assert WORDS in told[0].text


def test_a_campaign_that_has_succeeded_is_cancelled_and_every_cent_goes_back(scene: Scene) -> None:
    slug = collected(scene, 100_00, 12_50)
    payout_id = scene.approve_payout(slug)
    first, second = treasurer(scene), treasurer(scene)
    propose(first, slug)
    press(second, f"{only(scene)}/approuver")
    scene.travel(days=8)
    scene.work()
    state = scene.stripe.control("state")
    assert sorted(one["amount"] for one in state["refunds"]) == [12_50, 100_00]
    assert state["transfers"] == []
    assert scene.row(slug).raised_cents == 0
    with scene.app.app_context():
        assert payout_queries.get_payout(payout_id).state == "withdrawn"
    assert scene.check().exit_code == 0


def test_who_proposed_does_not_approve(scene: Scene) -> None:
    slug, first = scene.campaign(), treasurer(scene)
    propose(first, slug)
    answer = first.post(
        f"{only(scene)}/approuver", {}, page="/tresorerie/approbations", follow_redirects=True
    ).get_data(as_text=True)  # fmt: skip
    assert "Une seconde personne doit approuver" in answer
    assert scene.row(slug).state == CampaignState.LIVE


def test_once_money_has_left_nothing_is_cancelled(scene: Scene) -> None:
    slug = collected(scene)
    first, second = treasurer(scene), treasurer(scene)
    propose(first, slug)
    scene.approve_payout(slug)
    scene.travel(days=8)
    scene.work()
    page = only(scene)
    answer = second.post(f"{page}/approuver", {}, page="/tresorerie/approbations", follow_redirects=True)
    assert answer.status_code == 200
    assert scene.row(slug).state == CampaignState.SETTLED
    assert press(second, f"{page}/abandonner") == 303
    assert "abandonnée" in second.get(page).get_data(as_text=True)
    assert "Proposer l’annulation" not in second.get(f"/tresorerie/campagnes/{slug}").get_data(as_text=True)


def test_without_words_nothing_is_proposed(scene: Scene) -> None:
    slug, first = scene.campaign(), treasurer(scene)
    assert propose(first, slug, "  ") == 422
    with scene.app.app_context():
        assert db.session.scalars(select(Cancellation)).all() == []
