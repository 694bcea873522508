"""The words of the catalogue: accents, plurals and beginnings, alike on both databases; the index never lags."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.campaigns import jobs, search
from app.campaigns.catalogue import Filters, catalogue
from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.core.text import fold, stem
from tests.builders import a_campaign, a_user
from tests.campaigns.conftest import Desk

TITLES = [
    "Des vélos pour tous",
    "Le four à pain",
    "Travaux à l’école",
    "Un cheval de trait",
    "Cœur de bœuf",
    "L’île aux Ânes",
]


@pytest.fixture
def shelf(app: Flask) -> Flask:
    with app.app_context():
        owner = a_user()
        for title in TITLES:
            a_campaign(owner, state="live", title=title)
        with transaction():
            for campaign in db.session.scalars(db.select(Campaign)):
                search.refresh(campaign)
    return app


def found(app: Flask, words: str) -> list[str]:
    with app.app_context():
        return sorted(card.title for card in catalogue(Filters(words=words), clock.now()).cards)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("vélo", "Des vélos pour tous"), ("VELOS", "Des vélos pour tous"), ("vél", "Des vélos pour tous"),
        ("les vélos", "Des vélos pour tous"), ("pain four", "Le four à pain"), ("travail", "Travaux à l’école"),
        ("travaux ecole", "Travaux à l’école"), ("chevaux", "Un cheval de trait"), ("coeurs", "Cœur de bœuf"),
        ("bœufs", "Cœur de bœuf"), ("âne", "L’île aux Ânes"), ("l'île", "L’île aux Ânes"),
    ],
)  # fmt: skip
def test_accents_plurals_and_beginnings_are_forgiven(shelf, words, title):
    assert found(shelf, words) == [title]


@pytest.mark.parametrize("words", ["vélo four", "xyz", "our", "élo"])
def test_all_words_must_be_there_and_each_from_its_beginning(shelf, words):
    assert found(shelf, words) == []


@pytest.mark.parametrize(
    "words", ['"', "'", "' OR 1=1 --", "*", "vélo*", ":*", "(", "NEAR(a b)", "vélo AND", "%", "a" * 180, "🥖"]
)
def test_nothing_typed_breaks_the_question(shelf, words):
    assert len(found(shelf, words)) <= len(TITLES)


def test_only_empty_words_still_ask_something(shelf):
    assert found(shelf, "le") == ["Le four à pain"]


def test_what_the_team_writes_is_found_at_once_and_what_it_takes_back_is_not(live: Desk):
    live.save("histoire", story="Une boulange joyeuse. " + "a" * 300)
    assert found(live.app, "boulanges") == ["Le four du village"]
    live.save("histoire", story="Un moulin. " + "a" * 300)
    assert found(live.app, "boulange") == []
    assert found(live.app, "moulins") == ["Le four du village"]


def test_an_endless_word_is_cut_and_does_no_harm(live: Desk):
    live.save("histoire", story="x" * 9000)
    assert found(live.app, "x" * 60) == ["Le four du village"]


def test_the_command_takes_the_words_anew_without_disturbing_a_holder(live: Desk):
    with live.app.app_context():
        row = db.session.scalars(db.select(Campaign)).one()
        campaign_id, version = row.id, row.version
        with transaction():
            db.session.execute(text("UPDATE campaigns SET search_text = 'rien'"))
    assert found(live.app, "four") == []
    said = live.app.test_cli_runner().invoke(args=["campaigns", "reindex"])
    assert said.output == "1 campaigns read, 1 changed.\n"
    assert live.app.test_cli_runner().invoke(args=["campaigns", "reindex"]).output.endswith("0 changed.\n")
    assert found(live.app, "fours") == ["Le four du village"]
    with live.app.app_context():
        assert db.session.get_one(Campaign, campaign_id).version == version


def in_order(app: Flask, words: str, **asked: str) -> list[str]:
    with app.app_context():
        return [card.title for card in catalogue(Filters(words=words, **asked), clock.now()).cards]


@pytest.fixture
def three(app: Flask) -> Flask:
    """The older, the better it answers « moulin »: the order by date would be the contrary."""
    said = [
        ("Le moulin du bourg", "", ""),
        ("Un fournil", "Du pain au moulin", ""),
        ("Une grange", "", "Près du moulin. " * 40),
        ("Un verger", "", ""),
    ]
    with app.app_context():
        owner = a_user()
        for days, (title, tagline, story) in enumerate(said):
            opened = clock.now() - timedelta(days=20 - days)
            campaign = a_campaign(owner, state="live", title=title)
            with transaction():
                campaign.tagline, campaign.story_markdown, campaign.opens_at = tagline, story, opened
        assert jobs.index_new() == {"indexed": 4}
        assert jobs.index_new() == {}
    return app


def test_the_title_answers_better_than_the_summary_and_the_summary_than_the_story(three):
    best_first = ["Le moulin du bourg", "Un fournil", "Une grange"]
    assert in_order(three, "moulins") == best_first
    assert in_order(three, "moul") == best_first
    assert in_order(three, "moulin", sort="recentes") == best_first[::-1], "another order may still be asked"
    assert in_order(three, "", sort="pertinence")[0] == "Un verger", "without words there is nothing to answer"


def test_the_order_by_answer_is_offered_when_there_are_words_and_addresses_stay_short(three):
    client = three.test_client()
    offered = "Celles qui répondent le mieux"
    assert offered in client.get("/campagnes?q=moulin").get_data(as_text=True)
    assert offered not in client.get("/campagnes?q=%21").get_data(as_text=True)
    assert Filters.read({"q": "moulin", "tri": "pertinence"}).address() == {"q": "moulin"}
    assert Filters.read({"q": "moulin", "tri": "recentes"}).address() == {"q": "moulin", "tri": "recentes"}
    assert Filters.read({"tri": "recentes"}).address() == Filters.read({"tri": "pertinence"}).address() == {}
    assert not Filters.read({"q": "moulin", "tri": "pertinence"}).has_more


def test_stems_meet():
    for one, many in (
        ("local", "locaux"),
        ("bateau", "bateaux"),
        ("tuyau", "tuyaux"),
        ("prix", "prix"),
        ("bus", "bus"),
    ):
        assert stem(fold(one)) == stem(fold(many)), one
