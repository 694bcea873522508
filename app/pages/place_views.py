"""The doors of places and themes: their campaigns, who helps there, and their figures."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal

from app.campaigns import queries as campaign_queries
from app.campaigns.catalogue import Filters
from app.campaigns.rules import Theme
from app.campaigns.words import THEMES
from app.core import clock
from app.core.access import allow, anyone
from app.core.errors import NotFound
from app.network import places
from app.network.communes import map_data
from app.network.models import TerritoryKind
from app.network.places import Place
from app.network.routing import REGION
from app.pages.views import bp


@bp.get("/territoires")
@allow(anyone)
def territories() -> ResponseReturnValue:
    return territory(code=REGION)


@bp.get("/territoires/<code>")
@allow(anyone)
def territory(code: str) -> ResponseReturnValue:
    """A place of any size that bears campaigns."""
    place = places.get_place(code)
    shelf = campaign_queries.of_place(place)
    return render_template(
        "pages/territory.html",
        place=place,
        population=format_decimal(place.population or 0),
        parts=places.parts_of(place),
        helpers=places.helpers_of(place, clock.paris_day(clock.now()).date()),
        shelf=shelf,
        departements=_on_map(shelf.open_by_departement),
        address=Filters(territory="" if place.code == REGION else place.code, state="toutes").address,
        above=_above(place),
        region=map_data(),
    )


def _above(place: Place) -> list[tuple[str, str]]:
    """(name, address) of the larger places, the largest first."""
    if place.kind == TerritoryKind.REGION:
        return []
    larger = [(place.departement, place.departement_code), (place.epci, place.epci_code)]
    return [(name, url_for("pages.territory", code=code)) for name, code in larger if name and code != place.code]


def _on_map(open_by_departement: dict[str, int]) -> list[dict[str, object]]:
    return [
        {
            **one,
            "count": open_by_departement.get(one["code"], 0),
            "url": url_for("pages.territory", code=one["code"]),
        }
        for one in map_data().departements
    ]


@bp.get("/themes/<code>")
@allow(anyone)
def theme(code: str) -> ResponseReturnValue:
    """What the network did on a theme, and who has read such campaigns."""
    if code not in {one.value for one in Theme}:
        raise NotFound
    return render_template(
        "pages/theme.html",
        code=code,
        name=THEMES[Theme(code)],
        themes=THEMES,
        shelf=campaign_queries.of_theme(code),
        readers=campaign_queries.readers_of_theme(code),
        address=Filters(theme=code, state="toutes").address,
        region=map_data(),
    )
