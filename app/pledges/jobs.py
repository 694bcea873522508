"""Promises left without a card end by themselves, so that their reward goes back and the verdict can come."""

from __future__ import annotations

from collections import Counter

import structlog
from flask import current_app

from app.core import clock
from app.core.database import db, transaction
from app.payments.errors import GatewayUnavailable, ObjectMissing, WrongEnvironment
from app.payments.runner import run_chain
from app.pledges import queries, services
from app.pledges.checkout import SUBJECT, plan_expiry
from app.pledges.errors import StrangeAnswer
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.pledges.sync import sync_pledge

log = structlog.get_logger()


def end_stale_drafts() -> str:
    """The job: every draft whose card page should be over. What Stripe says decides, not our clock."""
    ids = queries.ids_of_stale_drafts(clock.now())
    db.session.rollback()
    report = Counter(end_draft(pledge_id) for pledge_id in ids)
    return ", ".join(f"{count} {what}" for what, count in sorted(report.items()))


def warn_of_cards() -> str:
    """The job: two weeks before the end, those whose card will be over when it may be charged."""
    ids = queries.ids_to_warn_of_card(clock.now(), current_app.config["SETTINGS"].repair_hours)
    db.session.rollback()
    told = 0
    for pledge_id in ids:
        with transaction():
            told += services.warn_of_card(pledge_id, at=clock.now())
    return f"{told} asked for another card" if told else ""


def end_draft(pledge_id: int) -> str:
    """Completed, expired, or without a page at all: afterwards it is no draft, unless Stripe is silent."""
    reason = "no_page"
    try:
        sync_pledge(pledge_id)
    except (GatewayUnavailable, WrongEnvironment):
        return "unanswered"
    except (ObjectMissing, StrangeAnswer) as error:
        reason = type(error).__name__
    with transaction():
        pledge = db.session.get_one(Pledge, pledge_id)
        if pledge.state != PledgeState.DRAFT:
            return str(pledge.state)
        if pledge.payment_intent is not None:
            return "paid"  # settlement books it
        if pledge.checkout_session is None or reason != "no_page":
            services.abandon(pledge, reason=reason, by=None, at=clock.now())
            return "abandoned"
        plan_expiry(pledge, pledge.checkout_session, at=clock.now())  # Stripe's clock is behind ours
    run_chain(SUBJECT, pledge_id)
    return "expired by us"
