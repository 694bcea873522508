"""Reads about money that goes back: refunds, reversals, disputes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeGuard

from sqlalchemy import Exists, exists, func, or_, select

from app.core.database import db
from app.payments.models import LedgerEntry, LedgerTransaction, StripeOperation
from app.payments.rules import OPEN_STATES
from app.settlement.models import (
    Charge,
    Dispute,
    DisputeState,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    Transfer,
    TransferState,
)
from app.settlement.queries import IS_HERE

RESERVING = (RefundState.PROPOSED, RefundState.PLANNED)


def find_charge(pledge_id: int) -> Charge | None:
    """The charge of a pledge: there is one at most."""
    return db.session.scalar(select(Charge).where(Charge.pledge_id == pledge_id))


def find_transfer(charge_id: int) -> Transfer | None:
    """The transfer of a charge: there is one at most."""
    return db.session.scalar(select(Transfer).where(Transfer.charge_id == charge_id))


def refunds_of(charge_id: int) -> list[Refund]:
    """Oldest first."""
    return list(db.session.scalars(select(Refund).where(Refund.charge_id == charge_id).order_by(Refund.id)))


def room_cents(charge: Charge) -> int:
    """What may still be given back of a charge: not gone yet, and not asked for either."""
    asked = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
        Refund.charge_id == charge.id, Refund.state.in_(RESERVING)
    )
    return charge.amount_cents - charge.refunded_cents - int(db.session.scalar(asked) or 0)


def on_their_way_cents(refund: Refund) -> int:
    """Other refunds of the same charge, not answered yet, of which the holder's share was asked already.

    In the order in which they are sent, which is not that of their writing when a transfer was in the way.
    """
    has_share = exists().where(Reversal.refund_id == Refund.id)
    asked = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
        Refund.charge_id == refund.charge_id, Refund.state == RefundState.PLANNED, Refund.id != refund.id,
        or_(has_share, _has_open_call()),
    )  # fmt: skip
    return int(db.session.scalar(asked) or 0)


def _has_open_call() -> Exists:
    return exists().where(
        StripeOperation.subject_kind == Refund.__tablename__, StripeOperation.subject_id == Refund.id,
        StripeOperation.state.in_(OPEN_STATES),
    )  # fmt: skip


def find_proposed(pledge_id: int, amount_cents: int | None) -> Refund | None:
    """A refund of exactly so much of this pledge's charge that waits for a second person."""
    return db.session.scalar(
        select(Refund)
        .join(Charge, Charge.id == Refund.charge_id)
        .where(
            Charge.pledge_id == pledge_id, Refund.state == RefundState.PROPOSED, Refund.amount_cents == amount_cents
        )
    )  # fmt: skip


def failed_refunds(charge_id: int) -> list[Refund]:
    """Those whose money waits for a person's decision."""
    return list(
        db.session.scalars(select(Refund).where(Refund.charge_id == charge_id, Refund.state == RefundState.FAILED))
    )


def has_open_dispute(charge_id: int) -> bool:
    asked = exists().where(Dispute.charge_id == charge_id, Dispute.state == DisputeState.OPEN)
    return bool(db.session.scalar(select(asked)))


def base_cents(transfer: Transfer) -> int:
    """What the charge was still worth when it was passed on."""
    return transfer.charge.amount_cents if transfer.base_cents is None else transfer.base_cents


def reversible_cents(transfer: Transfer) -> int:
    """What may still be taken back of a transfer: neither taken, nor asked for, nor owed."""
    asked = select(func.coalesce(func.sum(Reversal.amount_cents), 0)).where(
        Reversal.transfer_id == transfer.id, Reversal.state.in_((ReversalState.PLANNED, ReversalState.OWED))
    )
    return transfer.amount_cents - transfer.reversed_cents - int(db.session.scalar(asked) or 0)


def is_passed_on(transfer: Transfer | None) -> TypeGuard[Transfer]:
    """Whether the holder has received what was left of the charge."""
    return transfer is not None and transfer.state == TransferState.DONE and transfer.base_cents != 0


def is_in_flight(transfer: Transfer | None) -> bool:
    """Ordered, and its answer is not known: nothing may go back of the charge meanwhile."""
    return transfer is not None and transfer.state in (TransferState.PLANNED, TransferState.SENT)


def reversal_of_refund(refund_id: int) -> Reversal | None:
    return db.session.scalar(select(Reversal).where(Reversal.refund_id == refund_id))


def find_refund_at_stripe(stripe_id: str, reference: str) -> Refund | None:
    """Ours by Stripe's id, or by the name that we gave it while its answer is still on the way."""
    same = or_(Refund.stripe_refund == stripe_id, Refund.reference == reference)
    return db.session.scalar(select(Refund).where(same).order_by(Refund.stripe_refund != stripe_id).limit(1))


def find_dispute(stripe_id: str) -> Dispute | None:
    return db.session.scalar(select(Dispute).where(Dispute.stripe_dispute == stripe_id))


def lines_of(kind: str, stripe_id: str) -> dict[str, int]:
    """Account → signed cents of a booked fact; empty when it was never booked."""
    rows = db.session.execute(
        select(LedgerEntry.account, LedgerEntry.amount_cents)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerTransaction.kind == kind, LedgerTransaction.stripe_id == stripe_id)
    )
    return {account: int(cents) for account, cents in rows}


def ids_to_send(limit: int = 200) -> list[int]:
    """Refunds asked for, of which no call is open: a transfer or a reversal was in the way."""
    found = db.session.scalars(
        select(Refund.id)
        .join(Charge, Charge.id == Refund.charge_id)
        .where(Refund.state == RefundState.PLANNED, ~_has_open_call(), IS_HERE)
        .order_by(Refund.id)
        .limit(limit)
    ).all()
    db.session.rollback()
    return list(found)


def ids_pending(older_than: datetime, limit: int = 200) -> list[int]:
    """Refunds that a bank has not finished."""
    found = db.session.scalars(
        select(Refund.id)
        .where(Refund.state == RefundState.PENDING, Refund.created_at <= older_than)
        .order_by(Refund.id)
        .limit(limit)
    ).all()
    db.session.rollback()
    return list(found)


def ids_owed(at: datetime, limit: int = 200) -> list[int]:
    """Debts that were not asked for since yesterday."""
    asked = exists().where(
        StripeOperation.subject_kind == Reversal.__tablename__, StripeOperation.subject_id == Reversal.id,
        or_(StripeOperation.state.in_(OPEN_STATES), StripeOperation.created_at > at - timedelta(days=1)),
    )  # fmt: skip
    found = db.session.scalars(
        select(Reversal.id).where(Reversal.state == ReversalState.OWED, ~asked).order_by(Reversal.id).limit(limit)
    ).all()
    db.session.rollback()
    return list(found)


def pledges_with_open_dispute() -> list[int]:
    """Pledges whose bank has not decided."""
    found = db.session.scalars(
        select(Charge.pledge_id)
        .join(Dispute, Dispute.charge_id == Charge.id)
        .where(Dispute.state == DisputeState.OPEN, IS_HERE)
        .order_by(Charge.pledge_id)
    ).all()
    db.session.rollback()
    return list(dict.fromkeys(found))
