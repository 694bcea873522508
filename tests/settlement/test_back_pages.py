"""What a contributor and a holder read while money goes back, or is contested."""

from __future__ import annotations

import pytest

from tests.money import back
from tests.money.test_cases_transfers import cancel
from tests.support.scene import Gift, Scene


def page_of(gift: Gift) -> str:
    return " ".join(gift.client.get(gift.path()).get_data(as_text=True).split())


def money_page(scene: Scene, slug: str) -> str:
    answer = scene.holder(slug).get(f"/mes-campagnes/{slug}/argent")
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def test_the_contributor_reads_where_the_refund_stands(scene: Scene) -> None:
    _, (gift,) = back.collected(scene, 100_00)
    back.ask_back(scene, gift, 40_00)
    assert "remboursement en cours" in page_of(gift)
    scene.work()
    assert "remboursée en partie" in page_of(gift)
    assert "40 € vous ont été remboursés" in page_of(gift)
    back.give_back(scene, gift)
    assert "remboursée" in page_of(gift)
    assert "100 € vous ont été remboursés" in page_of(gift)


@pytest.mark.parametrize(("outcome", "words"), [("won", "débitée"), ("lost", "votre banque vous l’a rendu")])
def test_the_contributor_is_not_accused(scene: Scene, outcome: str, words: str) -> None:
    _, (gift,) = back.collected(scene, 100_00)
    dispute_id = back.contest(scene, gift)
    assert "contestée" in page_of(gift)
    assert "Vous n’avez rien à faire ici" in page_of(gift)
    back.decide(scene, dispute_id, outcome)
    assert words in page_of(gift)
    told = " ".join(mail.text for mail in scene.mailbox.fetch(gift.email)).lower()
    assert "fraud" not in told


def test_the_holder_reads_every_figure_of_what_went_back(scene: Scene) -> None:
    slug, (gift, other, third, _) = back.collected(scene, 100_00, 60_00, 50_00, 40_00)
    back.give_back(scene, gift, 30_00)
    back.contest(scene, other)
    back.give_back(scene, third)
    back.pass_on(scene, slug)
    page = money_page(scene, slug)
    for words in ("Tout ce qui devait vous être versé l’a été", "contestée, mise de côté", "dont 30,00", "remboursée",
                  "Rendu aux contributeurs et contributrices (2)", "80,00"):  # fmt: skip
        assert words in page, words
    assert other.email not in page


def test_the_holder_of_a_cancelled_campaign_reads_that_everybody_is_refunded(scene: Scene) -> None:
    slug, (gift,) = back.collected(scene, 100_00)
    cancel(scene, slug)
    scene.work()
    assert "chaque contribution débitée est remboursée en entier" in money_page(scene, slug)
    assert "100 € vous ont été remboursés" in page_of(gift)


def test_a_promise_of_a_cancelled_campaign_says_why_nothing_is_debited(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=100_00)
    cancel(scene, slug)
    scene.work()
    assert "La campagne a été annulée : rien n’est débité" in page_of(gift)
