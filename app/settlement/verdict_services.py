"""The verdict, once, and what follows from it for every promise."""

from __future__ import annotations

from datetime import datetime

import structlog

from app.campaigns import services as campaigns
from app.campaigns.rules import CampaignState, FundingKind
from app.core.database import db
from app.pledges import queries as pledges
from app.pledges.checkout import plan_detach
from app.pledges.models import Pledge
from app.pledges.moves import move
from app.pledges.rules import PledgeState
from app.settlement import gift_mails, mails
from app.settlement import gift_services as gifts

log = structlog.get_logger()
RELEASING = frozenset({CampaignState.FAILED, CampaignState.CANCELLED})


def judge(campaign_id: int, *, at: datetime) -> bool | None:
    """Decide on the promises as they stand, under the campaign's lock; totals are frozen in its row.

    None: it is judged already, or a promise still waits for its card or for being booked. All-or-nothing:
    it succeeds when the promises that count reach the minimum, to the cent; flexible: with any paid gift.
    """
    campaign = pledges.lock_campaign(campaign_id)
    if campaign.state != CampaignState.CLOSING or pledges.ids_of_drafts(campaign_id):
        return None
    cents, persons = pledges.totals(campaign_id)
    if (cents, persons) != (campaign.raised_cents, campaign.backers_count):
        log.error("stored_total_differs", campaign=campaign_id, stored=campaign.raised_cents, promised=cents)
    is_flexible = campaign.kind == FundingKind.FLEXIBLE
    succeeded = gifts.succeeds(campaign) if is_flexible else cents >= (campaign.goal_cents or 0)
    campaigns.conclude(campaign, succeeded=succeeded, at=at)
    tell = gift_mails.verdict_to_holder if is_flexible else mails.verdict_to_holder
    tell(campaign, succeeded=succeeded, at=at)
    return succeeded


def make_due(pledge_id: int, *, at: datetime) -> bool:
    """The campaign has succeeded: the promise is to be collected. False when something has changed."""
    pledge = _locked(pledge_id)
    if pledge.state != PledgeState.AUTHORISED or pledge.campaign.state != CampaignState.SUCCEEDED:
        return False
    move(pledge, PledgeState.DUE, action="pledge.due", by=None, at=at)
    mails.succeeded(pledge, at=at)
    return True


def release(pledge_id: int, *, at: datetime) -> bool:
    """The campaign has failed or was cancelled: nothing is charged, Stripe forgets the card."""
    pledge = _locked(pledge_id)
    if pledge.state != PledgeState.AUTHORISED or pledge.campaign.state not in RELEASING:
        return False
    move(pledge, PledgeState.RELEASED, action="pledge.released", by=None, at=at)
    if pledge.payment_method is not None:
        plan_detach(pledge, pledge.payment_method, at=at)
    mails.released(pledge, at=at)
    return True


def _locked(pledge_id: int) -> Pledge:
    pledge = db.session.get_one(Pledge, pledge_id)
    pledges.lock_campaign(pledge.campaign_id)
    db.session.refresh(pledge)
    return pledge
