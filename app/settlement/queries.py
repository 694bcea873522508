"""Reads: what is due now, and what the holder's money page and the comparison of books show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core.database import db
from app.payments import environment, outages
from app.payments.models import StripeObject, StripeOperation
from app.payments.rules import CONFIRMATIONS, OPEN_STATES
from app.pledges.models import Pledge
from app.pledges.rules import OPEN_AFTER_VERDICT, REPAIRABLE, PledgeState
from app.settlement.gift_queries import being_refunded as being_refunded
from app.settlement.models import (
    Attempt,
    AttemptState,
    Charge,
    Dispute,
    DisputeState,
    Refund,
    RefundState,
    Transfer,
    TransferState,
)
from app.settlement.sale_queries import find_sale as find_sale

UNFINISHED = OPEN_AFTER_VERDICT | {PledgeState.AUTHORISED, PledgeState.DRAFT}
# A contested charge that was won is passed on later, too.
PASSES_ON = (CampaignState.SUCCEEDED, CampaignState.SETTLED, CampaignState.FULFILLED)
STUCK_AFTER = timedelta(minutes=2)
# A charge made at the Stripe account in use: only there can its money be passed on.
IS_HERE = exists().where(StripeObject.stripe_id == Charge.stripe_charge, StripeObject.psp_env == environment.CURRENT)
LEFT_CENTS = Charge.amount_cents - Charge.refunded_cents
# A transfer whose charge went back before it could be made is over, and stands for nothing (base 0).
IS_LIVING = or_(Transfer.base_cents.is_(None), Transfer.base_cents > 0)
HAS_TRANSFER = exists().where(Transfer.charge_id == Charge.id, IS_LIVING).correlate(Charge)
PASSED_ON = (
    exists().where(Transfer.charge_id == Charge.id, IS_LIVING, Transfer.state == TransferState.DONE).correlate(Charge)
)
_NEWEST_ATTEMPT = (
    select(Attempt).where(Attempt.pledge_id == bindparam("pledge")).order_by(Attempt.number.desc()).limit(1)
)
_OPEN_ATTEMPT = _NEWEST_ATTEMPT.where(Attempt.state == AttemptState.SENT)
IS_CONTESTED = exists().where(Dispute.charge_id == Charge.id, Dispute.state == DisputeState.OPEN).correlate(Charge)
# Money that may go back, or whose way back failed: it is kept for its contributor until a person has decided.
GOING_BACK = (RefundState.PROPOSED, RefundState.PLANNED, RefundState.PENDING, RefundState.FAILED)
IS_GOING_BACK = exists().where(Refund.charge_id == Charge.id, Refund.state.in_(GOING_BACK)).correlate(Charge)
IS_PASSABLE = (~HAS_TRANSFER) & (LEFT_CENTS > 0) & (~IS_CONTESTED) & (~IS_GOING_BACK) & IS_HERE


def _ids(column: InstrumentedAttribute[int], *conditions: ColumnElement[bool], limit: int | None) -> list[int]:
    """Read and close the read: Stripe may be asked next.

    `limit` None where rows may stay for days: the first hundred would stand before all others.
    """
    found = list(db.session.scalars(select(column).where(*conditions).order_by(column).limit(limit)))
    db.session.rollback()
    return found


def ids_to_judge(limit: int = 100) -> list[int]:
    """Campaigns whose end has come and whose verdict has not."""
    return _ids(Campaign.id, Campaign.state == CampaignState.CLOSING, limit=limit)


def ids_after_verdict(state: PledgeState, *campaign_states: CampaignState, limit: int) -> list[int]:
    """Pledges in `state` of campaigns in one of `campaign_states`."""
    return _ids(
        Pledge.id,
        Pledge.state == state,
        Pledge.campaign_id.in_(select(Campaign.id).where(Campaign.state.in_(campaign_states))),
        limit=limit,
    )


def ids_stuck(at: datetime, limit: int = 100) -> list[int]:
    """A charge under way for longer than any answer takes."""
    newest = select(func.max(Attempt.started_at)).where(Attempt.pledge_id == Pledge.id).scalar_subquery()
    return _ids(Pledge.id, Pledge.state == PledgeState.CHARGING, newest <= at - STUCK_AFTER, limit=limit)


def ids_to_remind(at: datetime, first_hours: int) -> list[int]:
    """Waiting for the contributor since the first reminder's time or longer."""
    return _ids(
        Pledge.id,
        Pledge.state.in_(REPAIRABLE),
        Pledge.first_declined_at <= at - timedelta(hours=first_hours),
        limit=None,
    )


def ids_to_drop(at: datetime, window_hours: int, limit: int = 200) -> list[int]:
    """The repair window is over."""
    return _ids(
        Pledge.id,
        Pledge.state.in_(REPAIRABLE),
        outages.has_passed(Pledge.first_declined_at, timedelta(hours=window_hours), at),
        limit=limit,
    )


