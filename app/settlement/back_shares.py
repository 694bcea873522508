"""Who bears what of money that goes back of a charge, reckoned on what the ledger already says of it; cents."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_, select

from app.core.database import db
from app.payments import ledger
from app.payments.models import LedgerEntry, LedgerTransaction
from app.pledges.models import Pledge
from app.settlement import back_queries as backs
from app.settlement import rules
from app.settlement.models import Charge, Dispute, Refund, RefundState, Reversal, ReversalState, Transfer, TransferState

GONE = ("refund", "refund_failure", "dispute_lost")


def borne_by_campaign(charge: Charge, transfer: Transfer | None, cents: int, *, mine: Refund | None = None) -> int:
    """How much of `cents` that go back now the campaign bears; the platform bears the rest.

    Before the transfer all of it (as far as the charge is not gone yet); afterwards what was taken back from the
    holder for it, and is not set aside for another refund than `mine`.
    """
    if not backs.is_passed_on(transfer):
        return min(cents, charge.amount_cents - charge.refunded_cents)
    return min(cents, in_hand(charge, mine=mine))


def stripe_fee_of(charge: Charge, transfer: Transfer | None, cents: int) -> int:
    """The part of Stripe's fee, never returned, that the platform bears for `cents` more (or less, if negative)."""
    if backs.is_passed_on(transfer):
        return 0  # the holder has borne it; the reversal leaves it out
    after = min(charge.refunded_cents + cents, charge.amount_cents)
    whole = (charge.fee_cents, charge.amount_cents)
    return rules.part_cents(whole[0], after, whole[1]) - rules.part_cents(whole[0], charge.refunded_cents, whole[1])


def to_take_back(charge: Charge, transfer: Transfer, cents: int, *, before_cents: int, mine: Refund | None) -> int:
    """What to ask of the holder for `cents` that go back after `before_cents`: their share, less what is in hand."""
    base = backs.base_cents(transfer)
    gone = charge.refunded_cents + before_cents - (charge.amount_cents - base)
    never_passed_on = max(0, -gone)  # kept back for a refund that failed later
    rest = max(0, min(cents - never_passed_on, base - max(0, gone)))
    share = rules.next_part_cents(transfer.amount_cents, max(0, gone), rest, base)
    spare = max(0, in_hand(charge, mine=mine) - never_passed_on)
    return max(0, min(share - spare, backs.reversible_cents(transfer)))


def in_hand(charge: Charge, *, mine: Refund | None = None) -> int:
    """Of a charge that was passed on: what came back from the holder and has not gone to the contributor."""
    account = ledger.of_campaign(charge.campaign_id)
    booked = -_sum(account, _facts(charge))
    of_charge = Transfer.charge_id == charge.id
    # A lost dispute is booked before its reversal has come back.
    coming = _reversals(of_charge, Reversal.dispute_id.is_not(None), Reversal.state == ReversalState.PLANNED)
    others = Refund.id != mine.id if mine is not None else Refund.id > 0
    set_aside = _reversals(
        of_charge, Reversal.state.in_((ReversalState.DONE, ReversalState.OWED)),
        Reversal.refund_id.in_(
            select(Refund.id).where(Refund.charge_id == charge.id, Refund.state == RefundState.PLANNED, others)
        ),
    )  # fmt: skip
    return max(0, booked + coming - set_aside)


def left_behind(refund: Refund) -> int | None:
    """Of a failed refund that is given up: what stays on the platform's balance, as the charge was passed on without
    it or it was taken back from the holder; the rest, they have. None: the payout that comes carries it."""
    transfer = backs.find_transfer(refund.charge_id)
    if transfer is None or transfer.state == TransferState.BLOCKED:
        return None
    return min(refund.amount_cents, in_hand(refund.charge, mine=refund))


def borne_for_holder(charge: Charge, transfer: Transfer) -> int:
    """What the platform has paid in the holder's place: their share of what went back, never taken back."""
    base = backs.base_cents(transfer)
    never_passed_on = charge.amount_cents - base
    gone = max(0, min(charge.refunded_cents - never_passed_on, base))
    share = rules.part_cents(transfer.amount_cents, gone, base)
    booked = _sum(ledger.of_campaign(charge.campaign_id), _facts(charge) & LedgerTransaction.kind.in_(GONE))
    return max(0, share - max(0, booked - never_passed_on))


def _facts(charge: Charge) -> ColumnElement[bool]:
    """Everything booked about a charge."""
    return facts_about(Charge.id == charge.id)


def facts_about(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The booked facts about the charges for which `which` holds, as a condition on LedgerTransaction."""
    fact, charges = LedgerTransaction, select(Charge.id).where(which)
    of_transfers = select(Transfer.id).where(Transfer.charge_id.in_(charges))
    about = {
        Pledge.__tablename__: select(Charge.pledge_id).where(which),
        Transfer.__tablename__: of_transfers,
        Refund.__tablename__: select(Refund.id).where(Refund.charge_id.in_(charges)),
        Dispute.__tablename__: select(Dispute.id).where(Dispute.charge_id.in_(charges)),
        Reversal.__tablename__: select(Reversal.id).where(Reversal.transfer_id.in_(of_transfers)),
    }
    return or_(*((fact.subject_kind == kind) & fact.subject_id.in_(ids) for kind, ids in about.items()))


def _sum(account: str, facts: ColumnElement[bool]) -> int:
    total = (
        select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerEntry.account == account, facts)
    )
    return int(db.session.scalar(total) or 0)


def _reversals(*conditions: ColumnElement[bool]) -> int:
    total = (
        select(func.coalesce(func.sum(Reversal.amount_cents), 0))
        .join(Transfer, Transfer.id == Reversal.transfer_id)
        .where(*conditions)
    )
    return int(db.session.scalar(total) or 0)
