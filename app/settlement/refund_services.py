"""Money back to the card it came from: asked, approved where people decide, sent once."""

from __future__ import annotations

from datetime import datetime

from app.core.database import db
from app.core.journal import record
from app.core.text import public_id
from app.payments import tasks
from app.payments.operations import plan
from app.payments.rules import OperationKind
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.settlement import back_queries as backs
from app.settlement import back_shares as shares
from app.settlement import reversal_services as reversals
from app.settlement.errors import AlreadyProposed, NothingToRefund, RefundTooLarge, SamePerson
from app.settlement.models import Refund, RefundReason, RefundState

SUBJECT = Refund.__tablename__
# Stripe knows three reasons only (docs.stripe.com/api/refunds/create).
STRIPE_REASON = {RefundReason.DUPLICATE: "duplicate", RefundReason.FRAUD: "fraudulent"}


def ask(
    pledge: Pledge, *, reason: RefundReason, at: datetime, amount_cents: int | None = None, by: int | None = None,
    words: str = "",
) -> Refund:  # fmt: skip
    """Give back all that is left of a pledge's charge, or `amount_cents` of it, without a second person.

    For what the rules themselves promise (cancelled before the end, too late, campaign cancelled, 90 days).
    The caller commits, then runs the chain of the returned refund.
    Errors: NothingToRefund, RefundTooLarge.
    """
    refund = _write(pledge, reason, amount_cents, RefundState.PLANNED, by=by, at=at, words=words)
    record("refund.asked", on=refund, by=by, at=at, amount_cents=refund.amount_cents, reason=refund.reason)
    send(refund, at=at)
    return refund


def give_all_back(pledge: Pledge, *, reason: RefundReason, at: datetime) -> Refund:
    """All that is left of a pledge's charge, because the rules say so; what somebody had proposed is overtaken.

    Errors: NothingToRefund.
    """
    pledges.lock_campaign(pledge.campaign_id)
    charge = backs.find_charge(pledge.id)
    for refund in backs.refunds_of(charge.id) if charge is not None else ():
        if refund.state == RefundState.PROPOSED:
            _end(refund, by=None, at=at, action="refund.overtaken")
    return ask(pledge, reason=reason, at=at)


def propose(
    pledge: Pledge, *, reason: RefundReason, amount_cents: int | None, by: int, words: str, at: datetime
) -> Refund:
    """One person proposes to give money back; nothing leaves before another has approved.

    Errors: NothingToRefund, RefundTooLarge; AlreadyProposed when the same amount of it waits already.
    """
    pledges.lock_campaign(pledge.campaign_id)
    waiting = backs.find_proposed(pledge.id, amount_cents)
    if waiting is not None:
        raise AlreadyProposed(waiting.reference)
    refund = _write(pledge, reason, amount_cents, RefundState.PROPOSED, by=by, at=at, words=words)
    record("refund.proposed", on=refund, by=by, at=at, amount_cents=refund.amount_cents, reason=refund.reason)
    return refund


def approve(refund: Refund, *, by: int, at: datetime) -> None:
    """The second person agrees: it is sent. A second click changes nothing.

    Errors: SamePerson; NothingToRefund when the charge was contested, or refunded elsewhere, meanwhile.
    """
    locked(refund)
    if refund.state != RefundState.PROPOSED:
        return
    if by == refund.proposed_by_id:
        raise SamePerson
    db.session.refresh(refund.charge)
    if backs.room_cents(refund.charge) < 0 or backs.has_open_dispute(refund.charge_id):
        raise NothingToRefund
    refund.state, refund.approved_by_id, refund.approved_at = RefundState.PLANNED, by, at
    record("refund.approved", on=refund, by=by, at=at)
    send(refund, at=at)


def give_up(refund: Refund, *, by: int, at: datetime) -> None:
    """The proposal is taken back or not approved, or a failed refund is not tried again: the campaign keeps it.

    Once approved it can no longer be stopped. A second click changes nothing.
    """
    locked(refund)
    if refund.state in (RefundState.PROPOSED, RefundState.FAILED):
        _end(refund, by=by, at=at, action="refund.given_up")


