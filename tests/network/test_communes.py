"""Finding a commune: accents, abbreviations, homonyms, postal codes that say little."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from app.core.database import db
from app.core.errors import NotFound
from app.network import queries
from app.network.communes import map_data
from app.network.models import Territory, TerritoryKind
from app.network.rules import search_form

pytestmark = pytest.mark.usefixtures("ctx")


def names(text: str, limit: int = 12) -> list[str]:
    return [c.name for c in queries.search_communes(text, limit)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("dijon", "Dijon"), ("DIJON", "Dijon"), ("  Dijon  ", "Dijon"), ("dij", "Dijon"),
        ("malain", "Mâlain"), ("mâlain", "Mâlain"), ("ma\u0302lain", "Mâlain"), ("chenove", "Chenôve"),
        ("St Jean de Losne", "Saint-Jean-de-Losne"), ("st-jean de losne", "Saint-Jean-de-Losne"),
        ("saint jean boeuf", "Saint-Jean-de-Bœuf"), ("Saint-Jean-de-Boeuf", "Saint-Jean-de-Bœuf"),
        ("saint jean de bœuf", "Saint-Jean-de-Bœuf"), ("Chalon s/Saône", "Chalon-sur-Saône"),
        ("isle sur le doubs", "L’Isle-sur-le-Doubs"), ("lisle sur le doubs", "L’Isle-sur-le-Doubs"),
        ("L'Isle-sur-le-Doubs", "L’Isle-sur-le-Doubs"), ("Château Chinon ville", "Château-Chinon (Ville)"),
    ],
)  # fmt: skip
def test_what_people_type_finds_the_commune(typed: str, first: str | None):
    assert (names(typed) or [None])[0] == first


def test_a_beginning_comes_before_a_middle():
    found = names("dijon")
    assert found[0] == "Dijon"
    assert "Fontaine-lès-Dijon" in found[1:]


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "'", "🌻", "\u202e", "\x00", "zzzz", "x" * 1_000_000, "1" * 99])
def test_nonsense_finds_nothing_and_harms_nothing(typed: str):
    assert names(typed) == []


@pytest.mark.parametrize(
    ("typed", "meant"), [("Dolle", "Dole"), ("Besanson", "Besançon"), ("Vezoul", "Vesoul"), ("pontarlié", "Pontarlier")]
)
def test_a_name_that_is_spelt_nearly_so_is_offered_first(typed: str, meant: str):
    assert names(typed)[0] == meant


def test_a_beginning_that_exists_is_not_corrected():
    assert "Dole" not in names("Dol")[5:]
    assert all(name.startswith("Beaun") for name in names("Beaun")[:1])


def test_never_more_than_asked():
    assert len(names("a", 12)) == 12


def test_a_postal_code_shows_all_its_communes_in_both_departements():
    found = queries.search_communes("21340", 50)
    assert {c.departement_code for c in found} == {"21", "71"}
    assert len(found) == 10
    assert {c.departement_code for c in queries.search_communes("01410", 50)} == {"39"}


def test_the_beginning_of_a_postal_code_is_a_help_and_two_digits_are_not():
    assert names("213") != []
    assert names("21") == []
    assert names("213401") == []


def test_88_names_occur_more_than_once_and_each_of_them_can_be_told_apart():
    communes = db.session.scalars(select(Territory).where(Territory.kind == TerritoryKind.COMMUNE)).all()
    twice = {name for name, times in Counter(c.name for c in communes).items() if times > 1}
    assert len(twice) == 88
    for name in twice:
        found = queries.match_communes(name)
        assert len(found) >= 2
        assert all(c.is_homonym for c in found)
        assert len({c.label for c in found}) == len(found), f"two communes read the same: {name}"


def test_every_label_leads_back_to_its_own_commune():
    every = queries.communes_by_code(
        set(db.session.scalars(select(Territory.code).where(Territory.is_homonym)))
    ).values()
    assert len(every) > 170
    for commune in every:
        assert [c.code for c in queries.match_communes(commune.label)] == [commune.code]


def test_an_exact_name_leaves_longer_names_out():
    assert [c.code for c in queries.match_communes("Dijon")] == ["21231"]


@pytest.mark.parametrize("code", ["99999", "", "dijon", "2123", "21231'", "\x00", "9" * 400, "²¹²³¹", "21", "R27"])
def test_a_code_that_is_no_commune_is_not_found(code: str):
    assert queries.find_commune(code) is None
    with pytest.raises(NotFound):
        queries.get_commune(code)


def test_departements_in_order():
    found = [(d.code, d.name) for d in queries.departements()]
    assert [code for code, _ in found] == ["21", "25", "39", "58", "70", "71", "89", "90"]
    assert found[0][1] == "Côte-d’Or"


def test_the_map_places_a_point_inside_its_canvas():
    drawn = map_data()
    _, _, width, height = (float(n) for n in drawn.viewbox.split())
    for commune in queries.search_communes("a", 50):
        x, y = drawn.point(commune.longitude, commune.latitude)
        assert 0 <= x <= width
        assert 0 <= y <= height
    assert {d["code"] for d in drawn.departements} == {d.code for d in queries.departements()}


@pytest.mark.parametrize(("typed", "kept"), [("St", "saint"), ("Bœuf", "boeuf"), ("s/ Saône", "ssaone")])
def test_the_search_form_opens_abbreviations(typed: str, kept: str):
    assert search_form(typed) == kept
