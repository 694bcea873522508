"""The catalogue: what it finds, with few statements, whatever stands in its address."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.campaigns import figures
from app.campaigns.catalogue import Filters
from app.campaigns.models import Campaign, CampaignValue
from app.core import clock
from app.core.database import db, transaction
from tests.builders import a_campaign, a_user
from tests.campaigns.conftest import Desk, statements

MALAIN, BESANCON = "21373", "25056"


@pytest.fixture
def shelf(app: Flask) -> Flask:
    """Four open campaigns, a successful one, a missed one and a draft."""
    with app.app_context():
        owner, at = a_user(), clock.now()
        rows = {
            "Le four banal": a_campaign(owner, state="live", title="Le four banal", at=at - timedelta(days=1)),
            "Des vélos pour tous": a_campaign(owner, state="live", title="Des vélos pour tous", commune=BESANCON,
                                              at=at - timedelta(days=2)),
            "Bientôt": a_campaign(owner, state="live", title="Bientôt", at=at - timedelta(days=25)),
            "Atteinte": a_campaign(owner, state="live", title="Atteinte", at=at - timedelta(days=3)),
            "Réussie": a_campaign(owner, state="settled", title="Réussie"),
            "Manquée": a_campaign(owner, state="failed", title="Manquée"),
            "Brouillon": a_campaign(owner, title="Brouillon"),
        }  # fmt: skip
        ids = {title: campaign.id for title, campaign in rows.items()}
        with transaction():
            velo = db.session.get_one(Campaign, ids["Des vélos pour tous"])
            velo.theme, velo.search_text = "mobility", "des velos pour tous besancon doubs"
            velo.values = [CampaignValue(value="environmental", argument="Moins de voitures.")]
            db.session.get_one(Campaign, ids["Atteinte"]).raised_cents = 100_000
            db.session.get_one(Campaign, ids["Réussie"]).raised_cents = 120_000
            db.session.get_one(Campaign, ids["Manquée"]).raised_cents = 1_000
    return app


def titles(app: Flask, query: str = "") -> list[str]:
    answer = app.test_client().get(f"/campagnes{query}")
    assert answer.status_code == 200
    return re.findall(r"<h3><a [^>]+>([^<]+)</a></h3>", answer.get_data(as_text=True))


def test_a_place_without_campaign_names_the_nearest_that_have_one(shelf: Flask):
    def near(query: str) -> list[str]:
        page = shelf.test_client().get(f"/campagnes{query}").get_data(as_text=True)
        return re.findall(r'territoire=(\w+)">[^<]+</a> <span class="quiet">à', page)

    assert near("?territoire=25462") == [BESANCON, MALAIN]  # Pontarlier
    assert near("?q=Dijon") == [MALAIN, BESANCON]
    assert near("?q=quelquechose") == []
    assert near("?territoire=x") == []
    assert near("") == []


def test_open_campaigns_come_first_and_drafts_never(shelf: Flask):
    assert titles(shelf) == ["Le four banal", "Des vélos pour tous", "Atteinte", "Bientôt"]
    assert "Brouillon" not in titles(shelf, "?etat=toutes")
    assert titles(shelf, "?etat=reussies") == ["Réussie"]
    assert titles(shelf, "?etat=arretees") == ["Manquée"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=vélo", ["Des vélos pour tous"]), ("?q=VÉLOS+besançon", ["Des vélos pour tous"]), ("?q=velo+four", []),
        ("?territoire=25", ["Des vélos pour tous"]), (f"?territoire={BESANCON}", ["Des vélos pour tous"]),
        ("?theme=mobility", ["Des vélos pour tous"]), ("?valeur=environmental", ["Des vélos pour tous"]),
        ("?bientot=1", ["Bientôt"]), ("?tri=fin", ["Bientôt", "Atteinte", "Des vélos pour tous", "Le four banal"]),
        ("?territoire=25&theme=food", []),
    ],
)  # fmt: skip
def test_each_filter_finds_what_it_says(shelf: Flask, query: str, expected: list[str]):
    assert titles(shelf, query) == expected


def test_a_search_says_how_many_it_found_and_the_whole_list_does_not(shelf: Flask):
    visitor = shelf.test_client()
    assert "1 campagne trouvée." in visitor.get("/campagnes?q=velos").get_data(as_text=True)
    assert "3 campagnes trouvées." in visitor.get("/campagnes?territoire=21").get_data(as_text=True)
    assert "trouvée" not in visitor.get("/campagnes").get_data(as_text=True)


def test_an_intercommunality_holds_its_communes(shelf: Flask):
    with shelf.app_context():
        code = db.session.scalar(db.text("select epci_code from territories where code = '25056'"))
    assert titles(shelf, f"?territoire={code}") == ["Des vélos pour tous"]


@pytest.mark.parametrize(
    "query",
    [
        "?page=0", "?page=-1", "?page=999999999999", "?page=²", "?page=a", "?territoire=99999",
        "?theme=<script>", "?valeur='", "?etat=draft", "?tri=title", "?bientot=oui", "?q=%25%25", "?q=" + "x" * 5000,
        "?q=%F0%9F%A5%96", "?q=%ff%fe", "?q=%E2%80%AE", "?page=1&page=2", "?unknown=1", "?territoire=" + "9" * 400,
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_read_as_nothing_asked(shelf: Flask, query: str):
    answer = shelf.test_client().get(f"/campagnes{query}")
    assert answer.status_code == 200
    assert "<script>" not in answer.get_data(as_text=True).split("<main", 1)[1]


def test_page_links_keep_the_filters_and_lead_through_everything(app: Flask):
    with app.app_context():
        owner = a_user()
        for number in range(14):
            a_campaign(owner, state="live", title=f"Projet {number:02d}", at=clock.now() - timedelta(hours=number))
    first = app.test_client().get("/campagnes?theme=food").get_data(as_text=True)
    following = re.search(r'href="([^"]+)" rel="next"', first).group(1).replace("&amp;", "&")
    assert "theme=food" in following
    assert "page=2" in following
    seen = titles(app, "?theme=food") + titles(app, following.removeprefix("/campagnes"))
    assert seen == [f"Projet {number:02d}" for number in range(14)]
    assert 'rel="prev"' in app.test_client().get(following).get_data(as_text=True)


def test_an_empty_list_says_what_to_do(app: Flask):
    assert "Déposer un projet" in app.test_client().get("/campagnes").get_data(as_text=True).split("<main")[1]
    html = app.test_client().get("/campagnes?q=introuvable").get_data(as_text=True)
    assert "Aucune campagne ne correspond" in html


def test_the_catalogue_takes_four_statements_whatever_is_asked(shelf: Flask):
    for query in ("", f"?territoire={BESANCON}&q=velo&theme=mobility&valeur=environmental&etat=toutes&page=2"):
        with statements() as seen:
            titles(shelf, query)
        assert len(seen) <= 4, seen


def test_an_address_says_only_what_is_not_usual():
    assert Filters().address() == {}
    asked = Filters.read({"q": " four  banal ", "etat": "toutes", "page": "3"})
    assert asked.address(page=4) == {"q": "four banal", "etat": "toutes", "page": "4"}
    assert Filters.read(asked.address(page=3)) == asked


def test_the_home_page_shows_who_needs_a_hand_and_counts_from_the_stored_totals(shelf: Flask):
    with shelf.app_context():
        with statements() as seen:
            home = figures.for_home(clock.now())
        assert len(seen) == 2
    assert [card.title for card in home.needing] == ["Bientôt", "Des vélos pour tous", "Le four banal"]
    assert home.open_by_departement == {"21": 3, "25": 1}
    assert (home.figures.open, home.figures.succeeded, home.figures.missed) == (4, 1, 1)
    assert home.figures.raised_cents == 220_000  # what a missed campaign gathered was given back


def test_a_word_of_the_story_or_of_the_place_finds_a_campaign(live: Desk):
    for words in ("rallumer", "mâlain", "côte+d'or", "alimentation", "partagé"):
        assert titles(live.app, f"?q={words}") == ["Le four du village"], words