def _end(refund: Refund, *, by: int | None, at: datetime, action: str) -> None:
    refund.state, refund.ended_at = RefundState.CANCELLED, at
    record(action, on=refund, by=by, at=at)
    tasks.close_gone_key(f"refund_failed:{refund.id}:{refund.tries}", at=at)


def try_again(refund: Refund, *, by: int | None, at: datetime) -> None:
    """A failed one is ordered anew: what the first moved has come back, so another key is safe.

    Errors: NothingToRefund.
    """
    locked(refund)
    charge = refund.charge
    db.session.refresh(charge)
    is_contested = backs.has_open_dispute(charge.id)
    if refund.state != RefundState.FAILED or is_contested or backs.room_cents(charge) < refund.amount_cents:
        raise NothingToRefund
    tasks.close_gone_key(f"refund_failed:{refund.id}:{refund.tries}", at=at)
    refund.tries += 1
    refund.state, refund.code, refund.ended_at, refund.stripe_refund = RefundState.PLANNED, "", None, None
    record("refund.tried_again", on=refund, by=by, at=at, tries=refund.tries)
    send(refund, at=at)


def locked(refund: Refund) -> Refund:
    """The row as it is now, its campaign locked first as in every verb."""
    pledges.lock_campaign(refund.campaign_id)
    db.session.refresh(refund)
    return refund


def _write(
    pledge: Pledge, reason: RefundReason, amount_cents: int | None, state: RefundState, *, by: int | None,
    at: datetime, words: str,
) -> Refund:  # fmt: skip
    pledges.lock_campaign(pledge.campaign_id)
    charge = backs.find_charge(pledge.id)
    if charge is None:
        raise NothingToRefund
    db.session.refresh(charge)
    left = backs.room_cents(charge)
    if left == 0 or backs.has_open_dispute(charge.id):
        raise NothingToRefund
    amount = left if amount_cents is None else amount_cents
    if not 0 < amount <= left:
        raise RefundTooLarge
    for failed in backs.failed_refunds(charge.id):
        _end(failed, by=by, at=at, action="refund.replaced")
    refund = Refund(
        reference=public_id(), charge_id=charge.id, campaign_id=charge.campaign_id, amount_cents=amount,
        reason=reason, words=words[:500], state=state, proposed_by_id=by, created_at=at,
    )  # fmt: skip
    refund.charge = charge
    db.session.add(refund)
    db.session.flush()
    return refund


def send(refund: Refund, *, at: datetime) -> None:
    """Plan the next call: first what the holder gives back, then the refund itself; nothing while a transfer flies.

    Safe to repeat: the job comes again for whatever waits.
    """
    if refund.state != RefundState.PLANNED:
        return
    transfer = backs.find_transfer(refund.charge_id)
    if backs.is_in_flight(transfer):
        return
    if backs.is_passed_on(transfer):
        mine = backs.reversal_of_refund(refund.id)
        if mine is None:
            cents = shares.to_take_back(
                refund.charge, transfer, refund.amount_cents, before_cents=backs.on_their_way_cents(refund), mine=refund
            )
            if cents:
                reversals.ask(transfer, cents, refund_id=refund.id, at=at)
                return
        elif reversals.is_under_way(mine):
            return
    charge = refund.charge
    plan(
        OperationKind.REFUND_CREATE,
        subject_kind=SUBJECT,
        subject_id=refund.id,
        params={
            "charge": charge.stripe_charge,
            "amount": refund.amount_cents,
            "reason": STRIPE_REASON.get(RefundReason(refund.reason), "requested_by_customer"),
            "metadata": {
                "pledge": charge.pledge.public_id, "campaign": str(refund.campaign_id), "refund": refund.reference,
            },
        },
        key=f"re:{refund.reference}:{refund.tries}",
        at=at,
    )  # fmt: skip
