"""Where the nearest campaigns under way are, for a place that has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core.database import db
from app.dropins.rules import kilometres
from app.network.communes import match_communes
from app.network.models import Territory, TerritoryKind
from app.network.rules import search_form


@dataclass(frozen=True)
class Near:
    """A commune with campaigns under way; `km` as the crow flies."""

    code: str
    name: str
    km: int
    count: int


def nearest(territory: str, words: str, limit: int = 3) -> list[Near]:
    """The communes nearest to what was asked: a territory, else words that are the name of one commune.

    Two statements; none when neither is a place.
    """
    here = _middle(territory) if territory else _named(words)
    if here is None:
        return []
    columns: tuple[Any, ...] = (Territory.code, Territory.name, Territory.longitude, Territory.latitude)
    wanted: tuple[Any, ...] = (*columns, func.count(Campaign.id))
    rows = db.session.execute(
        select(*wanted)
        .join(Campaign, Campaign.commune_code == Territory.code)
        .where(Campaign.state == CampaignState.LIVE, Territory.longitude.is_not(None))
        .group_by(*columns)
    )
    found = [Near(code, name, round(kilometres(here, (lon, lat))), count) for code, name, lon, lat, count in rows]
    return sorted(found, key=lambda one: (one.km, one.name))[:limit]


def _middle(code: str) -> tuple[float, float] | None:
    """Of a commune, or of the communes of an intercommunality or a département."""
    middle: tuple[Any, ...] = (func.avg(Territory.longitude), func.avg(Territory.latitude))
    longitude, latitude = db.session.execute(
        select(*middle).where(
            Territory.kind == TerritoryKind.COMMUNE,
            or_(Territory.code == code, Territory.epci_code == code, Territory.departement_code == code),
        )
    ).one()
    return (float(longitude), float(latitude)) if longitude is not None else None


def _named(words: str) -> tuple[float, float] | None:
    found = [c for c in match_communes(words) if search_form(c.name) == search_form(words)] if words else []
    return (found[0].longitude, found[0].latitude) if len(found) == 1 else None
