"""Reads about rights, organisations, offers and coverage. Places are in communes.py."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User, UserState
from app.core import clock
from app.core.access import Role
from app.core.database import db
from app.core.errors import NotFound
from app.core.text import fold
from app.network.communes import (
    Commune,
    Departement,
    RegionMap,
    communes_by_code,
    departements,
    find_commune,
    get_commune,
    large_territories,
    map_data,
    match_communes,
    search_communes,
    territory_names,
)
from app.network.models import Offer, Organisation, Programme, Right
from app.network.routing import find_fallback, table
from app.network.rules import overlap

__all__ = [
    "Commune", "Departement", "RegionMap", "communes_by_code", "departements", "find_commune",
    "find_fallback", "get_commune", "large_territories", "map_data", "match_communes",
    "search_communes", "territory_names",
]  # fmt: skip
LARGEST_ID = 2**31 - 1


def in_force(at: datetime) -> ColumnElement[bool]:
    """Rights that hold at an instant, before looking at their organisation."""
    return (Right.starts_at <= at) & or_(Right.ends_at.is_(None), Right.ends_at > at)


def rights_of(user_id: int) -> frozenset[tuple[Role, int | None]]:
    """The rights in force now, as (role, organisation id) pairs; none from an inactive organisation."""
    rows = db.session.execute(
        select(Right.role, Right.organisation_id)
        .outerjoin(Organisation, Organisation.id == Right.organisation_id)
        .where(
            Right.user_id == user_id,
            in_force(clock.now()),
            or_(Right.organisation_id.is_(None), Organisation.is_active),
        )
    )
    return frozenset((Role(role), organisation_id) for role, organisation_id in rows)


def people_with(role: Role, organisation_id: int | None) -> list[int]:
    """User ids that hold a role in an organisation now; None: whatever the organisation."""
    query = (
        select(Right.user_id)
        .distinct()
        .join(User, User.id == Right.user_id)
        .outerjoin(Organisation, Organisation.id == Right.organisation_id)
        .where(
            Right.role == role,
            in_force(clock.now()),
            User.state == UserState.ACTIVE,
            or_(Right.organisation_id.is_(None), Organisation.is_active),
        )
        .order_by(Right.user_id)
    )
    if organisation_id is not None:
        query = query.where(Right.organisation_id == organisation_id)
    return list(db.session.scalars(query))


def who_answer_for(right: Right) -> list[User]:
    """Who leads the organisation of a right now; for one of the whole platform, who administers the platform."""
    role = Role.PLATFORM_ADMIN if right.organisation_id is None else Role.ORGANISATION_LEAD
    ids = people_with(role, right.organisation_id)
    return list(db.session.scalars(select(User).where(User.id.in_(ids)).order_by(User.id)))


def rights_rows(*, user_id: int | None = None, organisation_id: int | None = None) -> list[tuple[Right, User]]:
    """Rights with their person, those in force first; past ones are kept and shown."""
    query = (
        select(Right, User)
        .join(User, User.id == Right.user_id)
        .options(joinedload(Right.organisation))
        .order_by(Right.ends_at.is_not(None), User.name, Right.id)
        .limit(500)
    )
    if user_id is not None:
        query = query.where(Right.user_id == user_id)
    if organisation_id is not None:
        query = query.where(Right.organisation_id == organisation_id)
    return [(right, user) for right, user in db.session.execute(query)]


def get_right(right_id: int) -> Right:
    """Errors: NotFound."""
    found = db.session.get(Right, right_id) if 0 < right_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def organisations(*, with_inactive: bool = False) -> list[Organisation]:
    """By name, the network's own organisation last."""
    query = select(Organisation).order_by(Organisation.is_fallback, Organisation.name)
    return list(db.session.scalars(query if with_inactive else query.where(Organisation.is_active)))


def search_organisations(text: str, found: list[Organisation]) -> list[Organisation]:
    """Those of `found` whose name or one of whose other names holds every word; accents do not matter."""
    words = fold(text[:160]).split()
    return [o for o in found if all(word in fold(" ".join((o.name, *o.aliases))) for word in words)]


