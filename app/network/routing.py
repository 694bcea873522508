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
from app.network.communes import Commune, get_commune
from app.network.errors import NobodyAnswers, UnknownProgramme
from app.network.models import Offer, Organisation, Programme, Territory, TerritoryKind
from app.network.reasons import NEARNESS, Reason
from app.network.rules import Candidate, in_order

REGION = "R27"


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


def route(programme_code: str, commune_code: str, on: date) -> Routing:
    """The organisation for a programme in a commune on a day (Paris).

    Errors: NotFound (commune), UnknownProgramme, NobodyAnswers (no fallback organisation).
    """
    return route_all(get_commune(commune_code), on, programme_code)[programme_code]


def route_all(commune: Commune, on: date, programme_code: str | None = None) -> dict[str, Routing]:
    """Every programme (or one) → who answers in this commune; three statements in all."""
    levels = _levels(commune.code, commune.epci_code, commune.departement_code)
    programmes = _programmes(programme_code)
    query = open_offers(on).options(joinedload(Offer.organisation)).where(Offer.territory_code.in_(levels))
    offers: dict[int, list[Offer]] = defaultdict(list)
    for offer in db.session.scalars(query):
        offers[offer.programme_id].append(offer)
    fallback = find_fallback()
    return {p.code: _answer(commune, p, offers[p.id], levels, fallback) for p in programmes}


def _levels(*codes: str) -> dict[str, int]:
    """Territory code → how precise it is; 0 is the commune itself."""
    return {code: level for level, code in enumerate((*codes, REGION))}


def _programmes(code: str | None) -> Sequence[Programme]:
    query = select(Programme).order_by(Programme.id)
    found = db.session.scalars(query if code is None else query.where(Programme.code == code)).all()
    if not found:
        raise UnknownProgramme
    return found


def open_offers(on: date) -> Select[Offer]:
    """Offers in force on a day, of active organisations; the fallback is no offer."""
    return (
        select(Offer)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .where(
            Organisation.is_active,
            Offer.starts_on <= on,
            or_(Offer.ends_on.is_(None), Offer.ends_on >= on),
        )
    )


def find_fallback() -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.is_fallback))


def candidates(offers: Iterable[Offer], levels: dict[str, int]) -> list[Candidate]:
    return in_order(
        Candidate(levels[o.territory_code], o.organisation.name, o.organisation_id, o.to_confirm) for o in offers
    )


def _answer(
    commune: Commune, programme: Programme, offers: list[Offer], levels: dict[str, int], fallback: Organisation | None
) -> Routing:  # fmt: skip
    ordered = candidates(offers, levels)
    if not ordered:
        if fallback is None:
            raise NobodyAnswers
        why = Reason("nobody", commune.name, departement=commune.departement)
        return Routing(fallback, why, is_fallback=True)
    organisations = {o.organisation_id: o.organisation for o in offers}
    first, *rest = ordered
    return Routing(
        organisation=organisations[first.organisation_id],
        why=_because(first, commune, programme, shared=any(c.level == first.level for c in rest)),
        is_fallback=False,
        to_confirm=first.to_confirm,
        others=tuple(organisations[c.organisation_id] for c in rest),
    )


def _because(first: Candidate, commune: Commune, programme: Programme, *, shared: bool) -> Reason:
    place = (commune.name, commune.epci, commune.departement, "")[first.level]
    return Reason(NEARNESS[first.level], place, commune.departement_code, programme.name, is_shared=shared)


@dataclass(frozen=True)
class Table:
    """Every open offer of a day in memory: for the coverage page and the check of the whole region."""

    programmes: tuple[tuple[str, str], ...]  # (code, name)
    offers: dict[tuple[str, str], list[Offer]] = field(repr=False)  # (programme code, territory code)
    fallback: Organisation | None
    communes: tuple[tuple[str, str, str], ...] = field(repr=False)  # (code, EPCI, département)

    def answers(self, programme: str, place: tuple[str, str, str]) -> list[Candidate]:
        """Who offers a programme in a commune, best first; none means the fallback."""
        levels = _levels(*place)
        here = [o for code in levels for o in self.offers.get((programme, code), ())]
        return candidates(here, levels) if here else []


def table(on: date) -> Table:
    """Read once, three statements, then no more."""
    offers: dict[tuple[str, str], list[Offer]] = defaultdict(list)
    query = open_offers(on).options(joinedload(Offer.organisation), joinedload(Offer.programme))
    for offer in db.session.scalars(query):
        offers[offer.programme.code, offer.territory_code].append(offer)
    columns: tuple[Any, ...] = (Territory.code, Territory.epci_code, Territory.departement_code)
    communes = db.session.execute(
        select(*columns).where(Territory.kind == TerritoryKind.COMMUNE).order_by(Territory.code)
    )
    names = db.session.execute(select(Programme.code, Programme.name).order_by(Programme.id))
    return Table(
        programmes=tuple((code, name) for code, name in names),
        offers=dict(offers),
        fallback=find_fallback(),
        communes=tuple((code, epci, departement) for code, epci, departement in communes),
    )