def ids_to_pay_out(at: datetime, hold_days: int) -> list[int]:
    """Campaigns whose hold is over, with nothing open, and money to pass on (or nothing left to wait for)."""
    open_pledge = exists().where(Pledge.campaign_id == Campaign.id, Pledge.state.in_(UNFINISHED))
    passable = exists().where(Charge.campaign_id == Campaign.id, IS_PASSABLE)
    return _ids(
        Campaign.id,
        Campaign.state.in_(PASSES_ON),
        Campaign.verdict_at <= at - timedelta(days=hold_days),
        ~open_pledge,
        or_(passable, (Campaign.state == CampaignState.SUCCEEDED) & ~_unfinished(Campaign.id)),
        limit=None,
    )


def _unfinished(campaign_id: Any) -> ColumnElement[bool]:
    """Money that has not reached the holder, and is not contested or gone."""
    waiting = exists().where(Transfer.campaign_id == campaign_id, Transfer.state != TransferState.DONE)
    missing = exists().where(Charge.campaign_id == campaign_id, ~HAS_TRANSFER, LEFT_CENTS > 0, ~IS_CONTESTED)
    return or_(waiting, missing)


def ids_with_blocked_transfers() -> list[int]:
    """Campaigns of which Stripe has refused a transfer."""
    return _ids(
        Campaign.id,
        Campaign.state.in_(PASSES_ON),
        exists().where(
            Transfer.campaign_id == Campaign.id,
            Transfer.state == TransferState.BLOCKED,
            Charge.id == Transfer.charge_id,
            IS_HERE,
        ),
        limit=None,
    )


def has_open_pledge(campaign_id: int) -> bool:
    """Whether a pledge of the campaign still waits for a card, a charge or a repair."""
    return bool(
        db.session.scalar(select(exists().where(Pledge.campaign_id == campaign_id, Pledge.state.in_(UNFINISHED))))
    )


def charges_without_transfer(campaign_id: int) -> list[Charge]:
    """Those whose money may be passed on now, by pledge id."""
    return list(
        db.session.scalars(
            select(Charge)
            .where(Charge.campaign_id == campaign_id, IS_PASSABLE)
            .options(joinedload(Charge.pledge))
            .order_by(Charge.pledge_id)
        )
    )


def charges_to_pass_on() -> list[Charge]:
    """Money that waits at the Stripe account in use for its holder."""
    return list(db.session.scalars(select(Charge).where(~PASSED_ON, LEFT_CENTS > 0, IS_HERE).order_by(Charge.id)))


def count_to_pass_on() -> int:
    waiting = select(func.count()).select_from(Charge).where(~PASSED_ON, LEFT_CENTS > 0, IS_HERE)
    return int(db.session.scalar(waiting) or 0)


def collected_cents(campaign_id: int) -> int:
    """All that was charged for a campaign and not given back."""
    total = select(func.sum(LEFT_CENTS)).where(Charge.campaign_id == campaign_id)
    return int(db.session.scalar(total) or 0)


def transferred_base(campaign_id: int, *, but: set[int]) -> tuple[int, int]:
    """(what the charges were worth when they were passed on, the platform's part of it), but for the charges named."""
    rows = db.session.execute(
        select(Transfer.charge_id, func.coalesce(Transfer.base_cents, Charge.amount_cents), Transfer.platform_fee_cents)
        .join(Charge, Charge.id == Transfer.charge_id)
        .where(Transfer.campaign_id == campaign_id)
    )
    others = [(int(base), int(fee)) for charge_id, base, fee in rows if charge_id not in but]
    return sum(base for base, _ in others), sum(fee for _, fee in others)


def blocked_transfers(campaign_id: int) -> list[Transfer]:
    """Refused by Stripe, of charges that are neither contested nor going back; by pledge."""
    return list(
        db.session.scalars(
            select(Transfer)
            .join(Charge, Charge.id == Transfer.charge_id)
            .where(
                Transfer.campaign_id == campaign_id, Transfer.state == TransferState.BLOCKED, ~IS_CONTESTED,
                ~IS_GOING_BACK, LEFT_CENTS > 0, IS_HERE,
            )
            .options(joinedload(Transfer.charge).joinedload(Charge.pledge))
            .order_by(Charge.pledge_id)
        )
    )  # fmt: skip


def has_unfinished_transfer(campaign_id: int) -> bool:
    """Whether money collected has not reached the holder yet."""
    return bool(db.session.scalar(select(_unfinished(campaign_id))))


def open_attempt(pledge_id: int) -> Attempt | None:
    """The try whose end is not known yet, newest first."""
    return db.session.scalar(_OPEN_ATTEMPT, {"pledge": pledge_id})


def confirmation_is_under_way(pledge_id: int) -> bool:
    """Whether Stripe has been, or is about to be, asked to confirm, and its answer is not known yet."""
    asked = exists().where(
        StripeOperation.subject_kind == Pledge.__tablename__, StripeOperation.subject_id == pledge_id,
        StripeOperation.kind.in_(CONFIRMATIONS), StripeOperation.state.in_(OPEN_STATES),
    )  # fmt: skip
    return bool(db.session.scalar(select(asked)))


def last_attempt(pledge_id: int) -> Attempt | None:
    return db.session.scalar(_NEWEST_ATTEMPT, {"pledge": pledge_id})
