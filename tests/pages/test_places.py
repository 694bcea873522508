"""The pages of places and themes: what they show, and how few statements they take."""

from __future__ import annotations

import pytest
from flask import Flask

from app.campaigns.models import Campaign
from app.core.database import db, transaction
from tests.builders import a_campaign, a_user
from tests.support.statements import statements

MALAIN, BESANCON = "21373", "25056"


@pytest.fixture
def region(app: Flask) -> Flask:
    with app.app_context():
        owner = a_user()
        a_campaign(owner, state="live", title="Le four banal")
        a_campaign(owner, state="settled", title="Des vélos", commune=BESANCON)
        a_campaign(owner, title="Un brouillon")
        with transaction():
            db.session.execute(db.update(Campaign).where(Campaign.commune_code == BESANCON).values(theme="mobility"))
    return app


def html(app: Flask, path: str) -> str:
    answer = app.test_client().get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def epci_of(app: Flask, commune: str) -> str:
    with app.app_context():
        return db.session.scalar(db.text("select epci_code from territories where code = :c"), {"c": commune})


def test_each_size_of_place_shows_its_own_campaigns_and_no_draft(region):
    for code in ("21", MALAIN, epci_of(region, MALAIN)):
        page = html(region, f"/territoires/{code}")
        assert "Le four banal" in page
        assert "Des vélos" not in page
        assert "Un brouillon" not in page
        assert f"territoire={MALAIN}" in page  # the dot on the map and its line beneath
    whole = html(region, "/territoires")
    assert "Le four banal" in whole
    assert "Des vélos" in whole


def test_a_place_says_who_helps_there(region):
    assert "PES 21" in html(region, f"/territoires/{MALAIN}") or "Puls" in html(region, f"/territoires/{MALAIN}")


@pytest.mark.parametrize("code", ["99999", "21'", "x" * 30, "é", "0", "R99", "2 1"])
def test_an_unknown_place_does_not_exist(region, code):
    assert region.test_client().get(f"/territoires/{code}").status_code == 404


def test_a_place_without_campaign_says_what_to_do(region):
    page = html(region, "/territoires/90")
    assert "Aucune campagne ici" in page
    assert "Qui aide ici" in page


def test_a_theme_shows_its_campaigns_and_who_has_read_them(region):
    page = html(region, "/themes/mobility")
    assert "Des vélos" in page
    assert "Le four banal" not in page
    assert "Elles ont relu" in page
    assert region.test_client().get("/themes/guerre").status_code == 404


def test_the_map_of_the_catalogue_follows_the_filters(region):
    page = html(region, "/campagnes?vue=carte&etat=toutes&theme=mobility")
    assert f"territoire={BESANCON}" in page
    assert "vue=carte" in page
    assert f"territoire={MALAIN}" not in page
    assert 'class="dot"' not in html(region, "/campagnes?etat=toutes")


def test_these_pages_take_few_statements(region):
    for path, most in (("/territoires/21", 7), ("/territoires", 7), ("/themes/food", 4), ("/campagnes?vue=carte", 2)):
        html(region, path)
        with statements(region) as sent:
            html(region, path)
        assert len(sent) <= most, (path, sent)
