"""Money back to the card it came from: asked, approved where people decide, sent once, booked once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from app.core.database import db
from app.core.journal import record
from app.core.text import public_id
from app.payments import ledger, tasks
from app.payments.operations import plan, remember
from app.payments.rules import OperationKind
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.pledges.moves import set_refunded
from app.settlement import back_mails, rules
from app.settlement import back_queries as backs
from app.settlement import reversal_services as reversals
from app.settlement.errors import NothingToRefund, RefundTooLarge, SamePerson
from app.settlement.models import Charge, Refund, RefundReason, RefundState, Transfer, TransferState

log = structlog.get_logger()
SUBJECT = Refund.__tablename__
# Stripe knows three reasons only (docs.stripe.com/api/refunds/create).
STRIPE_REASON = {RefundReason.DUPLICATE: "duplicate", RefundReason.FRAUD: "fraudulent"}
ACCEPTED = (RefundState.PENDING, RefundState.SUCCEEDED)


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


def propose(
    pledge: Pledge, *, reason: RefundReason, amount_cents: int | None, by: int, words: str, at: datetime
) -> Refund:
    """One person proposes to give money back; nothing leaves before another has approved.

    Errors: NothingToRefund, RefundTooLarge.
    """
    refund = _write(pledge, reason, amount_cents, RefundState.PROPOSED, by=by, at=at, words=words)
    record("refund.proposed", on=refund, by=by, at=at, amount_cents=refund.amount_cents, reason=refund.reason)
    return refund


def approve(refund: Refund, *, by: int, at: datetime) -> None:
    """The second person agrees: it is sent. A second click changes nothing. Errors: SamePerson."""
    locked(refund)
    if refund.state != RefundState.PROPOSED:
        return
    if by == refund.proposed_by_id:
        raise SamePerson
    refund.state, refund.approved_by_id, refund.approved_at = RefundState.PLANNED, by, at
    record("refund.approved", on=refund, by=by, at=at)
    send(refund, at=at)


def give_up(refund: Refund, *, by: int, at: datetime) -> None:
    """The proposal is taken back or not approved. Once approved it can no longer be stopped."""
    locked(refund)
    if refund.state != RefundState.PROPOSED:
        return
    refund.state, refund.ended_at = RefundState.CANCELLED, at
    record("refund.given_up", on=refund, by=by, at=at)


def try_again(refund: Refund, *, by: int | None, at: datetime) -> None:
    """A failed one is ordered anew: the refused order moved nothing, so another key is safe."""
    locked(refund)
    if refund.state != RefundState.FAILED or backs.room_cents(refund.charge) < refund.amount_cents:
        raise NothingToRefund
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
    if transfer is not None and transfer.state in (TransferState.PLANNED, TransferState.SENT):
        return
    if transfer is not None and transfer.state == TransferState.DONE:
        mine = backs.reversal_of_refund(refund.id)
        if mine is None:
            cents = _to_take_back(refund, transfer)
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


def _to_take_back(refund: Refund, transfer: Transfer) -> int:
    """The holder's share of what goes back: in proportion to what they received of it; cents."""
    base = backs.base_cents(transfer)
    gone = refund.charge.refunded_cents + backs.reserved_before(refund) - (refund.charge.amount_cents - base)
    share = rules.next_part_cents(
        transfer.amount_cents, max(0, gone), min(refund.amount_cents, base - max(0, gone)), base
    )
    return min(share, backs.reversible_cents(transfer))


def apply(refund: Refund, thing: Mapping[str, Any], *, at: datetime) -> None:
    """Let a refund, as Stripe shows it now, move ours. Safe to repeat, in any order."""
    status = str(thing.get("status"))
    if int(thing.get("amount") or 0) != refund.amount_cents or refund.stripe_refund not in (None, thing.get("id")):
        log.error("strange_refund", refund=refund.id, at_stripe=thing.get("id"))
        tasks.open_task(
            "strange_refund", f"strange_refund:{thing.get('id')}", at=at, subject_kind=SUBJECT, subject_id=refund.id,
            ours_cents=refund.amount_cents, theirs_cents=int(thing.get("amount") or 0),
        )  # fmt: skip
        return
    if status in ("failed", "canceled"):
        fail(refund, code=str(thing.get("failure_reason") or status), at=at, stripe_id=str(thing["id"]))
        return
    if refund.state in (RefundState.PLANNED, RefundState.PENDING):
        if refund.state == RefundState.PLANNED:
            _book(refund, str(thing["id"]), at=at)
        done = status == "succeeded"
        refund.state = RefundState.SUCCEEDED if done else RefundState.PENDING
        refund.ended_at = at if done else None
        if done:
            record("refund.succeeded", on=refund, by=None, at=at, amount_cents=refund.amount_cents)
            back_mails.refunded(refund, at=at)


