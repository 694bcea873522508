"""Reads: what is due now, and what the holder's money page and the comparison of books show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core.database import db
from app.payments import environment
from app.payments.models import StripeObject, StripeOperation
from app.payments.rules import CONFIRMATIONS, OPEN_STATES
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.pledges.rules import OPEN_AFTER_VERDICT, REPAIRABLE, PledgeState
from app.settlement.gift_queries import being_refunded as being_refunded
from app.settlement.models import Attempt, AttemptState, Charge, Transfer, TransferState

UNFINISHED = OPEN_AFTER_VERDICT | {PledgeState.AUTHORISED, PledgeState.DRAFT}
STUCK_AFTER = timedelta(minutes=2)
# A charge made at the Stripe account in use: only there can its money be passed on.
IS_HERE = exists().where(StripeObject.stripe_id == Charge.stripe_charge, StripeObject.psp_env == environment.CURRENT)
PASSED_ON = exists().where(Transfer.charge_id == Charge.id, Transfer.state == TransferState.DONE)


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


def ids_to_collect(at: datetime, limit: int) -> list[int]:
    """Due now and in nobody's hands; a refused card whose day to be tried again has come."""
    retry_has_come = Pledge.retry_at <= at
    return _ids(
        Pledge.id,
        or_(
            (Pledge.state == PledgeState.DUE) & (Pledge.retry_at.is_(None) | retry_has_come),
            (Pledge.state == PledgeState.NEEDS_CARD) & retry_has_come,
        ),
        Pledge.claimed_until.is_(None) | (Pledge.claimed_until <= at),
        # Those of a campaign cancelled since would stand before all others for ever.
        Pledge.campaign_id.in_(select(Campaign.id).where(Campaign.state == CampaignState.SUCCEEDED)),
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
        Pledge.first_declined_at <= at - timedelta(hours=window_hours),
        limit=limit,
    )


def ids_to_pay_out(at: datetime, hold_days: int) -> list[int]:
    """Campaigns whose hold is over, with nothing open, and money not yet passed on (or none collected)."""
    open_pledge = exists().where(Pledge.campaign_id == Campaign.id, Pledge.state.in_(UNFINISHED))
    has_transfer = exists().where(Transfer.charge_id == Charge.id)
    unpaid_charge = exists().where(Charge.campaign_id == Campaign.id, ~has_transfer, IS_HERE)
    any_charge = exists().where(Charge.campaign_id == Campaign.id)
    return _ids(
        Campaign.id,
        Campaign.state.in_((CampaignState.SUCCEEDED, CampaignState.SETTLED)),
        Campaign.verdict_at <= at - timedelta(days=hold_days),
        ~open_pledge,
        or_(unpaid_charge, (Campaign.state == CampaignState.SUCCEEDED) & ~any_charge),
        limit=None,
    )


