"""Promises by the thousand, due at once: rows made in bulk, each with its own customer and saved card at the fake.

due_pledges(stripe, count=300)         inside an app context, the fake Stripe running
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, literal, select, update

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.core.text import public_id
from app.payments import environment
from app.payments.models import StripeObject
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from fake_stripe import shopper
from tests.builders import a_campaign, a_user

AT_ONCE = 1_000
AMOUNTS_CENTS = (10_00, 12_50, 25_00, 50_00, 100_00)


def due_pledges(stripe_url: str, count: int, *, campaigns: int = 1, state: PledgeState = PledgeState.DUE) -> list[int]:
    """`count` promises in `state`, spread evenly over campaigns that have just succeeded; returns the campaigns' ids.

    The totals of the campaigns are those of their promises. Inside an app context.
    """
    environment.forget()
    environment.ensure()
    ids = [_succeeded_campaign() for _ in range(campaigns)]
    cards: list[dict[str, str]] = []
    while len(cards) < count:
        wanted = min(AT_ONCE, count - len(cards))
        cards += shopper.control(stripe_url, "cards", count=wanted)["cards"]
    before = db.session.scalar(select(func.max(Pledge.id))) or 0
    db.session.rollback()
    for start in range(0, count, AT_ONCE):
        rows = [_row(number, ids[number % campaigns], cards[number], state) for number in range(start, count)[:AT_ONCE]]
        with transaction():
            db.session.execute(insert(Pledge), rows)
    with transaction():
        _remember(before)
        for campaign_id in ids:
            _add_totals(campaign_id)
    return ids


def _succeeded_campaign() -> int:
    campaign_id = a_campaign(a_user(), state=CampaignState.SUCCEEDED, goal_cents=100_00).id
    at = clock.now()
    with transaction():
        campaign = db.session.get_one(Campaign, campaign_id)
        campaign.closes_at = campaign.verdict_at = at - timedelta(seconds=1)
        campaign.opens_at = at - timedelta(days=30)
    return campaign_id


def _row(number: int, campaign_id: int, card: dict[str, str], state: PledgeState) -> dict[str, Any]:
    at = clock.now() - timedelta(days=3)
    return {
        "public_id": public_id(), "form_key": public_id(), "campaign_id": campaign_id,
        "email": f"du{campaign_id}-{number}@exemple.fr", "name": f"Personne {number}",
        "amount_cents": AMOUNTS_CENTS[number % len(AMOUNTS_CENTS)], "state": state, "version": 1,
        "consent_version": "1", "created_at": at, "authorised_at": at, "session_number": 1,
        "card_brand": "visa", "card_last4": "4242", "card_exp": "2034-12", **card,
    }  # fmt: skip


def _remember(before: int) -> None:
    env = environment.current()
    new = select(Pledge.customer, literal("pledges"), Pledge.id, literal(env))
    names = ["stripe_id", "subject_kind", "subject_id", "psp_env"]
    db.session.execute(insert(StripeObject).from_select(names, new.where(Pledge.id > before)))


def _add_totals(campaign_id: int) -> None:
    mine = Pledge.campaign_id == campaign_id
    cents, count = db.session.execute(select(func.sum(Pledge.amount_cents), func.count()).where(mine)).one()
    totals = {"raised_cents": cents or 0, "backers_count": count}
    frozen = {f"verdict_{name}": value for name, value in totals.items()}
    db.session.execute(update(Campaign).where(Campaign.id == campaign_id).values(**totals, **frozen))


def states() -> Counter[str]:
    """How many promises are in which state. Inside an app context."""
    found = db.session.execute(select(Pledge.state, func.count()).group_by(Pledge.state)).all()
    db.session.rollback()
    return Counter({str(state): int(count) for state, count in found})
