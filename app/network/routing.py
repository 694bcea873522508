"""Who answers for a programme in a commune: data decides, always the same way, and says why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from app.core.database import db
from app.network.areas import Area, areas_in_force, levels_of
from app.network.communes import Commune, get_commune
from app.network.errors import NobodyAnswers, UnknownProgramme
from app.network.loads import NO_LOADS, Loads, loads_for
from app.network.models import Offer, Organisation, Programme, Territory, TerritoryKind
from app.network.reasons import Reason
from app.network.rules import NEARNESS, Candidate, decided_by, in_order
from app.network.rules import REGION as REGION
from app.network.sector_rules import Fit, fit


@dataclass(frozen=True)
class Routing:
    """Who answers and why; `others` also offer it here."""

    organisation: Organisation
    why: Reason
    is_fallback: bool
    to_confirm: bool = False
    others: tuple[Organisation, ...] = ()

    @property
    def reason(self) -> str:
        """A clause in the reader's language, « parce que … »."""
        return str(self.why)


def route(programme_code: str, commune_code: str, on: date, *, qpv: str = "", sector: str = "") -> Routing:
    """The organisation for a programme in a commune on a day (Paris). `qpv`: the quarter somebody says to live in;
    `sector`: the project's field (`sector_rules.Sector`), "" when not said.

    Errors: NotFound (commune), UnknownProgramme, NobodyAnswers (no fallback organisation).
    """
    return route_all(get_commune(commune_code), on, programme_code, qpv=qpv, sector=sector)[programme_code]


def route_all(
    commune: Commune, on: date, programme_code: str | None = None, *, qpv: str = "", sector: str = ""
) -> dict[str, Routing]:
    """Every programme (or one) → who answers in this commune; four statements, five where an offer has a limit."""
    areas = areas_in_force(on)
    place = (commune.code, commune.epci_code, commune.departement_code)
    levels = levels_of(place, areas, qpv)
    names = {area.code: area.name for area in areas}
    programmes = _programmes(programme_code)
    query = open_offers(on).options(joinedload(Offer.organisation)).where(Offer.territory_code.in_(levels))
    offers: dict[int, list[Offer]] = defaultdict(list)
    for offer in db.session.scalars(query):
        offers[offer.programme_id].append(offer)
    loads = loads_for(offer for some in offers.values() for offer in some)
    asked = _Asked(commune, levels, names, loads, find_fallback(), sector)
    return {p.code: _answer(asked, p, offers[p.id]) for p in programmes}


@dataclass(frozen=True)
class _Asked:
    commune: Commune
    levels: dict[str, int]
    names: dict[str, str]
    loads: Loads
    fallback: Organisation | None
    sector: str


def _programmes(code: str | None) -> Sequence[Programme]:
    query = select(Programme).order_by(Programme.id)
    found = db.session.scalars(query if code is None else query.where(Programme.code == code)).all()
    if not found:
        raise UnknownProgramme
    return found


def open_offers(on: date) -> Select[Offer]:
    """Offers in force on a day, of active organisations, that take new people, oldest first; the fallback is none.

    The order decides between two offers of one organisation that are worth the same: the reason given names an area."""
    return (
        select(Offer)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .where(
            Organisation.is_active,
            Offer.accepts,
            Offer.starts_on <= on,
            or_(Offer.ends_on.is_(None), Offer.ends_on >= on),
        )
        .order_by(Offer.id)
    )


def find_fallback() -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.is_fallback))


def candidates(
    offers: Iterable[Offer], levels: dict[str, int], loads: Loads = NO_LOADS, sector: str = ""
) -> list[Candidate]:
    return in_order(_candidate(o, levels, loads, sector) for o in offers)


def _candidate(o: Offer, levels: dict[str, int], loads: Loads, sector: str) -> Candidate:
    return Candidate(
        levels[o.territory_code], o.organisation.name, o.organisation_id, o.to_confirm, str(o.level or ""),
        loads.get((o.organisation_id, o.programme_id), 0), o.capacity,
        fit(o.sectors, sector),
    )  # fmt: skip


def _answer(asked: _Asked, programme: Programme, offers: list[Offer]) -> Routing:
    ordered, commune = candidates(offers, asked.levels, asked.loads, asked.sector), asked.commune
    if not ordered:
        if asked.fallback is None:
            raise NobodyAnswers
        why = Reason("nobody", commune.name, departement=commune.departement)
        return Routing(asked.fallback, why, is_fallback=True)
    organisations = {o.organisation_id: o.organisation for o in offers}
    first, *rest = ordered
    best = next(o for o in offers if _candidate(o, asked.levels, asked.loads, asked.sector) == first)
    return Routing(
        organisation=organisations[first.organisation_id],
        why=_because(best, ordered, asked, programme),
        is_fallback=False,
        to_confirm=first.to_confirm,
        others=tuple(organisations[c.organisation_id] for c in rest),
    )


def _because(best: Offer, ordered: list[Candidate], asked: _Asked, programme: Programme) -> Reason:
    kind, commune = NEARNESS[ordered[0].level], asked.commune
    known = {"commune": commune.name, "epci": commune.epci, "departement": commune.departement, "region": ""}
    place = known.get(kind, asked.names.get(best.territory_code, ""))
    matched = asked.sector if ordered[0].sector == Fit.KNOWS_IT else ""
    return Reason(kind, place, commune.departement_code, programme.name, decided_by=decided_by(ordered), sector=matched)


@dataclass(frozen=True)
class Table:
    """Every open offer of a day in memory: for the coverage page and the check of the whole region."""

    programmes: tuple[tuple[str, str], ...]  # (code, name)
    offers: dict[tuple[str, str], list[Offer]] = field(repr=False)  # (programme code, territory code)
    fallback: Organisation | None
    communes: tuple[tuple[str, str, str], ...] = field(repr=False)  # (code, EPCI, département)
    areas: dict[str, list[Area]] = field(default_factory=dict, repr=False)  # by the code of a part
    loads: Loads = field(default_factory=dict, repr=False)

    def answers(self, programme: str, place: tuple[str, str, str]) -> list[Candidate]:
        """Who offers a programme in a commune, best first; none means the fallback."""
        levels = levels_of(place, [area for code in place for area in self.areas.get(code, ())])
        here = [o for code in levels for o in self.offers.get((programme, code), ())]
        return candidates(here, levels, self.loads) if here else []


def table(on: date) -> Table:
    """Read once, five statements, then no more."""
    offers: dict[tuple[str, str], list[Offer]] = defaultdict(list)
    query = open_offers(on).options(joinedload(Offer.organisation), joinedload(Offer.programme))
    for offer in db.session.scalars(query):
        offers[offer.programme.code, offer.territory_code].append(offer)
    columns: tuple[Any, ...] = (Territory.code, Territory.epci_code, Territory.departement_code)
    communes = db.session.execute(
        select(*columns).where(Territory.kind == TerritoryKind.COMMUNE).order_by(Territory.code)
    )
    names = db.session.execute(select(Programme.code, Programme.name).order_by(Programme.id))
    areas: dict[str, list[Area]] = defaultdict(list)
    for area in areas_in_force(on):
        for part in area.parts:
            areas[part].append(area)
    return Table(
        programmes=tuple((code, name) for code, name in names),
        offers=dict(offers),
        fallback=find_fallback(),
        communes=tuple((code, epci, departement) for code, epci, departement in communes),
        areas=dict(areas),
        loads=loads_for(offer for some in offers.values() for offer in some),
    )
