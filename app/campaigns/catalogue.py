"""The catalogue: searches, filters, order, and the communes of its map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select, case, func, select

from app.campaigns import search
from app.campaigns.models import Campaign, CampaignValue, Picture
from app.campaigns.public_page import Departement, newest_picture, smallest_image
from app.campaigns.rules import (
    AFTER_VERDICT,
    MISSED,
    ONGOING,
    PUBLIC,
    AddedValue,
    CampaignState,
    FundingKind,
    Theme,
    shown,
)
from app.core.database import db
from app.network.communes import departements, find_commune
from app.network.models import Territory, TerritoryKind
from app.network.rules import typographic

PAGE_SIZE = 12
LAST_PAGE = 500
SOON = timedelta(days=10)
STATES = {"en-cours": ONGOING, "reussies": AFTER_VERDICT, "arretees": MISSED, "toutes": PUBLIC}
SORTS = ("pertinence", "recentes", "fin", "proche", "moins")
KINDS = {"tout-ou-rien": FundingKind.ALL_OR_NOTHING, "garde": FundingKind.FLEXIBLE}
VIEWS = ("liste", "carte")
MOST_POINTS = 400  # communes on the map


@dataclass(frozen=True)
class Filters:
    """What a visitor asks for; anything unknown in the address is read as not asked."""

    words: str = ""
    territory: str = ""
    theme: str = ""
    value: str = ""
    kind: str = ""
    state: str = "en-cours"
    soon: bool = False
    sort: str = ""  # the usual one, see `order`
    view: str = "liste"
    page: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Filters:
        page = args.get("page", "1")
        return cls(
            words=" ".join(args.get("q", "")[:200].split()),
            territory=_code(args.get("territoire", "")),
            theme=_one_of(args.get("theme", ""), [theme.value for theme in Theme]),
            value=_one_of(args.get("valeur", ""), [value.value for value in AddedValue]),
            kind=_one_of(args.get("regle", ""), list(KINDS)),
            state=_one_of(args.get("etat", ""), list(STATES)) or "en-cours",
            soon=args.get("bientot") == "1",
            sort=_one_of(args.get("tri", ""), list(SORTS)),
            view=_one_of(args.get("vue", ""), list(VIEWS)) or "liste",
            page=min(int(page), LAST_PAGE)
            if page.isascii() and page.isdigit() and 0 < len(page) < 6 and int(page)
            else 1,
        )

    def address(self, **changes: Any) -> dict[str, str]:
        """The values of a shareable address; what is usual is left out. Any change but `page` goes to page 1."""
        wanted = replace(self, **({"page": 1} | changes))
        usual = Filters()
        named = {
            "q": wanted.words, "territoire": wanted.territory, "theme": wanted.theme, "valeur": wanted.value,
            "regle": wanted.kind, "etat": wanted.state if wanted.state != usual.state else "",
            "bientot": "1" if wanted.soon else "", "tri": wanted.order if wanted.order != wanted.usual_order else "",
            "vue": wanted.view if wanted.view != usual.view else "",
            "page": str(wanted.page) if wanted.page > 1 else "",
        }  # fmt: skip
        return {name: value for name, value in named.items() if value}

    @property
    def order(self) -> str:
        """One of SORTS: the one asked for, else the usual one. Answers without words to answer do not exist."""
        return self.sort if self.sort and (self.sort != "pertinence" or self.has_words) else self.usual_order

    @property
    def usual_order(self) -> str:
        return "pertinence" if self.has_words else "recentes"

    @property
    def has_words(self) -> bool:
        return bool(search.asked(self.words))

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.territory or self.theme or self.value or self.kind or self.soon)

    @property
    def has_more(self) -> bool:
        """A filter beyond words and territory is in use."""
        usual = Filters()
        is_set = bool(self.theme or self.value or self.kind or self.soon)
        return is_set or self.state != usual.state or self.order != self.usual_order


def _code(text: str) -> str:
    return text if text.isascii() and text.isalnum() and len(text) <= 9 else ""


def _one_of(text: str, known: list[str]) -> str:
    return text if text in known else ""


@dataclass(frozen=True)
class Card:
    """A campaign in a list; amounts in cents."""

    slug: str
    title: str
    tagline: str
    state: str
    kind: str
    raised_cents: int
    goal_cents: int
    backers_count: int
    closes_at: datetime | None
    commune_name: str
    departement_name: str
    picture_url: str


@dataclass(frozen=True)
class Catalogue:
    cards: list[Card]
    territory_name: str  # "" when none was asked, or an unknown one
    has_next: bool
    points: list[Point]  # for the map; [] when it was not asked for


_CARD: Select[*tuple[Any, ...]] = (
    select(
        Campaign.slug, Campaign.title, Campaign.tagline, Campaign.state, Campaign.kind,
        Campaign.raised_cents, Campaign.verdict_raised_cents, Campaign.goal_cents,
        Campaign.backers_count, Campaign.closes_at, Territory.name.label("commune"),
        Departement.name.label("departement"), newest_picture(Picture.renditions).label("renditions"),
    )
    .outerjoin(Territory, Territory.code == Campaign.commune_code)
    .outerjoin(Departement, Departement.code == Campaign.departement_code)
)  # fmt: skip


def select_cards(*where: Any) -> Select[*tuple[Any, ...]]:
    """The statement of the cards that are meant; the caller orders and limits it."""
    return _CARD.where(*where)


def cards(statement: Select[*tuple[Any, ...]]) -> list[Card]:
    return [
        Card(
            slug=row.slug,
            title=row.title,
            tagline=row.tagline,
            state=row.state,
            kind=row.kind,
            raised_cents=shown(row.state, row.raised_cents, row.verdict_raised_cents),
            goal_cents=row.goal_cents or 0,
            backers_count=row.backers_count,
            closes_at=row.closes_at,
            commune_name=row.commune or "",
            departement_name=row.departement or "",
            picture_url=smallest_image(row.renditions),
        )
        for row in db.session.execute(statement)
    ]


def catalogue(filters: Filters, at: datetime) -> Catalogue:
    """One page of campaigns the public may see. One statement once the places are known, two with the map."""
    name, here = _territory(filters.territory)
    where = [*here, *_wanted(filters, at)]
    statement = select_cards(*where).order_by(*_order(filters))
    found = cards(statement.limit(PAGE_SIZE + 1).offset((filters.page - 1) * PAGE_SIZE))
    points = points_of(*where) if filters.view == "carte" else []
    return Catalogue(found[:PAGE_SIZE], name, len(found) > PAGE_SIZE, points)


def _wanted(filters: Filters, at: datetime) -> list[Any]:
    """The conditions of everything asked but the territory."""
    where: list[Any] = [Campaign.state.in_(STATES[filters.state])]
    words = search.matches(filters.words)
    if words is not None:
        where.append(words)
    if filters.theme:
        where.append(Campaign.theme == filters.theme)
    if filters.value:
        where.append(Campaign.id.in_(select(CampaignValue.campaign_id).where(CampaignValue.value == filters.value)))
    if filters.kind:
        where.append(Campaign.kind == KINDS[filters.kind])
    if filters.soon:
        where += [Campaign.state == CampaignState.LIVE, Campaign.closes_at > at, Campaign.closes_at <= at + SOON]
    return where


def _order(filters: Filters) -> tuple[Any, ...]:
    """`pertinence`: the best answers first, the newest among equals; `proche`: nearest to the goal first, those that
    have reached it last; `moins`: fewest contributions first."""
    sort, newest = filters.order, (Campaign.opens_at.desc(), Campaign.id.desc())
    if sort == "pertinence":
        return (*search.relevance(filters.words), *newest)
    if sort == "fin":
        return Campaign.closes_at, Campaign.id
    if sort == "proche":
        missing = Campaign.goal_cents - Campaign.raised_cents
        return case((missing > 0, 0), else_=1), missing, Campaign.id
    if sort == "moins":
        return Campaign.backers_count, Campaign.closes_at, Campaign.id
    return newest


@dataclass(frozen=True)
class Point:
    """A commune with campaigns, in degrees."""

    code: str
    name: str
    longitude: float
    latitude: float
    count: int


def points_of(*where: Any) -> list[Point]:
    """The communes of the campaigns that are meant, with how many each has; one statement."""
    rows = db.session.execute(
        select(Territory.code, Territory.name, Territory.longitude, Territory.latitude, func.count())
        .join(Campaign, Campaign.commune_code == Territory.code)
        .where(Territory.longitude.is_not(None), *where)
        .group_by(Territory.code, Territory.name, Territory.longitude, Territory.latitude)
        .order_by(Territory.name, Territory.code)
        .limit(MOST_POINTS)
    )
    return [Point(code, typographic(name), x or 0.0, y or 0.0, count) for code, name, x, y, count in rows]


def _territory(code: str) -> tuple[str, list[Any]]:
    """The name and the condition of a commune, an EPCI or a département; nothing for an unknown code."""
    if not code:
        return "", []
    for place in departements():
        if place.code == code:
            return typographic(place.name), [Campaign.departement_code == code]
    for epci_code, name in epcis():
        if epci_code == code:
            return name, [Territory.epci_code == code]
    commune = find_commune(code)
    return (typographic(commune.name), [Campaign.commune_code == code]) if commune else ("", [])


def epcis() -> list[tuple[str, str]]:
    """(code, name) of the region's intercommunalities, by name. Read once a process, like the départements."""
    known: list[tuple[str, str]] | None = current_app.extensions.get("epcis")
    if known:
        return known
    rows = db.session.execute(
        select(Territory.code, Territory.name)
        .where(Territory.kind == TerritoryKind.EPCI)
        .order_by(Territory.search_name)
    )
    found = [(code, typographic(name)) for code, name in rows]
    current_app.extensions["epcis"] = found
    return found
