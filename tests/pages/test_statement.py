"""The declaration of accessibility: what the law asks it to say, from the last result, never more than was found."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from app.pages import statement

GOOD = {
    "checked_at": "2026-11-22T09:30:00+00:00", "is_whole": True, "opened": 4_321, "pages": 1_234, "in_browser": 1_234,
    "routes": 150, "states": 770, "people": 12, "looks": ["1280 px, light", "360 px, dark", "320 px, light"],
    "axe": "4.12.1", "html_checker": "26.9.27", "chromium": "156.0", "faults": [],
}  # fmt: skip
FAULT = {"tool": "axe", "rule": "label", "sentence": "Un <b>champ</b> est sans étiquette", "pages": 3}


def declared(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, check: statement.Check | None) -> str:
    monkeypatch.setattr(statement, "last_check", lambda: check)
    return " ".join(client.get("/accessibilite").get_data(as_text=True).split())


def test_nothing_found_is_still_not_conform_and_says_why(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    said = declared(client, monkeypatch, statement.read(json.dumps(GOOD)))
    for words in (
        "22 novembre 2026", "Accessibilité : non conforme", "article 47 de la loi n° 2005-102",
        "aucun résultat d’audit", "Aucun défaut relevé par ces contrôles", "320, 360, 1280 pixels",
        "axe-core 4.12.1", "Nu Html Checker 26.9.27",
        "Défenseur des droits", "1 234 pages différentes", "État de conformité",
        "Non-conformités", "Voies de recours",
    ):  # fmt: skip
        assert words in said, words
    assert "totalement conforme" not in said
    assert "partiellement conforme" not in said
    assert "Un navigateur en ouvre" not in said, "all were opened: nothing to explain"


def test_what_was_found_is_told_with_its_number_of_pages(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    partly = GOOD | {"faults": [FAULT], "is_whole": False, "in_browser": 131}
    said = declared(client, monkeypatch, statement.read(json.dumps(partly)))
    assert "1 défaut relevé" in said
    assert "Un &lt;b&gt;champ&lt;/b&gt; est sans étiquette (3 pages)" in said
    assert "Aucun défaut relevé" not in said
    assert "ouvert une fois" in said
    assert "Un navigateur en ouvre 131" in said


def test_before_any_check_the_declaration_says_that_nothing_is_dated(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = declared(client, monkeypatch, None)
    assert "aucun contrôle automatique n’est encore daté" in said
    assert "Outils" not in said


def test_the_result_that_is_delivered_can_be_read() -> None:
    check = statement.last_check()
    assert check is None or check.pages > 100
    with pytest.raises(KeyError):
        statement.read("{}")
