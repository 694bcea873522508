"""Asking Stripe for its card page: the customer first, then one Session after the other."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.core.i18n import date_long
from app.core.money import format_euros
from app.payments import environment
from app.payments.operations import plan
from app.payments.rules import OperationKind
from app.pledges import queries, rules
from app.pledges.keys import link
from app.pledges.models import Pledge
from app.pledges.rules import REPAIRABLE

SUBJECT = Pledge.__tablename__


def ask_for_card(pledge: Pledge, *, at: datetime) -> None:
    """Plan the calls that end with `pledge.checkout_url`. The caller commits, then runs the chain.

    Errors: CampaignClosed when no Session of a lawful length fits before the verdict.
    """
    closes_at = None if pledge.state in REPAIRABLE else pledge.campaign.closes_at
    pledge.session_expires_at = rules.session_expiry(at, closes_at)
    pledge.session_number += 1
    pledge.checkout_url = None
    if pledge.customer is None and pledge.user_id is not None:
        pledge.customer = queries.customer_of(pledge.user_id, environment.current())
    if pledge.customer is None:
        plan_customer(pledge, at=at)
    else:
        plan_session(pledge, at=at)


def plan_customer(pledge: Pledge, *, at: datetime) -> None:
    plan(
        OperationKind.CUSTOMER_CREATE,
        subject_kind=SUBJECT,
        subject_id=pledge.id,
        params={"email": pledge.email, "metadata": {"pledge": pledge.public_id}}
        | ({"name": pledge.name} if pledge.name else {}),
        key=f"cus:{pledge.public_id}:{pledge.session_number}",
        at=at,
    )


def plan_session(pledge: Pledge, *, at: datetime) -> None:
    """A setup Session: the card is kept for one charge that may or may not come."""
    assert pledge.session_expires_at is not None
    back = "settlement.repaired" if pledge.state in REPAIRABLE else "pledges.thanks"
    again = "settlement.repair" if pledge.state in REPAIRABLE else "pledges.show"
    marks = {
        "pledge": pledge.public_id,
        "campaign": str(pledge.campaign_id),
        "session": str(pledge.session_number),
    }
    with force_locale(pledge.locale):
        words = (
            _(
                "Votre carte remplace la précédente pour votre contribution de %(amount)s.",
                amount=_euros(pledge),
            )
            if pledge.state in REPAIRABLE
            else _(
                "Rien n’est débité aujourd’hui. %(amount)s seront débités après le %(day)s, seulement si "
                "l’objectif est atteint.",
                amount=_euros(pledge),
                day=date_long(pledge.campaign.closes_at),
            )
        )
    plan(
        OperationKind.SESSION_CREATE,
        subject_kind=SUBJECT,
        subject_id=pledge.id,
        params={
            "mode": "setup",
            "customer": pledge.customer,
            "allowed_payment_method_types": ["card"],
            "client_reference_id": pledge.public_id,
            "metadata": marks,
            "setup_intent_data": {"metadata": marks},
            # Stripe replaces the braces itself: they must reach it unescaped.
            "success_url": link(back, pledge) + "&session_id={CHECKOUT_SESSION_ID}",
            "cancel_url": link(again, pledge),
            "expires_at": int(pledge.session_expires_at.timestamp()),
            "locale": "en" if pledge.locale == "en" else "fr",
            "custom_text": {"submit": {"message": words}},
        },
        key=f"cs:{pledge.public_id}:{pledge.session_number}",
        at=at,
    )


def plan_expiry(pledge: Pledge, session_id: str, *, at: datetime) -> None:
    """End an open Session, so that its page cannot be completed any more."""
    plan(
        OperationKind.SESSION_EXPIRE,
        subject_kind=SUBJECT,
        subject_id=pledge.id,
        target=session_id,
        params={},
        key=f"cse:{session_id}",
        at=at,
    )


def plan_detach(pledge: Pledge, payment_method: str, *, at: datetime) -> None:
    """Make Stripe forget a card."""
    plan(
        OperationKind.METHOD_DETACH,
        subject_kind=SUBJECT,
        subject_id=pledge.id,
        target=payment_method,
        params={},
        key=f"detach:{payment_method}",
        at=at,
    )


def _euros(pledge: Pledge) -> str:
    return format_euros(pledge.amount_cents, pledge.locale)
