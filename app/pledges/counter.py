"""What the page of a promise reads of its campaign: columns, in one statement. No row object is built for a visitor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.campaigns.identity_rules import Identity
from app.campaigns.models import Campaign, Reward
from app.campaigns.rules import PUBLIC, CampaignState, FundingKind
from app.core.database import db
from app.core.errors import NotFound


@dataclass(frozen=True)
class Offer:
    """A reward as the form offers it; `stock_left` None = unlimited."""

    id: int
    title: str
    description: str
    amount_cents: int
    stock_left: int | None
    nature: str
    postage: str | None
    postage_words: str | None

    @property
    def is_gone(self) -> bool:
        return self.stock_left is not None and self.stock_left <= 0


@dataclass(frozen=True)
class Counter:
    """A campaign as its contributors find it at this instant; what counts is asked again under its lock."""

    rewards: tuple[Offer, ...]
    id: int
    slug: str
    kind: FundingKind
    state: CampaignState
    title: str
    goal_cents: int | None
    optimum_cents: int | None
    raised_cents: int
    closes_at: datetime | None
    holder_kind: str | None

    @property
    def is_trader(self) -> bool:
        return Identity(self.holder_kind or "").is_trader


_CAMPAIGN = (
    Campaign.id, Campaign.slug, Campaign.kind, Campaign.state, Campaign.title, Campaign.goal_cents,
    Campaign.optimum_cents, Campaign.raised_cents, Campaign.closes_at, Campaign.holder_kind,
)  # fmt: skip
_REWARD = (
    Reward.id, Reward.title, Reward.description, Reward.amount_cents, Reward.stock_left, Reward.nature, Reward.postage,
    Reward.postage_words,
)  # fmt: skip
_READ = (
    select(*_CAMPAIGN, *_REWARD)
    .outerjoin(Reward, Reward.campaign_id == Campaign.id)
    .where(Campaign.slug == bindparam("wanted"))
    .order_by(Reward.amount_cents, Reward.id)
)


def counter(slug: str) -> Counter:
    """Errors: NotFound, also for a draft: foreign drafts do not exist."""
    rows: Sequence[Any] = db.session.execute(_READ, {"wanted": slug}).all()
    if not rows or rows[0].state not in PUBLIC:
        raise NotFound
    size = len(_CAMPAIGN)
    offers = tuple(Offer(*row[size:]) for row in rows if row[size] is not None)
    return Counter(offers, *rows[0][:size])
