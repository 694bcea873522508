"""What the answers of Stripe do to a charge or a transfer. Runs inside the transaction that ends the call."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core.database import db
from app.payments.dispatch import register, register_wanted
from app.payments.models import StripeOperation
from app.payments.outcomes import Declined, Done, Outcome
from app.payments.rules import OperationKind
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.pledges.services import forget_customer
from app.settlement import charge_services as charges
from app.settlement import refund_results as results
from app.settlement import refund_services as refunds
from app.settlement import reversal_services as reversals
from app.settlement import transfer_services as transfers
from app.settlement.models import Refund, RefundState, Reversal, Transfer

log = structlog.get_logger()


def on_intent(operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
    """The PaymentIntent exists: keep its id, then confirm. Refused: the card or its customer is gone at Stripe."""
    pledge = charges.locked(operation.subject_id)
    if isinstance(outcome, Done):
        charges.keep_intent(pledge, str(outcome.object["id"]), at=at)
        return
    if outcome.code == "resource_missing":
        forget_customer(pledge)
        pledge.payment_method = None
    charges.decline(pledge, code=outcome.code or "refused", decline_code="", at=at)


def on_confirm(operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
    """Paid, to be confirmed by the contributor, or refused."""
    pledge = charges.locked(operation.subject_id)
    if isinstance(outcome, Done):
        charges.apply_intent(pledge, outcome.object, at=at)
    elif isinstance(outcome, Declined):
        charges.decline(pledge, code=outcome.code, decline_code=outcome.decline_code, at=at)
    elif outcome.object is not None and outcome.object.get("status") in ("canceled", "succeeded"):
        charges.apply_intent(pledge, outcome.object, at=at)
    else:  # the card was detached or deleted at Stripe
        charges.decline(pledge, code=outcome.code or "refused", decline_code="", at=at)


def is_wanted(operation: StripeOperation) -> bool:
    """Nobody is charged for a campaign that was cancelled since; `back_jobs.stop_cancelled` ends the promise."""
    state = db.session.scalar(
        select(Campaign.state).join(Pledge, Pledge.campaign_id == Campaign.id).where(Pledge.id == operation.subject_id)
    )
    return state != CampaignState.CANCELLED


def on_cancel(operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
    """Cancelled: the promise is dropped. Refused because it has succeeded: the next look books it."""
    pledge = charges.locked(operation.subject_id)
    if isinstance(outcome, Done) and operation.target == pledge.payment_intent:
        charges.drop(pledge, at=at)
    elif not isinstance(outcome, Done):
        log.warning("cancel_refused", pledge=pledge.id, code=outcome.code)


def on_update(operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
    """No verb asks for it yet: an amount can only change before the PaymentIntent exists."""


def on_transfer(operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
    """The holder has the money of one charge, or Stripe refuses for now."""
    transfer = db.session.get_one(Transfer, operation.subject_id)
    campaign = pledges.lock_campaign(transfer.campaign_id)
    db.session.refresh(transfer)
    if not isinstance(outcome, Done):
        transfers.block(transfer, code=outcome.code, at=at)
        return
    transfers.done(transfer, str(outcome.object["id"]), at=at)
    transfers.settle_when_done(campaign, at=at)


def on_refund(operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
    """On its way to the card, or refused: a refused order has moved nothing."""
    refund = refunds.locked(db.session.get_one(Refund, operation.subject_id))
    if isinstance(outcome, Done):
        results.apply(refund, outcome.object, at=at)
    elif refund.state == RefundState.PLANNED:
        results.fail(refund, code=outcome.code or "refused", at=at)


def on_reversal(operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
    """Taken back from the holder, or owed by them; what waited for it goes on either way."""
    reversal = db.session.get_one(Reversal, operation.subject_id)
    pledges.lock_campaign(reversal.campaign_id)
    db.session.refresh(reversal)
    if isinstance(outcome, Done):
        reversals.done(reversal, str(outcome.object["id"]), at=at)
    else:
        reversals.owe(reversal, code=outcome.code or "refused", at=at)
    if reversal.refund_id is not None:
        refunds.send(db.session.get_one(Refund, reversal.refund_id), at=at)


def init_app() -> None:
    register(OperationKind.INTENT_CREATE, on_intent)
    register(OperationKind.INTENT_CONFIRM, on_confirm)
    register(OperationKind.INTENT_CONFIRM_ON_SESSION, on_confirm)
    register_wanted(OperationKind.INTENT_CONFIRM, is_wanted)
    register_wanted(OperationKind.INTENT_CONFIRM_ON_SESSION, is_wanted)
    register(OperationKind.INTENT_CANCEL, on_cancel)
    register(OperationKind.INTENT_UPDATE, on_update)
    register(OperationKind.TRANSFER_CREATE, on_transfer)
    register(OperationKind.REFUND_CREATE, on_refund)
    register(OperationKind.REVERSAL_CREATE, on_reversal)
