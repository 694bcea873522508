"""A gift charged at once (flexible campaigns): what Checkout has taken is booked once, or given back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from app.campaigns.errors import StockExhausted
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState, FundingKind
from app.core.database import db
from app.core.journal import record
from app.pledges import alarms
from app.pledges.models import Pledge
from app.pledges.moves import move
from app.pledges.rules import ACCEPTS_COMPLETION, WITHOUT_CARD, PledgeState, check_take_back
from app.pledges.services import keep_card, mark_late
from app.settlement import back_queries as backs
from app.settlement import charge_services as charges
from app.settlement import gift_mails, gift_queries
from app.settlement import refund_services as refunds
from app.settlement.models import RefundReason

log = structlog.get_logger()


def apply_payment(pledge: Pledge, intent: Mapping[str, Any], *, at: datetime) -> None:
    """Let the PaymentIntent that Checkout made, as Stripe shows it now, book its gift. Safe to repeat, in any order.

    One transaction: charge, ledger, state, total, receipt. A payment that no longer counts (after the
    verdict, or its reward has gone) is booked too, stays out of the total, and its refund is asked for.
    """
    if intent.get("id") != pledge.payment_intent or intent.get("currency") != "eur":
        alarms.strange("strange_intent", pledge, str(intent.get("id")), theirs_cents=intent.get("amount"), at=at)
        return
    if intent.get("status") != "succeeded" or pledge.state not in WITHOUT_CARD:
        return
    if backs.find_charge(pledge.id) is not None:  # a late one, booked before
        return
    charge = charges.write_charge(pledge, intent, at=at)
    if charge is None:
        return
    keep_card(pledge, **_card_of(intent))
    if not _count(pledge, charge.stripe_charge, at=at):
        mark_late(pledge, at=at)
        record("pledge.paid_too_late", on=pledge, by=None, at=at, charge=charge.stripe_charge)
        db.session.flush()
        refunds.ask(pledge, reason=RefundReason.LATE, at=at)
        gift_mails.paid_too_late(pledge, at=at)


def _count(pledge: Pledge, charge_id: str, *, at: datetime) -> bool:
    """The gift adds to the total from now on; False when it came too late for that."""
    if pledge.campaign.state not in ACCEPTS_COMPLETION:
        return False
    try:
        with db.session.begin_nested():
            pledge.paid_at = at
            move(pledge, PledgeState.PAID, action="pledge.paid", by=None, at=at, charge=charge_id)
    except StockExhausted:  # given up for dead, and the reward went to somebody else
        db.session.refresh(pledge)
        return False
    gift_mails.given(pledge, at=at)
    return True


def _card_of(intent: Mapping[str, Any]) -> dict[str, str]:
    """What the receipt says of the card; Checkout keeps none for later."""
    charge = intent.get("latest_charge")
    details = charge.get("payment_method_details") if isinstance(charge, Mapping) else None
    card = details.get("card") if isinstance(details, Mapping) else None
    if not isinstance(card, Mapping):
        return {"brand": "", "last4": "", "exp": ""}
    return {"brand": str(card.get("brand") or ""), "last4": str(card.get("last4") or ""), "exp": ""}


def take_back(pledge_id: int, *, by: int | None, at: datetime) -> int:
    """The contributor changes their mind before the end: a full refund. The state follows Stripe's answer.

    Returns the id of the refund, whose chain the caller runs after the commit.
    Errors: PledgeMoveNotAllowed (no paid gift), TooLateToTakeBack, NothingToRefund (asked for already).
    """
    pledge = charges.locked(pledge_id)
    campaign = pledge.campaign
    check_take_back(
        FundingKind(campaign.kind), PledgeState(pledge.state), CampaignState(campaign.state), campaign.closes_at, at
    )
    refund = refunds.ask(pledge, reason=RefundReason.ASKED, by=by, at=at)
    record("pledge.taken_back", on=pledge, by=by, at=at, refund=refund.id)
    gift_mails.taken_back(pledge, refund.amount_cents, at=at)
    return refund.id


def succeeds(campaign: Campaign) -> bool:
    """The verdict of a flexible campaign: any paid gift that is not on its way back."""
    return gift_queries.kept_cents(campaign.id) > 0


def tell_verdict(pledge_id: int, *, at: datetime) -> bool:
    """Say to a contributor that the campaign has ended well. False when something has changed."""
    pledge = charges.locked(pledge_id)
    if pledge.campaign.state not in gift_queries.TOLD or pledge.state not in gift_queries.KEPT:
        return False
    gift_mails.ended(pledge, at=at)
    return True
