"""What is to be charged now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core.database import db
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState


@dataclass(frozen=True)
class ToCollect:
    pledge_id: int
    campaign_id: int


def to_collect(at: datetime, *, after: int, limit: int) -> list[ToCollect]:
    """Due now and in nobody's hands, or refused and to be tried again today; by id, from `after` on."""
    retry_has_come = Pledge.retry_at <= at
    rows = db.session.execute(
        select(Pledge.id, Pledge.campaign_id)
        .where(
            Pledge.id > after,
            or_(
                (Pledge.state == PledgeState.DUE) & (Pledge.retry_at.is_(None) | retry_has_come),
                (Pledge.state == PledgeState.NEEDS_CARD) & retry_has_come,
            ),
            Pledge.claimed_until.is_(None) | (Pledge.claimed_until <= at),
            # Those of a campaign cancelled since would stand before all others for ever.
            Pledge.campaign_id.in_(select(Campaign.id).where(Campaign.state == CampaignState.SUCCEEDED)),
        )
        .order_by(Pledge.id)
        .limit(limit)
    ).all()
    db.session.rollback()
    return [ToCollect(pledge_id, campaign_id) for pledge_id, campaign_id in rows]
