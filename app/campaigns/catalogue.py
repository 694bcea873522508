"""The catalogue and what the home page shows of it: searches, filters and figures on stored totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select, case, func, select

from app.campaigns.models import Campaign, CampaignValue, Picture
from app.campaigns.public_page import Departement, newest_picture, smallest_image
from app.campaigns.rules import AFTER_VERDICT, MISSED, ONGOING, PUBLIC, AddedValue, CampaignState, Theme
from app.core.database import db
from app.core.text import fold, stem
from app.network.communes import departements, find_commune
from app.network.models import Territory, TerritoryKind
from app.network.rules import typographic

PAGE_SIZE = 12
LAST_PAGE = 500
MOST_WORDS = 6
SOON = timedelta(days=10)
STATES = {"en-cours": ONGOING, "reussies": AFTER_VERDICT, "arretees": MISSED, "toutes": PUBLIC}
SORTS = ("recentes", "fin")
NEEDING = 3  # campaigns that need a hand, on the home page


@dataclass(frozen=True)
class Filters:
    """What a visitor asks for; anything unknown in the address is read as not asked."""

    words: str = ""
    territory: str = ""
    theme: str = ""
    value: str = ""
    state: str = "en-cours"
    soon: bool = False
    sort: str = "recentes"
    page: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Filters:
        page = args.get("page", "1")
        return cls(
            words=" ".join(args.get("q", "")[:200].split()),
            territory=_code(args.get("territoire", "")),
            theme=_one_of(args.get("theme", ""), [theme.value for theme in Theme]),
            value=_one_of(args.get("valeur", ""), [value.value for value in AddedValue]),
            state=_one_of(args.get("etat", ""), list(STATES)) or "en-cours",
            soon=args.get("bientot") == "1",
            sort=_one_of(args.get("tri", ""), list(SORTS)) or "recentes",
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
            "etat": wanted.state if wanted.state != usual.state else "", "bientot": "1" if wanted.soon else "",
            "tri": wanted.sort if wanted.sort != usual.sort else "",
            "page": str(wanted.page) if wanted.page > 1 else "",
        }  # fmt: skip
        return {name: value for name, value in named.items() if value}

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.territory or self.theme or self.value or self.soon)

    @property
    def has_more(self) -> bool:
        """A filter beyond words and territory is in use."""
        usual = Filters()
        return bool(self.theme or self.value or self.soon) or (self.state, self.sort) != (usual.state, usual.sort)


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


_CARD: Select[*tuple[Any, ...]] = (
    select(
        Campaign.slug, Campaign.title, Campaign.tagline, Campaign.state, Campaign.kind,
        Campaign.raised_cents, Campaign.goal_cents,
        Campaign.backers_count, Campaign.closes_at, Territory.name.label("commune"),
        Departement.name.label("departement"), newest_picture(Picture.renditions).label("renditions"),
    )
    .outerjoin(Territory, Territory.code == Campaign.commune_code)
    .outerjoin(Departement, Departement.code == Campaign.departement_code)
)  # fmt: skip


def _cards(statement: Select[*tuple[Any, ...]]) -> list[Card]:
    return [
        Card(
            slug=row.slug,
            title=row.title,
            tagline=row.tagline,
            state=row.state,
            kind=row.kind,
            raised_cents=row.raised_cents,
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
    """One page of campaigns the public may see. Two statements at most once the places are known."""
    name, where = _territory(filters.territory)
    statement = _CARD.where(Campaign.state.in_(STATES[filters.state]), *where)
    for word in fold(filters.words).split()[:MOST_WORDS]:
        statement = statement.where(Campaign.search_text.like(f"%{stem(word)}%"))  # folded: no wildcard in it
    if filters.theme:
        statement = statement.where(Campaign.theme == filters.theme)
    if filters.value:
        claims = select(CampaignValue.campaign_id).where(CampaignValue.value == filters.value)
        statement = statement.where(Campaign.id.in_(claims))
    if filters.soon:
        statement = statement.where(
            Campaign.state == CampaignState.LIVE, Campaign.closes_at > at, Campaign.closes_at <= at + SOON
        )
    order = (
        (Campaign.closes_at, Campaign.id) if filters.sort == "fin" else (Campaign.opens_at.desc(), Campaign.id.desc())
    )
    statement = statement.order_by(*order).limit(PAGE_SIZE + 1).offset((filters.page - 1) * PAGE_SIZE)
    cards = _cards(statement)
    return Catalogue(cards[:PAGE_SIZE], name, len(cards) > PAGE_SIZE)


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


@dataclass(frozen=True)
class Figures:
    """What the network did so far. `raised_cents`: promised or paid, missed campaigns left out."""

    open: int
    succeeded: int
    missed: int
    backers: int
    raised_cents: int


@dataclass(frozen=True)
class Home:
    """`needing`: the open campaigns that end soonest, those that miss their goal first.
    `open_by_departement`: département code → open campaigns, for the map."""

    needing: list[Card]
    figures: Figures
    open_by_departement: dict[str, int]


def for_home(at: datetime) -> Home:
    """Two statements, on stored totals."""
    needing = _CARD.where(Campaign.state == CampaignState.LIVE, Campaign.closes_at > at).order_by(
        Campaign.raised_cents >= Campaign.goal_cents, Campaign.closes_at, Campaign.id
    )
    counted = Campaign.state.in_(ONGOING | AFTER_VERDICT)
    rows = db.session.execute(
        select(
            Campaign.departement_code,
            func.sum(case((Campaign.state == CampaignState.LIVE, 1), else_=0)),
            func.sum(case((Campaign.state.in_(AFTER_VERDICT), 1), else_=0)),
            func.sum(case((Campaign.state == CampaignState.FAILED, 1), else_=0)),
            func.sum(case((counted, Campaign.backers_count), else_=0)),
            func.sum(case((counted, Campaign.raised_cents), else_=0)),
        )
        .where(Campaign.state.in_(PUBLIC))
        .group_by(Campaign.departement_code)
    ).all()
    totals = [sum(int(row[n]) for row in rows) for n in range(1, 6)]
    return Home(_cards(needing.limit(NEEDING)), Figures(*totals), {row[0]: int(row[1]) for row in rows if row[0]})
