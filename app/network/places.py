"""One place of any size, what it is part of, what it holds, and who helps there: for its public page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from app.core.database import db
from app.core.errors import NotFound
from app.network.areas import areas_in_force
from app.network.models import Offer, Organisation, Territory, TerritoryKind
from app.network.routing import REGION, find_fallback, open_offers
from app.network.rules import typographic

PAGES = (TerritoryKind.REGION, TerritoryKind.DEPARTEMENT, TerritoryKind.EPCI, TerritoryKind.COMMUNE)
_Departement, _Epci = aliased(Territory), aliased(Territory)


@dataclass(frozen=True)
class Place:
    """A region, département, intercommunality (EPCI) or commune; names "" where there is none."""

    code: str
    kind: str
    name: str
    departement_code: str
    departement: str
    epci_code: str
    epci: str
    population: int | None


@dataclass
class Helper:
    """An organisation and the programmes it offers in a place; `website` "" when it has none."""

    name: str
    website: str
    contact_email: str
    to_confirm: bool
    programmes: list[str] = field(default_factory=list)


def get_place(code: str) -> Place:
    """By its code in addresses: « 21 », « 242100410 », « 21231 », « R27 ». Errors: NotFound."""
    if not code.isascii() or not code.isalnum() or len(code) > 9:
        raise NotFound
    row = db.session.execute(
        select(
            Territory.code, Territory.kind, Territory.name, Territory.departement_code,
            _Departement.name.label("departement"), Territory.epci_code, _Epci.name.label("epci"), Territory.population,
        )
        .outerjoin(_Departement, _Departement.code == Territory.departement_code)
        .outerjoin(_Epci, _Epci.code == Territory.epci_code)
        .where(Territory.code == code, Territory.kind.in_(PAGES))
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound
    is_departement = row.kind == TerritoryKind.DEPARTEMENT
    return Place(
        code=row.code, kind=row.kind, name=typographic(row.name), departement_code=row.departement_code or "",
        departement="" if is_departement else typographic(row.departement or ""), epci_code=row.epci_code or "",
        epci="" if row.kind == TerritoryKind.EPCI else typographic(row.epci or ""), population=row.population,
    )  # fmt: skip


def parts_of(place: Place) -> list[tuple[str, str]]:
    """(code, name) of the places just below: départements, intercommunalities, communes; [] for a commune."""
    query = select(Territory.code, Territory.name).order_by(Territory.search_name, Territory.code)
    if place.kind == TerritoryKind.REGION:
        query = query.where(Territory.kind == TerritoryKind.DEPARTEMENT).order_by(None).order_by(Territory.code)
    elif place.kind == TerritoryKind.DEPARTEMENT:
        communes = select(Territory.epci_code).where(
            Territory.kind == TerritoryKind.COMMUNE, Territory.departement_code == place.code
        )
        query = query.where(Territory.kind == TerritoryKind.EPCI, Territory.code.in_(communes))
    elif place.kind == TerritoryKind.EPCI:
        query = query.where(Territory.kind == TerritoryKind.COMMUNE, Territory.epci_code == place.code)
    else:
        return []
    return [(code, typographic(name)) for code, name in db.session.execute(query)]


def helpers_of(place: Place, on: date) -> list[Helper]:
    """Who offers something in a place, or in a part of it, on a day, by name; the network itself where nobody does."""
    above = {place.code, REGION, *filter(None, (place.epci_code, place.departement_code))}
    above |= {area.code for area in areas_in_force(on) if area.parts & above}
    inside = select(Territory.code)
    if place.kind == TerritoryKind.DEPARTEMENT:
        inside = inside.where(Territory.departement_code == place.code)
    elif place.kind == TerritoryKind.EPCI:
        inside = inside.where(Territory.epci_code == place.code)
    else:
        inside = inside.where(Territory.code == place.code)
    here = Offer.territory_code.in_(above) | Offer.territory_code.in_(inside)
    query = open_offers(on) if place.kind == TerritoryKind.REGION else open_offers(on).where(here)
    offers = db.session.scalars(query.options(joinedload(Offer.organisation), joinedload(Offer.programme))).all()
    return _by_organisation(offers) or [_helper(one) for one in [find_fallback()] if one is not None]


def _by_organisation(offers: Sequence[Offer]) -> list[Helper]:
    found: dict[int, Helper] = {}
    for offer in sorted(offers, key=lambda o: (o.organisation.name, o.programme_id)):
        helper = found.setdefault(offer.organisation_id, _helper(offer.organisation))
        if offer.programme.name not in helper.programmes:
            helper.programmes.append(offer.programme.name)
    return list(found.values())


def _helper(organisation: Organisation) -> Helper:
    return Helper(organisation.name, organisation.website, organisation.contact_email, organisation.to_confirm)
