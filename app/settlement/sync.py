"""A bell rang about a pledge: fetch what it is about, then apply it once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy.orm.exc import StaleDataError

from app.campaigns.rules import FundingKind
from app.core import clock
from app.core.database import db, transaction
from app.payments import environment
from app.pledges.checkout import SUBJECT as PLEDGES
from app.pledges.models import Pledge
from app.pledges.sync import sync_card, sync_pledge
from app.settlement import back_sync, gift_queries
from app.settlement import charge_services as charges
from app.settlement import gift_services as gifts

log = structlog.get_logger()


def sync_intent(pledge_id: int) -> dict[str, Any] | None:
    """Fetch the PaymentIntent of a pledge, apply it and return it; None before there is one.

    With what has become of its charge: a refund or a dispute carries no mark of ours, so its own bell finds
    nobody as long as the payment is not known here. Outside any transaction; safe to repeat and to run twice at once.

    Errors: GatewayUnavailable.
    """
    intent_id = db.session.get_one(Pledge, pledge_id).payment_intent
    db.session.rollback()
    if intent_id is None:
        return None
    intent = environment.fetch("payment_intent", intent_id)
    try:
        with transaction():
            pledge = charges.locked(pledge_id)
            apply = gifts.apply_payment if pledge.campaign.kind == FundingKind.FLEXIBLE else charges.apply_intent
            apply(pledge, intent, at=clock.now())
    except StaleDataError:  # another bell has just applied the same
        log.info("pledge_already_synced", pledge=pledge_id)
    charge = intent.get("latest_charge")
    if isinstance(charge, Mapping) and back_sync.shows_more(pledge_id, charge):
        back_sync.look_at_charge(pledge_id)
    return intent


def sync_gift(pledge_id: int, session_id: str | None = None) -> None:
    """Fetch a Session of a pledge, and book the payment that it shows (flexible campaigns).

    Outside any transaction; safe to repeat and to run twice at once, in any order.
    Errors: GatewayUnavailable, StrangeAnswer.
    """
    sync_pledge(pledge_id, session_id)
    if gift_queries.is_unbooked(pledge_id):
        sync_intent(pledge_id)


def ring_pledge(pledge_id: int, object_type: str, object_id: str) -> None:
    """The bell of pledges: a Session, its setup, the PaymentIntent with its charge, or what became of that.

    What went back may be told before the payment itself: that is looked at first, and only then what became of it.
    """
    if object_type == "checkout.session":
        sync_gift(pledge_id, object_id)
    elif object_type == "setup_intent":
        sync_pledge(pledge_id)
    elif object_type == "payment_method":
        sync_card(pledge_id, object_id)
    elif object_type == "charge" or not back_sync.is_booked(pledge_id):  # once booked, its payment tells nothing new
        look = sync_gift if gift_queries.waits_for_payment(pledge_id) else sync_intent
        look(pledge_id)
    if object_type in ("charge", "refund", "dispute", "transfer"):
        back_sync.ring_charge(pledge_id, object_type, object_id)


BELLS = {PLEDGES: ring_pledge, **back_sync.BELLS}