def get_organisation(slug: str) -> Organisation:
    """Errors: NotFound."""
    found = db.session.scalar(select(Organisation).where(Organisation.slug == slug)) if slug.isprintable() else None
    if found is None:
        raise NotFound
    return found


def lock_organisation(organisation_id: int) -> Organisation:
    """The row as it is now, whatever this session read before; inside the verb's transaction."""
    query = select(Organisation).where(Organisation.id == organisation_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def find_organisation(organisation_id: int) -> Organisation | None:
    return db.session.get(Organisation, organisation_id) if 0 < organisation_id <= LARGEST_ID else None


def programmes(*, coaching_only: bool = False) -> list[Programme]:
    query = select(Programme).order_by(Programme.id)
    return list(db.session.scalars(query.where(Programme.is_coaching) if coaching_only else query))


def get_programme(code: str) -> Programme:
    """Errors: NotFound."""
    found = db.session.scalar(select(Programme).where(Programme.code == code))
    if found is None:
        raise NotFound
    return found


def get_offer(offer_id: int) -> Offer:
    """Errors: NotFound."""
    found = db.session.get(Offer, offer_id) if 0 < offer_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def offers(*, organisation_id: int | None = None) -> list[Offer]:
    """Every offer with what it names, by programme, territory and organisation; ended ones last."""
    query = (
        select(Offer)
        .join(Offer.organisation)
        .options(joinedload(Offer.organisation), joinedload(Offer.programme), joinedload(Offer.territory))
        .order_by(Offer.ends_on.is_not(None), Offer.programme_id, Offer.territory_code, Organisation.name, Offer.id)
    )
    if organisation_id is not None:
        query = query.where(Offer.organisation_id == organisation_id)
    return list(db.session.scalars(query))


@dataclass
class Cell:
    """A programme in a département: how many communes an organisation answers for, and which ones."""

    communes: int = 0
    answered: int = 0
    shared: int = 0
    to_confirm: bool = False
    organisations: dict[int, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """« hole » (nobody), « partial », « shared » (several organisations) or « full »."""
        if not self.answered:
            return "hole"
        if self.answered < self.communes:
            return "partial"
        return "shared" if self.shared else "full"


def coverage(on: date) -> dict[tuple[str, str], Cell]:
    """(programme code, département code) → who answers there on a day; four statements in all."""
    known = table(on)
    cells: dict[tuple[str, str], Cell] = defaultdict(Cell)
    for place in known.communes:
        for code, _ in known.programmes:
            cell = cells[code, place[2]]
            found = known.answers(code, place)
            cell.communes += 1
            cell.answered += bool(found)
            cell.shared += len(found) > 1
            for candidate in found:
                cell.to_confirm = cell.to_confirm or candidate.to_confirm
                cell.organisations[candidate.organisation_id] = candidate.organisation_name
    return dict(cells)


@dataclass(frozen=True)
class RoutingReport:
    """What `flask network check` prints."""

    communes: int
    programmes: int
    answered: int
    by_fallback: int
    unanswered: int
    warnings: tuple[str, ...]


def check_routing(on: date) -> RoutingReport:
    """Every commune × programme must lead somewhere; overlapping twin offers are worth a look."""
    cells, fallback = coverage(on), find_fallback()
    answered = sum(cell.answered for cell in cells.values())
    total = sum(cell.communes for cell in cells.values())
    rest, count = total - answered, len(programmes())
    return RoutingReport(
        communes=total // count if count else 0,
        programmes=count,
        answered=answered,
        by_fallback=rest if fallback else 0,
        unanswered=(0 if fallback else rest) if total else 1,
        warnings=tuple(twin_offers()),
    )


def twin_offers() -> list[str]:
    """Offers of one organisation for the same programme, territory and days, in words."""
    groups: dict[tuple[int, int, str], list[Offer]] = defaultdict(list)
    for offer in offers():
        groups[offer.organisation_id, offer.programme_id, offer.territory_code].append(offer)
    return [
        f"{a.organisation.name}, {a.programme.name}, {a.territory.name} : offres {a.id} et {b.id}"
        for group in groups.values()
        for a, b in combinations(sorted(group, key=lambda o: o.id), 2)
        if overlap((a.starts_on, a.ends_on), (b.starts_on, b.ends_on))
    ]
