"""What became of a refund at Stripe: booked once, undone when it fails, and found when somebody else made it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from app.core.database import db
from app.core.journal import record
from app.core.text import public_id
from app.payments import ledger, tasks
from app.payments.operations import find_subject, remember
from app.pledges.moves import set_refunded
from app.settlement import back_mails
from app.settlement import back_queries as backs
from app.settlement import back_shares as shares
from app.settlement import transfer_services as transfers
from app.settlement.models import Charge, Refund, RefundReason, RefundState
from app.settlement.refund_services import SUBJECT

log = structlog.get_logger()
ACCEPTED = (RefundState.PENDING, RefundState.SUCCEEDED)


def apply(refund: Refund, thing: Mapping[str, Any], *, at: datetime) -> None:
    """Let a refund, as Stripe shows it now, move ours. The caller holds the campaign's lock.

    Safe to repeat, in any order.
    """
    stripe_id, status = str(thing["id"]), str(thing.get("status"))
    if refund.stripe_refund != stripe_id and find_subject(stripe_id) is not None:
        return  # an earlier try of the same refund: it was heard in its time
    if int(thing.get("amount") or 0) != refund.amount_cents or refund.stripe_refund not in (None, stripe_id):
        log.error("strange_refund", refund=refund.id, at_stripe=stripe_id)
        tasks.open_task(
            "strange_refund", f"strange_refund:{stripe_id}", at=at, subject_kind=SUBJECT, subject_id=refund.id,
            ours_cents=refund.amount_cents, theirs_cents=int(thing.get("amount") or 0), refund=stripe_id,
        )  # fmt: skip
        return
    if status in ("failed", "canceled"):
        fail(refund, code=str(thing.get("failure_reason") or status), at=at, stripe_id=stripe_id)
        return
    if refund.state == RefundState.PLANNED:
        _book(refund, stripe_id, at=at)
    if refund.state == RefundState.PENDING and status == "succeeded":
        refund.state, refund.ended_at = RefundState.SUCCEEDED, at
        record("refund.succeeded", on=refund, by=None, at=at, amount_cents=refund.amount_cents)


def _book(refund: Refund, stripe_id: str, *, at: datetime) -> None:
    """Stripe has taken it on: the money has left the balance, the pledge counts less from now on."""
    charge, transfer = refund.charge, backs.find_transfer(refund.charge_id)
    db.session.refresh(charge)
    lines = ledger.back_lines(
        refund.campaign_id,
        gone_cents=refund.amount_cents,
        owed_cents=shares.borne_by_campaign(charge, transfer, refund.amount_cents, mine=refund),
        fee_cents=shares.stripe_fee_of(charge, transfer, refund.amount_cents),
    )
    refund.state, refund.stripe_refund = RefundState.PENDING, stripe_id
    remember(stripe_id, SUBJECT, refund.id)
    ledger.book("refund", stripe_id, subject_kind=SUBJECT, subject_id=refund.id, lines=lines, at=at)
    record("refund.accepted", on=refund, by=None, at=at, amount_cents=refund.amount_cents)
    _count(charge, +refund.amount_cents, action="pledge.refunded", at=at)
    back_mails.refunded(refund, at=at)
    transfers.end_if_nothing_left(charge, at=at)


def _count(charge: Charge, cents: int, *, action: str, at: datetime) -> None:
    charge.refunded_cents += cents
    db.session.flush()
    set_refunded(charge.pledge, charge.pledge.refunded_cents + cents, action=action, at=at)


def fail(refund: Refund, *, code: str, at: datetime, stripe_id: str = "") -> None:
    """It did not reach its card: what was booked is undone, a person is asked, the contributor is told.

    `stripe_id` "": the order was refused, nothing was made.
    """
    if refund.state in (RefundState.FAILED, RefundState.CANCELLED):
        return
    if refund.state in ACCEPTED and refund.stripe_refund is not None:
        _unbook(refund, refund.stripe_refund, at=at)
    elif stripe_id:
        refund.stripe_refund = stripe_id
        remember(stripe_id, SUBJECT, refund.id)
    refund.state, refund.code, refund.ended_at = RefundState.FAILED, code[:60], at
    record("refund.failed", on=refund, by=None, at=at, code=refund.code)
    tasks.open_task(
        "refund_failed", f"refund_failed:{refund.id}:{refund.tries}", at=at, subject_kind=SUBJECT,
        subject_id=refund.id, ours_cents=refund.amount_cents, theirs_cents=0, code=refund.code,
    )  # fmt: skip


def _unbook(refund: Refund, stripe_id: str, *, at: datetime) -> None:
    """The money is back on the platform's balance, kept for its contributor until a person has decided."""
    charge, transfer = refund.charge, backs.find_transfer(refund.charge_id)
    db.session.refresh(charge)
    booked = backs.lines_of("refund", stripe_id)
    lines = ledger.back_lines(
        refund.campaign_id,
        gone_cents=-refund.amount_cents,
        owed_cents=-booked.get(ledger.of_campaign(refund.campaign_id), 0),
        fee_cents=shares.stripe_fee_of(charge, transfer, -refund.amount_cents),
    )
    ledger.book("refund_failure", stripe_id, subject_kind=SUBJECT, subject_id=refund.id, lines=lines, at=at)
    _count(charge, -refund.amount_cents, action="pledge.refund_failed", at=at)
    back_mails.refund_failed(refund, at=at)


def found(charge: Charge, thing: Mapping[str, Any], *, at: datetime) -> Refund | None:
    """Somebody gave money back in Stripe's own dashboard: it is written down and booked, and a person is told.

    After the transfer nothing is taken back from the holder by itself: the platform bears it until a person
    decides. None: it had failed before it was found, and nothing is left of it.
    """
    if str(thing.get("status")) in ("failed", "canceled"):
        return None
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
