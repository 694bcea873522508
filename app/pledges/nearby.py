"""How many of those who give to a campaign live near it: a number, from people who gave their postcode."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, distinct, func, select

from app.core.database import db
from app.pledges.models import Pledge
from app.pledges.rules import COUNTING

LEAST_PERSONS = 11  # with fewer, a number could point at somebody


@dataclass(frozen=True)
class Nearby:
    """Persons who said where they live, and how many of them in the same département and intercommunality."""

    known: int
    in_departement: int
    in_epci: int


def nearby(campaign_id: int, persons: int, departement_code: str | None, epci_code: str | None) -> Nearby | None:
    """None when fewer than eleven persons have said it, or nobody lives near. One statement, none for a small campaign.

    `persons`: how many give to the campaign at all.
    """
    if persons < LEAST_PERSONS:
        return None
    here = case((Pledge.departement_code == (departement_code or "-"), Pledge.email))
    close = case((Pledge.epci_code == (epci_code or "-"), Pledge.email))
    known, in_departement, in_epci = db.session.execute(
        select(func.count(distinct(Pledge.email)), func.count(distinct(here)), func.count(distinct(close))).where(
            Pledge.campaign_id == campaign_id, Pledge.state.in_(COUNTING), Pledge.departement_code.is_not(None)
        )
    ).one()
    if known < LEAST_PERSONS or not in_departement:
        return None
    return Nearby(known, in_departement, in_epci)
