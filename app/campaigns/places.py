"""The campaigns of a place or of a theme, for their pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from app.accounts.models import User
from app.campaigns.catalogue import Card, Point, cards, points_of, select_cards
from app.campaigns.feeds import Line
from app.campaigns.figures import Figures, by_departement
from app.campaigns.models import Campaign
from app.campaigns.rules import ONGOING, PUBLIC, CampaignState
from app.core.database import db
from app.network.models import Organisation, Territory, TerritoryKind
from app.network.places import Place
from app.network.rules import typographic

MOST_CARDS = 24
MOST_LINES = 30  # of a feed


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


def newest(place: Place | None = None) -> list[Line]:
    """The public campaigns that opened last, everywhere or in a place, for a feed; one statement."""
    rows = db.session.execute(
        select(
            Campaign.slug, Campaign.title, Campaign.tagline, Territory.name, Campaign.theme, User.name,
            Campaign.opens_at, Campaign.edited_at,
        )
        .join(User, User.id == Campaign.owner_id)
        .outerjoin(Territory, Territory.code == Campaign.commune_code)
        .where(Campaign.state.in_(PUBLIC), Campaign.opens_at.is_not(None), *(_in(place) if place else ()))
        .order_by(Campaign.opens_at.desc(), Campaign.id.desc())
        .limit(MOST_LINES)
    )  # fmt: skip
    return [
        Line(slug, title, tagline, typographic(commune or ""), theme, holder, opens_at, edited_at)
        for slug, title, tagline, commune, theme, holder, opens_at, edited_at in rows
        if opens_at is not None
    ]


def for_sitemap() -> list[tuple[str, datetime | None]]:
    """(slug, last change) of the public campaigns, the newest first; as many as one sitemap may hold."""
    rows = db.session.execute(
        select(Campaign.slug, func.coalesce(Campaign.verdict_at, Campaign.edited_at, Campaign.opens_at))
        .where(Campaign.state.in_(PUBLIC), Campaign.state != CampaignState.CANCELLED)
        .order_by(Campaign.id.desc())
        .limit(45_000)
    )
    return [(slug, at) for slug, at in rows]


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
