"""All-or-nothing or flexible: chosen once by the holder, in honest words, and said wherever people give."""

from __future__ import annotations

import pytest

from app.campaigns import drafting, readiness
from app.campaigns.errors import KindLocked
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState, FundingKind
from app.core import clock
from app.core.database import db, transaction
from tests.builders import a_campaign, a_user
from tests.campaigns.conftest import Desk


def words(html: str) -> str:
    return " ".join(html.split())


def test_the_two_kinds_are_explained_with_their_example_before_the_choice(desk: Desk):
    page = words(desk.holder.get(desk.page("budget")).get_data(as_text=True))
    for said in ("Tout ou rien", "Garde ce qui est réuni", "vous recevez 0 €", "vous recevez 900 € moins les frais",
                 "débitée le jour même", "60 jours au plus", "90 jours au plus"):  # fmt: skip
        assert said in page, said


def test_the_kind_is_kept_and_a_form_without_it_changes_nothing(desk: Desk):
    assert desk.save("budget", goal="300", kind="flexible").status_code == 303
    assert desk.read(lambda c: c.kind) == FundingKind.FLEXIBLE
    assert desk.save("budget", goal="400").status_code == 303
    assert desk.read(lambda c: (c.kind, c.goal_cents)) == (FundingKind.FLEXIBLE, 400_00)


@pytest.mark.parametrize("odd", ["", "keep", "FLEXIBLE", "flexible\x00", "é" * 500])
def test_a_kind_that_does_not_exist_is_refused(desk: Desk, odd: str):
    assert desk.save("budget", goal="300", kind=odd).status_code == 422
    assert desk.read(lambda c: c.kind) == FundingKind.ALL_OR_NOTHING


def test_a_flexible_campaign_lasts_sixty_days_at_most(desk: Desk):
    desk.save("budget", kind="flexible")
    assert "De 5 à 60 jours" in words(desk.holder.get(desk.page("calendrier")).get_data(as_text=True))
    answer = desk.save("calendrier", duration_days="61")
    assert answer.status_code == 422
    assert "Entre 5 et 60 jours" in answer.get_data(as_text=True)
    assert desk.save("calendrier", duration_days="60").status_code == 303


def test_a_length_chosen_before_the_kind_becomes_a_missing_line(desk: Desk):
    desk.save("calendrier", duration_days="75")
    desk.save("budget", kind="flexible")
    missing = desk.read(lambda c: {line.code for line in readiness.blocking(c, "active")})
    assert "duration" in missing
    desk.save("budget", kind="all_or_nothing")
    assert "duration" not in desk.read(lambda c: {line.code for line in readiness.blocking(c, "active")})


def test_after_it_was_sent_the_kind_is_locked_even_while_changes_are_asked(app):
    with app.app_context():
        owner = a_user()
        owner_id = owner.id
        campaign_id = a_campaign(owner, state=CampaignState.CHANGES_REQUESTED).id
        values = {"optimum_cents": None, "uses": [("Four", 100_000)], "resources": [], "by": owner_id}
        with transaction():
            drafting.save_budget(
                db.session.get_one(Campaign, campaign_id), kind=FundingKind.ALL_OR_NOTHING, goal_cents=100_000,
                at=clock.now(), **values,
            )  # fmt: skip
        with pytest.raises(KindLocked), transaction():
            drafting.save_budget(
                db.session.get_one(Campaign, campaign_id), kind=FundingKind.FLEXIBLE, goal_cents=100_000,
                at=clock.now(), **values,
            )  # fmt: skip
        assert db.session.get_one(Campaign, campaign_id).kind == FundingKind.ALL_OR_NOTHING


def a_live(app, kind: FundingKind, **columns: object) -> str:
    with app.app_context():
        campaign = a_campaign(a_user(), state=CampaignState.LIVE)
        campaign_id, slug = campaign.id, campaign.slug
        with transaction():
            row = db.session.get_one(Campaign, campaign_id)
            row.kind = kind
            for name, value in columns.items():
                setattr(row, name, value)
        return slug


def test_the_page_the_card_and_the_form_say_when_the_card_is_charged(app, client):
    flexible, other = a_live(app, FundingKind.FLEXIBLE), a_live(app, FundingKind.ALL_OR_NOTHING)
    page, usual = (words(client.get(f"/campagnes/{slug}").get_data(as_text=True)) for slug in (flexible, other))
    assert "Débité tout de suite ; la campagne garde ce qui est réuni" in page
    assert "Rien n’est débité" not in page
    assert "Rien n’est débité aujourd’hui" in usual
    catalogue = client.get("/campagnes").get_data(as_text=True)
    assert "garde ce qui est réuni" in catalogue
    assert "tout ou rien" in catalogue
    form = words(client.get(f"/campagnes/{flexible}/contribuer").get_data(as_text=True))
    assert "J’accepte que ma carte soit débitée de ce montant aujourd’hui" in form
    assert "Payer aujourd’hui" in form
    assert "Promettre" not in form
    assert "Rien n’est débité" not in form
    assert "Promettre" in client.get(f"/campagnes/{other}/contribuer").get_data(as_text=True)


def test_both_kinds_are_explained_to_everybody(client):
    for path in ("/comment-ca-marche", "/regles"):
        page = words(client.get(path).get_data(as_text=True))
        assert "« tout ou rien »" in page
        assert "garde ce qui est réuni" in page
        assert "60" in page


def test_the_optimum_is_a_badge_and_decides_nothing(app, client):
    reached = a_live(app, FundingKind.FLEXIBLE, optimum_cents=150_000, raised_cents=150_000, backers_count=1)
    below = a_live(app, FundingKind.ALL_OR_NOTHING, optimum_cents=150_000, raised_cents=149_999, backers_count=1)
    assert "Optimum atteint : 1 500 €" in words(client.get(f"/campagnes/{reached}").get_data(as_text=True))
    assert "Optimum atteint" not in client.get(f"/campagnes/{below}").get_data(as_text=True)
