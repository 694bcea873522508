"""Why a person who holds a campaign cannot close their account yet, and what is then forgotten."""

from __future__ import annotations

from dataclasses import astuple

from flask_babel import gettext as _

from app.campaigns.drafting import set_identity
from app.campaigns.identity_rules import Identity, forgotten
from app.campaigns.models import Campaign, Snapshot
from app.campaigns.rules import ONGOING, CampaignState
from app.campaigns.totals import touch
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


def forget_holder(user_id: int, _email: str) -> None:
    """The names of persons leave the campaigns of an account that closes, and what was kept of them for reviewers."""
    for campaign in db.session.scalars(db.select(Campaign).where(Campaign.owner_id == user_id)).all():
        set_identity(campaign, forgotten(campaign.identity, was_public=campaign.is_public))
        for kept in db.session.scalars(db.select(Snapshot).where(Snapshot.campaign_id == campaign.id)).all():
            if kept.content.get("holder"):
                left = forgotten(Identity(*kept.content["holder"]), was_public=campaign.is_public)
                kept.content = {**kept.content, "holder": list(astuple(left)) if left.is_given else []}
        touch(campaign.id)