def ids_with_blocked_transfers() -> list[int]:
    """Campaigns of which Stripe has refused a transfer."""
    return _ids(
        Campaign.id,
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
    """By pledge id."""
    return list(
        db.session.scalars(
            select(Charge)
            .where(Charge.campaign_id == campaign_id, ~exists().where(Transfer.charge_id == Charge.id), IS_HERE)
            .options(joinedload(Charge.pledge))
            .order_by(Charge.pledge_id)
        )
    )


def charges_to_pass_on() -> list[Charge]:
    """Money that waits at the Stripe account in use for its holder."""
    return list(db.session.scalars(select(Charge).where(~PASSED_ON, IS_HERE).order_by(Charge.id)))


def count_to_pass_on() -> int:
    return int(db.session.scalar(select(func.count()).select_from(Charge).where(~PASSED_ON, IS_HERE)) or 0)


def collected_cents(campaign_id: int) -> int:
    """All that was ever charged for a campaign."""
    total = select(func.sum(Charge.amount_cents)).where(Charge.campaign_id == campaign_id)
    return int(db.session.scalar(total) or 0)


def platform_fees_taken(campaign_id: int) -> int:
    """The platform's part in the transfers prepared so far."""
    total = select(func.sum(Transfer.platform_fee_cents)).where(Transfer.campaign_id == campaign_id)
    return int(db.session.scalar(total) or 0)


def transfers_of(campaign_id: int, *states: TransferState) -> list[Transfer]:
    """In the order of their charges' pledges; all states when none is named."""
    wanted = Transfer.state.in_(states) if states else Transfer.id > 0
    return list(
        db.session.scalars(
            select(Transfer)
            .where(Transfer.campaign_id == campaign_id, wanted)
            .options(joinedload(Transfer.charge).joinedload(Charge.pledge))
            .order_by(Transfer.id)
        )
    )


def has_unfinished_transfer(campaign_id: int) -> bool:
    """Whether money collected has not reached the holder yet."""
    waiting = exists().where(Transfer.campaign_id == campaign_id, Transfer.state != TransferState.DONE)
    missing = exists().where(Charge.campaign_id == campaign_id, ~exists().where(Transfer.charge_id == Charge.id))
    return bool(db.session.scalar(select(or_(waiting, missing))))


def open_attempt(pledge_id: int) -> Attempt | None:
    """The try whose end is not known yet, newest first."""
    return db.session.scalar(
        select(Attempt)
        .where(Attempt.pledge_id == pledge_id, Attempt.state == AttemptState.SENT)
        .order_by(Attempt.number.desc())
        .limit(1)
    )


def confirmation_is_under_way(pledge_id: int) -> bool:
    """Whether Stripe has been, or is about to be, asked to confirm, and its answer is not known yet."""
    asked = exists().where(
        StripeOperation.subject_kind == Pledge.__tablename__, StripeOperation.subject_id == pledge_id,
        StripeOperation.kind.in_(CONFIRMATIONS), StripeOperation.state.in_(OPEN_STATES),
    )  # fmt: skip
    return bool(db.session.scalar(select(asked)))


def last_attempt(pledge_id: int) -> Attempt | None:
    return db.session.scalar(
        select(Attempt).where(Attempt.pledge_id == pledge_id).order_by(Attempt.number.desc()).limit(1)
    )


@dataclass(frozen=True)
class Line:
    """One charge in the holder's statement; cents. `transfer_state` "" while no transfer is prepared."""

    reference: str
    charged_at: datetime
    amount_cents: int
    stripe_fee_cents: int
    platform_fee_cents: int | None
    transferred_cents: int | None
    transfer_state: str
    done_at: datetime | None


@dataclass(frozen=True)
class Money:
    """What the holder's money page shows, in cents: (how many, sum) pairs and totals."""

    promised: tuple[int, int]
    under_way: tuple[int, int]
    repairing: tuple[int, int]
    paid: tuple[int, int]
    dropped: tuple[int, int]
    lines: list[Line]
    stripe_fees_cents: int
    platform_fees_cents: int
    transferred_cents: int
    waiting_cents: int


def money_of(campaign_id: int) -> Money:
    """Two statements, whatever the number of pledges."""
    by_state = pledges.cents_by_state(campaign_id)

    def of(*states: PledgeState) -> tuple[int, int]:
        found = [by_state.get(state.value, (0, 0)) for state in states]
        return sum(count for count, _ in found), sum(cents for _, cents in found)

    rows = db.session.execute(
        select(Charge, Transfer, Pledge.public_id)
        .join(Pledge, Pledge.id == Charge.pledge_id)
        .outerjoin(Transfer, Transfer.charge_id == Charge.id)
        .where(Charge.campaign_id == campaign_id)
        .order_by(Charge.id)
    )
    lines = [_line(charge, transfer, public_id) for charge, transfer, public_id in rows]
    done = [line for line in lines if line.transfer_state == TransferState.DONE]
    return Money(
        promised=of(PledgeState.AUTHORISED),
        under_way=of(PledgeState.DUE, PledgeState.CHARGING),
        repairing=of(PledgeState.NEEDS_ACTION, PledgeState.NEEDS_CARD),
        paid=of(PledgeState.PAID),
        dropped=of(PledgeState.DROPPED),
        lines=lines,
        stripe_fees_cents=sum(line.stripe_fee_cents for line in lines),
        platform_fees_cents=sum(line.platform_fee_cents or 0 for line in lines),
        transferred_cents=sum(line.transferred_cents or 0 for line in done),
        waiting_cents=sum(line.amount_cents - line.stripe_fee_cents - (line.platform_fee_cents or 0)
                          for line in lines if line not in done),
    )  # fmt: skip


def _line(charge: Charge, transfer: Transfer | None, public_id: str) -> Line:
    return Line(
        reference=public_id[:8],
        charged_at=charge.charged_at,
        amount_cents=charge.amount_cents,
        stripe_fee_cents=charge.fee_cents,
        platform_fee_cents=transfer.platform_fee_cents if transfer else None,
        transferred_cents=transfer.amount_cents if transfer else None,
        transfer_state=str(transfer.state) if transfer else "",
        done_at=transfer.done_at if transfer else None,
    )
