"""Reads: whole campaigns whose money goes back, and money that has waited too long for its holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState, FundingKind
from app.core.database import db
from app.pledges.models import Pledge
from app.pledges.rules import OPEN_AFTER_VERDICT, PledgeState
from app.settlement import rules
from app.settlement.models import Charge, Refund, RefundState, Transfer
from app.settlement.queries import (
    IS_CONTESTED,
    IS_GOING_BACK,
    IS_HERE,
    IS_LIVING,
    LEFT_CENTS,
    PASSED_ON,
    PASSES_ON,
    UNFINISHED,
)

PAID = (PledgeState.PAID, PledgeState.PART_REFUNDED)
# Asked for by a person is no obstacle: it is overtaken. One that failed waits for a person's decision.
WAITS = exists().where(
    Charge.pledge_id == Pledge.id, LEFT_CENTS > 0, ~PASSED_ON, ~IS_CONTESTED, IS_HERE,
)  # fmt: skip
IS_ASKED = exists().where(
    Charge.pledge_id == Pledge.id, Refund.charge_id == Charge.id,
    Refund.state.in_((RefundState.PLANNED, RefundState.PENDING, RefundState.FAILED)),
)  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """Money of one campaign that could not be passed on yet; `since`: its oldest charge."""

    campaign_id: int
    owner_id: int
    since: datetime


def _pledge_ids(*conditions: ColumnElement[bool], limit: int) -> list[int]:
    found = list(db.session.scalars(select(Pledge.id).where(*conditions).order_by(Pledge.id).limit(limit)))
    db.session.rollback()
    return found


def _in(*states: CampaignState) -> ColumnElement[bool]:
    return Pledge.campaign_id.in_(select(Campaign.id).where(Campaign.state.in_(states)))


def ids_to_stop(limit: int) -> list[int]:
    """Promises of a cancelled campaign that could still be charged."""
    return _pledge_ids(Pledge.state.in_(OPEN_AFTER_VERDICT), _in(CampaignState.CANCELLED), limit=limit)


def ids_to_give_back(limit: int) -> list[int]:
    """Paid for a campaign that was cancelled or has failed, and not on the way back.

    A failed one has money only of gifts that did not count at its verdict (contested, or going back)
    and count again since.
    """
    return _pledge_ids(
        Pledge.state.in_(PAID), _in(CampaignState.CANCELLED, CampaignState.FAILED), ~IS_ASKED,
        exists().where(Charge.pledge_id == Pledge.id, LEFT_CENTS > 0, ~IS_CONTESTED, IS_HERE), limit=limit,
    )  # fmt: skip


def ids_with_too_little() -> list[int]:
    """Campaigns of which too little could be collected."""
    found = _too_little(Campaign.id > 0)
    db.session.rollback()
    return found


def has_too_little(campaign_id: int) -> bool:
    """The same of one campaign, inside the caller's transaction."""
    return _too_little(Campaign.id == campaign_id) != []


def _too_little(which: ColumnElement[bool]) -> list[int]:
    """All-or-nothing campaigns that refund when too little could be collected, once all is charged or dropped.

    What was collected counts, given back since or not: a decision taken once stays.
    """
    collected = select(func.sum(Charge.amount_cents)).where(Charge.campaign_id == Campaign.id).scalar_subquery()
    rows = db.session.execute(
        select(Campaign.id, Campaign.goal_cents, Campaign.refund_below_percent, collected).where(
            Campaign.state == CampaignState.SUCCEEDED,
            Campaign.kind == FundingKind.ALL_OR_NOTHING,
            Campaign.refund_below_percent > 0,
            which,
            ~exists().where(Pledge.campaign_id == Campaign.id, Pledge.state.in_(UNFINISHED)),
            ~exists().where(Transfer.campaign_id == Campaign.id, IS_LIVING),
        )
    ).all()
    return [
        campaign_id
        for campaign_id, goal, percent, cents in rows
        if cents and rules.is_too_little(int(cents), goal or 0, percent)
    ]


def ids_of_waiting(campaign_id: int) -> list[int]:
    """Pledges of a campaign whose money has not been passed on, and is not on its way back or contested."""
    found = db.session.scalars(
        select(Pledge.id)
        .where(Pledge.campaign_id == campaign_id, Pledge.state.in_(PAID), ~IS_ASKED, WAITS)
        .order_by(Pledge.id)
    ).all()
    db.session.rollback()
    return list(found)


def waiting_since(before: datetime, hold_ended_before: datetime) -> list[Waiting]:
    """Campaigns whose oldest charge that waits was made at `before` or earlier, their hold being over."""
    rows = db.session.execute(
        select(Campaign.id, Campaign.owner_id, func.min(Charge.charged_at))
        .join(Charge, Charge.campaign_id == Campaign.id)
        .where(
            Campaign.state.in_(PASSES_ON), Campaign.verdict_at <= hold_ended_before, LEFT_CENTS > 0, ~PASSED_ON,
            ~IS_CONTESTED, ~IS_GOING_BACK, IS_HERE,
        )
        .group_by(Campaign.id, Campaign.owner_id)
        .having(func.min(Charge.charged_at) <= before)
        .order_by(Campaign.id)
    ).all()  # fmt: skip
    db.session.rollback()
    return [Waiting(*row) for row in rows]


def first_reminder(at: datetime) -> datetime:
    """Charges made by then have waited for the first reminder's time."""
    return at - timedelta(days=rules.OVERDUE_REMINDER_DAYS[0])
