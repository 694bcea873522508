"""Reads about the places that the network draws itself: QPV and custom areas, made of other places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from app.core.database import db
from app.core.errors import NotFound
from app.network.models import Territory, TerritoryKind, TerritoryPart
from app.network.rules import NEARNESS, REGION

OWN_KINDS = (TerritoryKind.QPV, TerritoryKind.CUSTOM)
MOST_AREAS = 500


@dataclass(frozen=True)
class Area:
    """A QPV or custom area with the codes that it is made of. `is_wide`: it holds a whole département."""

    code: str
    kind: str
    name: str
    parts: frozenset[str]
    is_wide: bool = False

    @property
    def nearness(self) -> str:
        if self.kind == TerritoryKind.QPV:
            return "qpv"
        return "wide" if self.is_wide else "custom"


def areas_in_force(on: date) -> list[Area]:
    """Those of a day (Paris), by name; one statement."""
    rows = db.session.execute(
        select(Territory.code, Territory.kind, Territory.name, TerritoryPart.part_code)
        .join(TerritoryPart, TerritoryPart.territory_code == Territory.code)
        .where(
            Territory.kind.in_(OWN_KINDS),
            or_(Territory.starts_on.is_(None), Territory.starts_on <= on),
            or_(Territory.ends_on.is_(None), Territory.ends_on >= on),
        )
        .order_by(Territory.name, Territory.code)
    )
    parts: dict[tuple[str, str, str], set[str]] = {}
    for code, kind, name, part in rows:
        parts.setdefault((code, str(kind), name), set()).add(part)
    return [
        Area(code, kind, name, frozenset(found), any(len(part) <= 3 for part in found))
        for (code, kind, name), found in parts.items()
    ]


def levels_of(place: tuple[str, str, str], areas: Iterable[Area], qpv: str = "") -> dict[str, int]:
    """(commune, EPCI, département) → territory code → how near it is (a position in NEARNESS, 0 the nearest).

    A QPV counts only for somebody who says to live in it (`qpv`, its code): the rest of the town is not meant.
    """
    commune, epci, departement = place
    near = {commune: "commune", epci: "epci", departement: "departement", REGION: "region"}
    here = set(place)
    for area in areas:
        if area.parts & here and (area.nearness != "qpv" or area.code == qpv):
            near[area.code] = area.nearness
    return {code: NEARNESS.index(kind) for code, kind in near.items()}


def quarters_of(commune_code: str, on: date) -> list[Area]:
    """The QPV of a commune on a day, by name."""
    return [a for a in areas_in_force(on) if a.kind == TerritoryKind.QPV and commune_code in a.parts]


def own_areas() -> list[Territory]:
    """Every QPV and custom area, whatever its days, by kind and name."""
    query = select(Territory).where(Territory.kind.in_(OWN_KINDS)).order_by(Territory.kind, Territory.name)
    return list(db.session.scalars(query.limit(MOST_AREAS)))


def get_area(code: str) -> Territory:
    """Errors: NotFound when it is unknown, or an official place (those are not ours to change)."""
    found = db.session.get(Territory, code) if len(code) <= 20 and code.isprintable() else None
    if found is None or found.kind not in OWN_KINDS:
        raise NotFound
    return found


def parts_of(code: str) -> list[Territory]:
    """The places that an area is made of, by name."""
    return list(
        db.session.scalars(
            select(Territory)
            .join(TerritoryPart, TerritoryPart.part_code == Territory.code)
            .where(TerritoryPart.territory_code == code)
            .order_by(Territory.name, Territory.code)
        )
    )


def known_places(codes: Sequence[str]) -> set[str]:
    """Which of these codes are official places that an area can be made of."""
    kinds = (TerritoryKind.COMMUNE, TerritoryKind.EPCI, TerritoryKind.DEPARTEMENT)
    wanted = select(Territory.code).where(Territory.code.in_(codes), Territory.kind.in_(kinds))
    return set(db.session.scalars(wanted))
