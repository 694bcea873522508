"""What a holder gives back of a transfer, because its charge went back to the contributor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.campaigns.models import Campaign
from app.core.database import db
from app.core.journal import record
from app.core.text import public_id
from app.payments import ledger, tasks
from app.payments.operations import plan, remember
from app.payments.rules import OperationKind
from app.settlement import back_shares as shares
from app.settlement import holder_mails
from app.settlement.models import Reversal, ReversalState, Transfer

SUBJECT = Reversal.__tablename__


def ask(
    transfer: Transfer, amount_cents: int, *, at: datetime, refund_id: int | None = None, dispute_id: int | None = None
) -> Reversal:
    """Plan to take back `amount_cents`; the caller holds the campaign's lock and has checked that so much is left."""
    reversal = Reversal(
        reference=public_id(), transfer_id=transfer.id, campaign_id=transfer.campaign_id, refund_id=refund_id,
        dispute_id=dispute_id, amount_cents=amount_cents, created_at=at,
    )  # fmt: skip
    reversal.transfer = transfer
    db.session.add(reversal)
    db.session.flush()
    record("reversal.asked", on=reversal, by=None, at=at, amount_cents=amount_cents)
    _plan_call(reversal, at=at)
    return reversal


def _plan_call(reversal: Reversal, *, at: datetime) -> None:
    assert reversal.transfer.stripe_transfer is not None
    plan(
        OperationKind.REVERSAL_CREATE,
        subject_kind=SUBJECT,
        subject_id=reversal.id,
        target=reversal.transfer.stripe_transfer,
        params={
            "amount": reversal.amount_cents,
            "metadata": {"campaign": str(reversal.campaign_id), "reversal": reversal.reference},
        },
        key=f"trr:{reversal.reference}:{reversal.tries}",
        at=at,
    )


def is_under_way(reversal: Reversal) -> bool:
    """Stripe has not answered yet: the refund waits for it. Nobody waits for a debt."""
    return reversal.state == ReversalState.PLANNED


def done(reversal: Reversal, stripe_id: str, *, at: datetime) -> None:
    """The money is back on the platform's balance: owed to the campaign again, or a debt paid."""
    if reversal.state == ReversalState.DONE:
        return
    was_owed = reversal.state == ReversalState.OWED
    reversal.state, reversal.stripe_reversal, reversal.ended_at = ReversalState.DONE, stripe_id, at
    remember(stripe_id, SUBJECT, reversal.id)
    transfer = reversal.transfer
    db.session.refresh(transfer)
    transfer.reversed_cents += reversal.amount_cents
    payer = _debt_account(reversal) if was_owed else ledger.of_campaign(reversal.campaign_id)
    ledger.book(
        "reversal", stripe_id, subject_kind=SUBJECT, subject_id=reversal.id,
        lines={ledger.AVAILABLE: reversal.amount_cents, payer: -reversal.amount_cents}, at=at,
    )  # fmt: skip
    record("reversal.done", on=reversal, by=None, at=at, amount_cents=reversal.amount_cents)
    tasks.close_gone_key(f"reversal_owed:{reversal.id}", at=at)
    holder_mails.taken_back(reversal, at=at)


def found(transfer: Transfer, thing: Mapping[str, Any], *, at: datetime) -> Reversal:
    """Somebody took money back in Stripe's own dashboard: it is written down and booked, and a person is told.

    It first repays what the platform has already paid in the holder's place; the rest is owed to the campaign.
    """
    stripe_id, cents = str(thing["id"]), int(thing["amount"])
    reversal = Reversal(
        reference=public_id(), transfer_id=transfer.id, campaign_id=transfer.campaign_id, amount_cents=cents,
        state=ReversalState.DONE, stripe_reversal=stripe_id, created_at=at, ended_at=at,
    )  # fmt: skip
    reversal.transfer = transfer
    db.session.add(reversal)
    db.session.flush()
    repaid = min(cents, shares.borne_for_holder(transfer.charge, transfer))
    transfer.reversed_cents += cents
    remember(stripe_id, SUBJECT, reversal.id)
    ledger.book(
        "reversal", stripe_id, subject_kind=SUBJECT, subject_id=reversal.id,
        lines={
            ledger.AVAILABLE: cents,
            ledger.FEES_PLATFORM: -repaid,
            ledger.of_campaign(reversal.campaign_id): repaid - cents,
        },
        at=at,
    )  # fmt: skip
    record("reversal.found", on=reversal, by=None, at=at, amount_cents=cents)
    tasks.open_task(
        "reversal_found", f"reversal_found:{stripe_id}", at=at, subject_kind=SUBJECT, subject_id=reversal.id,
        ours_cents=0, theirs_cents=cents, reversal=stripe_id,
    )  # fmt: skip
    return reversal


def owe(reversal: Reversal, *, code: str, at: datetime) -> None:
    """The holder's account holds too little: written down as a debt once; the contributor does not wait for it."""
    if reversal.state == ReversalState.PLANNED:
        ledger.book(
            "debt", reversal.reference, subject_kind=SUBJECT, subject_id=reversal.id,
            lines={
                _debt_account(reversal): reversal.amount_cents,
                ledger.of_campaign(reversal.campaign_id): -reversal.amount_cents,
            },
            at=at,
        )  # fmt: skip
        tasks.open_task(
            "reversal_owed", f"reversal_owed:{reversal.id}", at=at, subject_kind=SUBJECT, subject_id=reversal.id,
            ours_cents=reversal.amount_cents, theirs_cents=0, code=code[:60],
        )  # fmt: skip
        holder_mails.owes(reversal, at=at)
    reversal.state, reversal.code = ReversalState.OWED, code[:60]
    record("reversal.owed", on=reversal, by=None, at=at, code=reversal.code, tries=reversal.tries)


def try_again(reversal: Reversal, *, by: int | None, at: datetime) -> None:
    """The refused order moved nothing: give it again under a new key."""
    if reversal.state != ReversalState.OWED:
        return
    reversal.tries += 1
    record("reversal.tried_again", on=reversal, by=by, at=at, tries=reversal.tries)
    _plan_call(reversal, at=at)


def _debt_account(reversal: Reversal) -> str:
    return ledger.of_holder(db.session.get_one(Campaign, reversal.campaign_id).owner_id)
