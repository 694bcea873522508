"""What the network did so far, on stored totals: for the home page, a place, a theme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from app.campaigns.catalogue import Card, cards, select_cards
from app.campaigns.models import Campaign
from app.campaigns.rules import AFTER_VERDICT, ONGOING, PUBLIC, CampaignState
from app.core.database import db

NEEDING = 3  # campaigns that need a hand, on the home page


@dataclass(frozen=True)
class Figures:
    """`raised_cents`: promised or paid, missed campaigns left out."""

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


def by_departement(*where: Any) -> tuple[Figures, dict[str, int]]:
    """The figures of the public campaigns that are meant, and how many are open in each département; one statement."""
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
        .where(Campaign.state.in_(PUBLIC), *where)
        .group_by(Campaign.departement_code)
    ).all()
    totals = [sum(int(row[n]) for row in rows) for n in range(1, 6)]
    return Figures(*totals), {row[0]: int(row[1]) for row in rows if row[0]}


def for_home(at: datetime) -> Home:
    """Two statements, on stored totals."""
    needing = cards(
        select_cards(Campaign.state == CampaignState.LIVE, Campaign.closes_at > at)
        .order_by(Campaign.raised_cents >= Campaign.goal_cents, Campaign.closes_at, Campaign.id)
        .limit(NEEDING)
    )
    return Home(needing, *by_departement())
