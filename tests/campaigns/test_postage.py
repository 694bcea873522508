"""How a reward is sent, and a price with all taxes: words beside an amount that they never change."""

from __future__ import annotations

import pytest

from app.campaigns import readiness, services, snapshots
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.moderation.differences import as_text
from tests.accounts.people import words
from tests.builders import a_campaign, a_user
from tests.campaigns.conftest import Desk, an_account, fill

REWARD = {"title": "Une miche", "amount": "25", "nature": "pre_sale"}


def reward(desk: Desk) -> tuple[object, object, int]:
    return desk.read(lambda c: (c.rewards[0].postage, c.rewards[0].postage_words, c.rewards[0].amount_cents))


@pytest.mark.parametrize(
    ("postage", "said", "status"),
    [
        ("", "", 303), ("none", "", 303), ("none", "à retirer au fournil", 303), ("included", "en France", 303),
        ("extra", "6 € en France", 303),
        ("included", "", 422), ("extra", "", 422), ("extra", "en plus, en France", 422), ("", "6 € en France", 422),
        ("by owl", "6 €", 422), ("included", "x" * 121, 422),
    ],
)  # fmt: skip
def test_what_is_sent_goes_somewhere_and_what_costs_more_says_how_much(desk: Desk, postage, said, status):
    given = {"postage": postage} if postage else {}
    answer = desk.save_any("contreparties", **REWARD, **given, postage_words=said)
    assert answer.status_code == status
    if status == 303:
        assert reward(desk) == (postage or None, said or None, 25_00), "the amount is what was typed, nothing added"
    else:
        assert desk.read(lambda c: c.rewards) == []
        assert "Une miche" in answer.get_data(as_text=True)


def test_it_is_changed_on_its_page_and_another_tab_is_told(desk: Desk):
    desk.save_any("contreparties", **REWARD)
    page = f"contreparties/{desk.read(lambda c: c.rewards[0].id)}"
    seen = desk.version(page)
    sent = {**REWARD, "postage": "extra", "postage_words": "6 € en France", "version": seen}
    assert desk.send(page, sent).status_code == 303
    assert reward(desk) == ("extra", "6 € en France", 25_00)
    late = desk.send(page, {**sent, "postage": "none", "postage_words": ""})
    assert late.status_code == 409
    assert "6 € en France" in late.get_data(as_text=True)
    assert reward(desk)[0] == "extra"


def test_a_second_click_adds_one_and_another_postage_is_another_reward(desk: Desk):
    for _ in range(2):
        desk.save_any("contreparties", **REWARD, postage="included", postage_words="en France")
    assert desk.read(lambda c: len(c.rewards)) == 1
    desk.save_any("contreparties", **REWARD, postage="none")
    assert desk.read(lambda c: len(c.rewards)) == 2


def test_a_pre_sale_is_not_sent_to_review_before_it_says_how_it_arrives_and_a_thank_you_is(desk: Desk):
    def lacking() -> bool:
        return "postage" in desk.read(lambda c: {line.code for line in readiness.blocking(c, "active")})

    desk.save_any("contreparties", **{**REWARD, "nature": "thanks"})
    assert not lacking()
    assert "postage" not in desk.read(lambda c: {line.code for line in readiness.lines(c, "active")})
    desk.save_any("contreparties", **REWARD)
    assert lacking()
    page = f"contreparties/{desk.read(lambda c: next(r.id for r in c.rewards if r.nature == 'pre_sale'))}"
    desk.send(page, {**REWARD, "postage": "none", "version": desk.version(page)})
    assert not lacking()


def a_page(
    app, client, *, kind: str, nature: str, postage: str | None = None, said: str = "", pledge: bool = False
) -> str:
    with app.app_context():
        campaign = a_campaign(a_user(), state=CampaignState.LIVE)
        campaign_id, slug = campaign.id, campaign.slug
        with transaction():
            row = db.session.get_one(Campaign, campaign_id)
            row.holder_kind, row.rewards[0].nature = kind, nature
            row.rewards[0].postage, row.rewards[0].postage_words = postage, said or None
    return words(client.get(f"/campagnes/{slug}{'/contribuer' if pledge else ''}"))


@pytest.mark.parametrize(("kind", "nature", "taxed"), [
    ("company", "pre_sale", True), ("company", "token", False), ("association", "pre_sale", False),
    ("person", "pre_sale", False), (None, "pre_sale", False),
])  # fmt: skip
def test_a_professional_who_sells_says_that_all_taxes_are_in_the_price(app, client, kind, nature, taxed):
    assert ("25 € TTC" in a_page(app, client, kind=kind, nature=nature)) is taxed
    asked = a_page(app, client, kind=kind, nature=nature, pledge=True)
    assert ("Prix toutes taxes comprises." in asked) is taxed


@pytest.mark.parametrize(("postage", "said", "shown"), [
    ("none", "", "sans envoi"), ("none", "à retirer au fournil", "sans envoi : à retirer au fournil"),
    ("included", "en France", "envoi compris : en France"),
    ("extra", "<b>6 €</b> en France", "envoi en plus, payé à part : <b>6 €</b> en France"),
])  # fmt: skip
def test_the_public_reads_how_it_is_sent_before_and_while_giving(app, client, postage, said, shown):
    for pledge in (False, True):
        page = a_page(app, client, kind="person", nature="token", postage=postage, said=said, pledge=pledge)
        assert shown in page.replace("&lt;", "<").replace("&gt;", ">")
    unsaid = a_page(app, client, kind="person", nature="token")
    assert "envoi" not in unsaid.split("Contreparties", 1)[1].split("Pourquoi ce projet", 1)[0]


def test_reviewers_read_it_and_rewards_kept_before_it_was_asked_read_as_they_did():
    old = ["Une miche", "", "token", 25_00, None, ""]
    assert as_text("rewards", [old]).endswith("sans limite")
    assert as_text("rewards", [[*old, "extra", "6 € en France"]]).endswith("Envoi en plus, payé à part · 6 € en France")


def test_a_postage_that_changes_after_the_approval_is_read_again(desk: Desk):
    fill(desk)
    desk.save_any("contreparties", **REWARD, postage="included", postage_words="en France")
    with desk.app.app_context():
        an_account(desk.holder.user_id)
        with transaction():
            campaign = db.session.scalars(db.select(Campaign).where(Campaign.slug == desk.slug)).one()
            services.submit(campaign, by=desk.holder.user_id, at=clock.now())
            services.approve(campaign, by=desk.stranger.user_id, at=clock.now())
            assert not snapshots.has_changed_since_approval(campaign)
            campaign.rewards[0].postage = "extra"
            assert snapshots.has_changed_since_approval(campaign)
