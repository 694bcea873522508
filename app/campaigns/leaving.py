"""Why a person who holds a campaign cannot close their account yet."""

from __future__ import annotations

from flask_babel import gettext as _

from app.campaigns.models import Campaign
from app.campaigns.rules import ONGOING, CampaignState
from app.core.database import db

S = CampaignState
UNFINISHED = ONGOING | {S.SUBMITTED, S.CHANGES_REQUESTED, S.APPROVED, S.SUCCEEDED}


def obstacle(user_id: int) -> str | None:
    """A campaign that reviewers, contributors or the payment still wait for."""
    title = db.session.scalar(
        db.select(Campaign.title).where(Campaign.owner_id == user_id, Campaign.state.in_(UNFINISHED)).limit(1)
    )
    if title is None:
        return None
    return str(
        _(
            "Votre campagne « %(title)s » n’est pas terminée. Retirez-la, ou attendez que l’argent soit versé.",
            title=title,
        )
    )
