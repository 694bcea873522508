"""The words of the catalogue: accents, plurals and beginnings, alike on both databases; the index never lags."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from app.campaigns import search
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


def test_stems_meet():
    for one, many in (
        ("local", "locaux"),
        ("bateau", "bateaux"),
        ("tuyau", "tuyaux"),
        ("prix", "prix"),
        ("bus", "bus"),
    ):
        assert stem(fold(one)) == stem(fold(many)), one
