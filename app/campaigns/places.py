"""The campaigns of a place or of a theme, for their pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, select

from app.campaigns.catalogue import Card, Point, cards, points_of, select_cards
from app.campaigns.figures import Figures, by_departement
from app.campaigns.models import Campaign
from app.campaigns.rules import ONGOING, PUBLIC
from app.core.database import db
from app.network.models import Organisation, Territory, TerritoryKind
from app.network.places import Place

MOST_CARDS = 24


@dataclass(frozen=True)
class Shelf:
    """What a place or a theme shows: `cards` the open ones first, then the newest; `has_more`: the catalogue has."""

    cards: list[Card]
    has_more: bool
    figures: Figures
    open_by_departement: dict[str, int]
    points: list[Point]


def of_place(place: Place) -> Shelf:
    """Three statements."""
    return _shelf(*_in(place))


def of_theme(theme: str) -> Shelf:
    """Three statements."""
    return _shelf(Campaign.theme == theme)


def readers_of_theme(theme: str) -> list[tuple[str, str]]:
    """(name, website) of the organisations that have read public campaigns of a theme, by name."""
    rows = db.session.execute(
        select(Organisation.name, Organisation.website)
        .join(Campaign, Campaign.organisation_id == Organisation.id)
        .where(Campaign.theme == theme, Campaign.state.in_(PUBLIC), Organisation.is_active)
        .distinct()
        .order_by(Organisation.name)
    )
    return [(name, website) for name, website in rows]


def _in(place: Place) -> tuple[Any, ...]:
    if place.kind == TerritoryKind.REGION:
        return ()
    if place.kind == TerritoryKind.DEPARTEMENT:
        return (Campaign.departement_code == place.code,)
    if place.kind == TerritoryKind.EPCI:
        inside = select(Territory.code).where(
            Territory.kind == TerritoryKind.COMMUNE, Territory.epci_code == place.code
        )
        return (Campaign.commune_code.in_(inside),)
    return (Campaign.commune_code == place.code,)


def _shelf(*where: Any) -> Shelf:
    public = Campaign.state.in_(PUBLIC)
    first = case((Campaign.state.in_(ONGOING), 0), else_=1)
    found = cards(
        select_cards(public, *where).order_by(first, Campaign.opens_at.desc(), Campaign.id.desc()).limit(MOST_CARDS + 1)
    )
    figures, by_code = by_departement(*where)
    return Shelf(found[:MOST_CARDS], len(found) > MOST_CARDS, figures, by_code, points_of(public, *where))
