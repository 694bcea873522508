"""What anybody may ask: communes as JSON, and who can help."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.core.database import transaction
from app.network import queries


def test_communes_as_json_for_the_field(client: FlaskClient):
    answer = client.get("/communes.json?q=le%20creus")
    assert answer.status_code == 200
    assert answer.get_json() == [
        {
            "code": "71153",
            "name": "Le Creusot",
            "departement": "Saône-et-Loire",
            "label": "Le Creusot (Saône-et-Loire)",
        }
    ]
    assert answer.cache_control.public
    assert answer.cache_control.max_age == 3600


@pytest.mark.parametrize("q", ["", "%", "x" * 7_000, "%F0%9F%8C%BB", "<script>"])
def test_communes_as_json_stay_calm(client: FlaskClient, q: str):
    answer = client.get(f"/communes.json?q={q}")
    assert answer.status_code == 200
    assert answer.get_json() == []


def test_no_more_than_a_dozen_communes(client: FlaskClient):
    assert len(client.get("/communes.json?q=a").get_json()) == 12
    assert client.get("/communes.json").get_json() == []


def test_dijon_gets_five_answers_with_reasons(client: FlaskClient):
    page = client.get("/qui-peut-m-aider?commune=21231&commune_text=")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert text.count("Pôle d’Économie Solidaire 21") >= 5
    assert "Parce que cette structure répond en Côte-d’Or" in text
    assert "à confirmer" in text, "CRDVA is inferred"


@pytest.mark.parametrize("commune", ["58194", "70550"])
def test_nevers_and_vesoul_read_who_answers_by_when(client: FlaskClient, commune: str):
    text = client.get(f"/qui-peut-m-aider?commune={commune}").get_data(as_text=True)
    assert "Réseau Graine d’Actions" in text
    assert "sous 3\u00a0jours ouvrés" in text


def test_without_script_homonyms_are_asked_and_the_choice_answers(client: FlaskClient):
    asked = client.get("/qui-peut-m-aider?commune_text=Bussi%C3%A8res&commune=")
    text = asked.get_data(as_text=True)
    assert asked.status_code == 422
    assert text.count('type="radio" name="commune"') == 4
    assert "CC du Pays Riolais" in text
    chosen = client.get("/qui-peut-m-aider?commune=89058&commune=&commune_text=Bussi%C3%A8res")
    assert "Foyers ruraux" in chosen.get_data(as_text=True)


def test_the_search_button_of_the_field_answers_too(client: FlaskClient):
    page = client.get("/qui-peut-m-aider?commune_text=dijon&commune=&commune_search=1")
    assert page.status_code == 200
    assert "Pôle d’Économie Solidaire 21" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    ["commune_text=Strasbourg", "commune=", "commune=99999", "commune_text=" + "x" * 7_000],
)
def test_what_is_no_commune_gets_a_sentence(client: FlaskClient, query: str):
    page = client.get(f"/qui-peut-m-aider?{query}")
    assert page.status_code == 422
    assert "commune" in page.get_data(as_text=True)


def test_the_first_visit_asks_and_complains_of_nothing(client: FlaskClient):
    page = client.get("/qui-peut-m-aider")
    assert page.status_code == 200
    assert "data-summary" not in page.get_data(as_text=True)


def test_a_contact_is_shown_once_the_network_knows_it(client: FlaskClient, app):
    with app.app_context(), transaction():
        queries.get_organisation("pes-21").contact_email = "bonjour@pes.invalid"
    text = client.get("/qui-peut-m-aider?commune=21231").get_data(as_text=True)
    assert "mailto:bonjour@pes.invalid" in text
