"""Reads about places: communes by name or postal code, départements, the map."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, String, case, cast, func, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.errors import NotFound
from app.network.models import Territory, TerritoryKind
from app.network.rules import search_form, typographic

DATA = Path(__file__).parent / "data"
LONGEST_NAME = 120
ALIKE = 0.8  # of difflib: « dolle » is « dole », « besanson » is « besancon »
SHORTEST_ALIKE, MOST_ALIKE = 4, 5  # letters typed; names offered
MOST_MATCHES = 50  # one postal code serves up to 42 communes


@dataclass(frozen=True)
class Departement:
    code: str
    name: str


@dataclass(frozen=True)
class Commune:
    """A commune of the region, with the names of its département and intercommunality (EPCI)."""

    code: str
    name: str
    departement_code: str
    departement: str
    epci_code: str
    epci: str
    longitude: float
    latitude: float
    population: int
    is_homonym: bool = False

    @property
    def label(self) -> str:
        """« Dijon (Côte-d’Or) »; homonyms also say their EPCI."""
        words = f"{self.name} ({self.departement})"
        return f"{words} — {self.epci}" if self.is_homonym else words


_Departement, _Epci = aliased(Territory), aliased(Territory)


def _communes() -> Select[*tuple[Any, ...]]:
    columns: tuple[Any, ...] = (
        Territory.code, Territory.name, Territory.departement_code, _Departement.name,
        Territory.epci_code, _Epci.name, Territory.longitude, Territory.latitude, Territory.population,
        Territory.is_homonym,
    )  # fmt: skip
    return (
        select(*columns)
        .join(_Departement, _Departement.code == Territory.departement_code)
        .join(_Epci, _Epci.code == Territory.epci_code)
        .where(Territory.kind == TerritoryKind.COMMUNE)
    )


def find_commune(code: str) -> Commune | None:
    """By INSEE code, e.g. "21231"."""
    if not code.isascii() or not code.isalnum() or len(code) > 5:
        return None
    row = db.session.execute(_communes().where(Territory.code == code)).one_or_none()
    return Commune(*row) if row else None


def get_commune(code: str) -> Commune:
    """By INSEE code. Errors: NotFound."""
    found = find_commune(code)
    if found is None:
        raise NotFound
    return found


def communes_by_code(codes: set[str]) -> dict[str, Commune]:
    """Several at once, for a list of campaigns or records."""
    rows = db.session.execute(_communes().where(Territory.code.in_(codes))) if codes else ()
    return {row[0]: Commune(*row) for row in rows}


def search_communes(text: str, limit: int = 12) -> list[Commune]:
    """Communes for what was typed: the exact name first, then names that begin with it, then the rest.

    Accents, hyphens, apostrophes, capitals do not matter; St and Ste are opened. Digits are read as
    the beginning of a postal code (three at least), which often serves several communes. When no name begins with
    the words, names that are spelt nearly so come first.
    """
    bare = "".join(text.split())[: LONGEST_NAME + 1]
    if bare.isascii() and bare.isdigit():
        if not 3 <= len(bare) <= 5:
            return []
        codes = cast(Territory.postal_codes, String)
        by_code = codes.like(f'%"{bare}"%' if len(bare) == 5 else f'%"{bare}%')
        return _found(_communes().where(by_code).order_by(Territory.search_name, Territory.code), limit)
    words = search_form(text[: LONGEST_NAME + 1])
    if not words or len(words) > LONGEST_NAME:
        return []
    name = Territory.search_name
    rank: ColumnElement[int] = case((name == words, 0), (name.like(f"{words}%"), 1), else_=2)
    query = _communes().where(name.like(f"%{words}%"))
    found = _found(query.order_by(rank, Territory.population.desc(), Territory.code), limit)
    if any(search_form(c.name).startswith(words) for c in found):
        return found
    return (_spelt_nearly(words) + found)[:limit]


def _spelt_nearly(words: str) -> list[Commune]:
    """Communes whose name differs by a letter or two, the nearest first. Two statements."""
    if len(words) < SHORTEST_ALIKE:
        return []
    names: Sequence[str] = db.session.scalars(
        select(Territory.search_name).where(
            Territory.kind == TerritoryKind.COMMUNE, func.length(Territory.search_name).between(*_lengths(words))
        )
    ).all()
    near = get_close_matches(words, sorted(set(names)), n=MOST_ALIKE, cutoff=ALIKE)
    alike = _found(_communes().where(Territory.search_name.in_(near)), MOST_ALIKE) if near else []
    return sorted(alike, key=lambda c: (near.index(search_form(c.name)), -c.population, c.code))


def _lengths(words: str) -> tuple[int, int]:
    """The lengths outside which no name can be `ALIKE`."""
    return int(len(words) * ALIKE / (2 - ALIKE)), int(len(words) * (2 - ALIKE) / ALIKE) + 1


def _found(query: Select[*tuple[Any, ...]], limit: int) -> list[Commune]:
    return [Commune(*row) for row in db.session.execute(query.limit(limit))]


def match_communes(text: str) -> list[Commune]:
    """Which communes a person may mean who typed `text` and sent it: one is taken, several are asked.

    An exact name leaves the others out (« Dijon » is not « Varois-et-Dijon »).
    """
    found, words = search_communes(text, MOST_MATCHES), search_form(text)
    exact = [c for c in found if words == search_form(c.name)]
    return exact or _by_label(text) or found


def _by_label(text: str) -> list[Commune]:
    """A label sent back as text: « Bussières (Yonne) — CC Avallon… »."""
    name, has_more, _ = text.partition(" (")
    if not has_more:
        return []
    return [c for c in search_communes(name, MOST_MATCHES) if c.label == text.strip()]


def departements() -> list[Departement]:
    """The eight, by code. Read once a process: they only change with `flask network load`."""
    known: list[Departement] | None = current_app.extensions.get("departements")
    if known:
        return known
    rows = db.session.execute(
        select(Territory.code, Territory.name)
        .where(Territory.kind == TerritoryKind.DEPARTEMENT)
        .order_by(Territory.code)
    )
    found = [Departement(code, name) for code, name in rows]
    current_app.extensions["departements"] = found
    return found


def large_territories() -> tuple[list[Territory], list[Territory]]:
    """The region, and the intercommunalities by name."""
    query = select(Territory).order_by(Territory.name)
    region = db.session.scalars(query.where(Territory.kind == TerritoryKind.REGION))
    return list(region), list(db.session.scalars(query.where(Territory.kind == TerritoryKind.EPCI)))


def territory_names(codes: set[str]) -> dict[str, str]:
    rows = db.session.execute(select(Territory.code, Territory.name).where(Territory.code.in_(codes)))
    return {row.code: row.name for row in rows}


@dataclass(frozen=True)
class RegionMap:
    """The region as SVG paths on one canvas. `departements`: dicts {code, nom, d, label: (x, y)}."""

    viewbox: str
    departements: tuple[dict[str, Any], ...]
    projection: dict[str, Any]
    attribution: str

    def point(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Degrees → canvas units (equirectangular, as the file's own formula says)."""
        p = self.projection
        x = (longitude - p["west"]) * math.cos(math.radians(p["lat0"])) * p["scale"] + p["margin"]
        y = (p["north"] - latitude) * p["scale"] + p["margin"]
        return round(x, 1), round(y, 1)


@cache
def map_data() -> RegionMap:
    """The map, read once a process. Add counts to copies: {**departement, "count": 3, "url": …}."""
    raw = json.loads((DATA / "map-bfc.json").read_text("utf-8"))
    return RegionMap(
        viewbox=" ".join(str(n) for n in raw["viewBox"]),
        departements=tuple({**d, "nom": typographic(d["nom"])} for d in raw["departements"]),
        projection=raw["projection"],
        attribution=raw["attribution"],
    )
