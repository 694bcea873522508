"""What the answers of Stripe to our calls do to a pledge. Runs inside the transaction that ends the call."""

from __future__ import annotations

from datetime import datetime

import structlog

from app.core.database import db
from app.payments.dispatch import register
from app.payments.models import StripeOperation
from app.payments.operations import remember
from app.payments.outcomes import Done, Outcome
from app.payments.rules import OperationKind
from app.pledges import queries, services
from app.pledges.checkout import SUBJECT, plan_expiry, plan_session
from app.pledges.models import Pledge
from app.pledges.rules import REPAIRABLE, PledgeState

log = structlog.get_logger()


def _load(operation: StripeOperation) -> Pledge:
    """The pledge, its campaign locked first as every verb does."""
    pledge = db.session.get_one(Pledge, operation.subject_id)
    queries.lock_campaign(pledge.campaign_id)
    db.session.refresh(pledge)
    return pledge


def _waits_for_card_page(pledge: Pledge) -> bool:
    return pledge.state in (PledgeState.DRAFT, PledgeState.AUTHORISED) or pledge.state in REPAIRABLE


def on_customer(operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
    """The customer exists: ask for the card page. Refused (an address Stripe cannot read): back to the form."""
    pledge = _load(operation)
    if not isinstance(outcome, Done):
        _refused(pledge, outcome.code, at=at)
        return
    if pledge.customer is None:
        pledge.customer = str(outcome.object["id"])
        remember(pledge.customer, SUBJECT, pledge.id)
    if _waits_for_card_page(pledge) and pledge.checkout_url is None:
        plan_session(pledge, at=at)


def on_session(operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
    """The card page exists. Only the newest one is shown; an overtaken one is ended."""
    pledge = _load(operation)
    if not isinstance(outcome, Done):
        if outcome.code == "resource_missing":  # the customer was deleted at Stripe: make a new one
            services.forget_customer(pledge)
        _refused(pledge, outcome.code, at=at)
        return
    session_id = str(outcome.object["id"])
    remember(session_id, SUBJECT, pledge.id)
    asked_as = operation.params["metadata"]["session"]
    if asked_as != str(pledge.session_number) or not _waits_for_card_page(pledge):
        plan_expiry(pledge, session_id, at=at)
        return
    pledge.checkout_session = session_id
    pledge.checkout_url = str(outcome.object["url"])


def _refused(pledge: Pledge, code: str, *, at: datetime) -> None:
    log.warning("card_page_refused", pledge=pledge.id, code=code)
    if pledge.state == PledgeState.DRAFT:
        services.abandon(pledge, reason=f"refused_{code}"[:60], by=None, at=at)


def on_expiry(operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
    """The open page is ended. Refused: it was completed or over already, and the next sync says which."""
    pledge = _load(operation)
    if not isinstance(outcome, Done):
        return
    is_unpaid = pledge.state == PledgeState.DRAFT and pledge.payment_intent is None
    if operation.target == pledge.checkout_session and is_unpaid:
        services.abandon(pledge, reason="given_up", by=pledge.user_id, at=at)


def on_detach(operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
    """Stripe has forgotten the card (or never knew it: the same)."""


def init_app() -> None:
    register(OperationKind.CUSTOMER_CREATE, on_customer)
    register(OperationKind.SESSION_CREATE, on_session)
    register(OperationKind.SESSION_EXPIRE, on_expiry)
    register(OperationKind.METHOD_DETACH, on_detach)