def _book(refund: Refund, stripe_id: str, *, at: datetime) -> None:
    """Stripe has taken it on: the money has left the balance, the pledge counts less from now on."""
    charge, transfer = refund.charge, backs.find_transfer(refund.charge_id)
    refund.stripe_refund = stripe_id
    remember(stripe_id, SUBJECT, refund.id)
    if transfer is not None and transfer.state == TransferState.DONE:
        mine = backs.reversal_of_refund(refund.id)
        owed, fee = (mine.amount_cents if mine else 0), 0
    else:
        owed = refund.amount_cents
        fee = rules.next_part_cents(charge.fee_cents, charge.refunded_cents, refund.amount_cents, charge.amount_cents)
    lines = ledger.back_lines(refund.campaign_id, gone_cents=refund.amount_cents, owed_cents=owed, fee_cents=fee)
    ledger.book("refund", stripe_id, subject_kind=SUBJECT, subject_id=refund.id, lines=lines, at=at)
    _count(charge, +refund.amount_cents, action="pledge.refunded", at=at)


def _count(charge: Charge, cents: int, *, action: str, at: datetime) -> None:
    charge.refunded_cents += cents
    db.session.flush()
    set_refunded(charge.pledge, charge.pledge.refunded_cents + cents, action=action, at=at)


def fail(refund: Refund, *, code: str, at: datetime, stripe_id: str = "") -> None:
    """It did not reach its card: what was booked is undone, a person is asked, the contributor is told."""
    if refund.state in (RefundState.FAILED, RefundState.CANCELLED):
        return
    if refund.state in ACCEPTED and refund.stripe_refund is not None:
        booked = backs.lines_of("refund", refund.stripe_refund)
        ledger.book(
            "refund_failure", refund.stripe_refund, subject_kind=SUBJECT, subject_id=refund.id,
            lines=ledger.opposite(booked), at=at,
        )  # fmt: skip
        _count(refund.charge, -refund.amount_cents, action="pledge.refund_failed", at=at)
        back_mails.refund_failed(refund, at=at)
    elif stripe_id:
        refund.stripe_refund = stripe_id
        remember(stripe_id, SUBJECT, refund.id)
    refund.state, refund.code, refund.ended_at = RefundState.FAILED, code[:60], at
    record("refund.failed", on=refund, by=None, at=at, code=refund.code)
    tasks.open_task(
        "refund_failed", f"refund_failed:{refund.id}:{refund.tries}", at=at, subject_kind=SUBJECT,
        subject_id=refund.id, ours_cents=refund.amount_cents, theirs_cents=0, code=refund.code,
    )  # fmt: skip


def found(charge: Charge, thing: Mapping[str, Any], *, at: datetime) -> Refund:
    """Somebody gave money back in Stripe's own dashboard: it is written down and booked, and a person is told.

    After the transfer nothing is taken back from the holder by itself: the platform bears it until a person decides.
    """
    refund = Refund(
        reference=public_id(), charge_id=charge.id, campaign_id=charge.campaign_id,
        amount_cents=int(thing["amount"]), reason=RefundReason.FOUND, state=RefundState.PLANNED, created_at=at,
    )  # fmt: skip
    refund.charge = charge
    db.session.add(refund)
    db.session.flush()
    record("refund.found", on=refund, by=None, at=at, amount_cents=refund.amount_cents)
    tasks.open_task(
        "refund_found", f"refund_found:{thing['id']}", at=at, subject_kind=SUBJECT, subject_id=refund.id,
        ours_cents=0, theirs_cents=refund.amount_cents, refund=str(thing["id"]),
    )  # fmt: skip
    apply(refund, thing, at=at)
    return refund
