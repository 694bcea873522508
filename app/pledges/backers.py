"""Who gives to a campaign, as far as they allow it, and how many of them live near it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, distinct, func, literal, select

from app.core.database import db
from app.pledges.models import Pledge
from app.pledges.rules import COUNTING

LEAST_PERSONS = 11  # with fewer, a number could point at somebody


@dataclass(frozen=True)
class Backer:
    """What the public may see of a contribution: `name` "" when anonymous, `amount_cents` None when hidden."""

    name: str
    amount_cents: int | None
    message: str
    at: datetime


@dataclass(frozen=True)
class Nearby:
    """Persons who said where they live, and how many of them in the same département and intercommunality."""

    known: int
    in_departement: int
    in_epci: int


def public_backers(
    campaign_id: int, persons: int, departement_code: str | None = None, epci_code: str | None = None, limit: int = 50
) -> tuple[list[Backer], Nearby | None]:
    """The newest contributions that count, as their makers allowed them to be shown, and how many are neighbours.

    `persons`: how many give to the campaign at all. None when fewer than eleven have said where they live, or nobody
    lives near. One statement, none for a campaign without contribution.
    """
    if not persons:
        return [], None
    rows = db.session.execute(
        select(
            Pledge.name, Pledge.is_anonymous, Pledge.hides_amount, Pledge.amount_cents, Pledge.message,
            func.coalesce(Pledge.authorised_at, Pledge.created_at),
            *_counts(campaign_id, departement_code, epci_code, is_asked=persons >= LEAST_PERSONS),
        )
        .where(Pledge.campaign_id == campaign_id, Pledge.state.in_(COUNTING))
        .order_by(Pledge.id.desc())
        .limit(limit)
    ).all()  # fmt: skip
    shown = [
        Backer("" if anonymous else name, None if hidden else cents, message, at)
        for name, anonymous, hidden, cents, message, at, *_counted in rows
    ]
    found = Nearby(*(int(count) for count in rows[0][6:])) if rows else Nearby(0, 0, 0)
    is_told = found.known >= LEAST_PERSONS and found.in_departement > 0
    return shown, found if is_told else None


def _counts(
    campaign_id: int, departement_code: str | None, epci_code: str | None, *, is_asked: bool
) -> list[ColumnElement[Any]]:
    """Three numbers that are the same in every row: counted once by the database, within the same statement."""
    if not is_asked:
        return [literal(0), literal(0), literal(0)]
    whose = (
        Pledge.email,
        case((Pledge.departement_code == (departement_code or "-"), Pledge.email)),
        case((Pledge.epci_code == (epci_code or "-"), Pledge.email)),
    )
    where = (
        Pledge.campaign_id == campaign_id, Pledge.state.in_(COUNTING), Pledge.departement_code.is_not(None),
    )  # fmt: skip
    return [select(func.count(distinct(email))).where(*where).scalar_subquery() for email in whose]
