"""Asking Stripe for its card page: the customer first, then one Session after the other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app.campaigns.rules import FundingKind
from app.core.i18n import date_long, time_short
from app.core.money import format_euros
from app.payments import environment
from app.payments.operations import plan
from app.payments.rules import OperationKind
from app.pledges import queries, rules
from app.pledges.keys import link
from app.pledges.models import Pledge
from app.pledges.rules import REPAIRABLE, PledgeState, transfer_group

SUBJECT = Pledge.__tablename__


def ask_for_card(pledge: Pledge, *, at: datetime) -> None:
    """Plan the calls that end with `pledge.checkout_url`. The caller commits, then runs the chain.

    Errors: CampaignClosed when no Session of a lawful length fits before the verdict.
    """
    number_page(pledge, at=at)
    plan_page(pledge, at=at)


def number_page(pledge: Pledge, *, at: datetime) -> None:
    """One more card page for this pledge, and its end. Errors: CampaignClosed."""
    closes_at = None if pledge.state in REPAIRABLE else pledge.campaign.closes_at
    pledge.session_expires_at = rules.session_expiry(at, closes_at)
    pledge.session_number += 1
    pledge.checkout_url = None


def plan_page(pledge: Pledge, *, at: datetime) -> None:
    """Plan the calls for the page just numbered; the pledge has its id."""
    if pledge.customer is None and pledge.user_id is not None:
        pledge.customer = queries.customer_of(pledge.user_id, environment.current())
    if pledge.customer is None:
        plan_customer(pledge, at=at)
    else:
        plan_session(pledge, at=at)


def plan_customer(pledge: Pledge, *, at: datetime) -> None:
    """The number of the page has just been given (`number_page`)."""
    plan(
        OperationKind.CUSTOMER_CREATE,
        subject_kind=SUBJECT,
        subject_id=pledge.id,
        params={"email": pledge.email, "metadata": {"pledge": pledge.public_id}}
        | ({"name": pledge.name} if pledge.name else {}),
        key=f"cus:{pledge.public_id}:{pledge.session_number}",
        at=at,
        is_new=True,
    )


def plan_session(pledge: Pledge, *, at: datetime) -> None:
    """The card page: to keep a card for one charge that may or may not come, or to pay at once."""
    assert pledge.session_expires_at is not None
    marks = {
        "pledge": pledge.public_id,
        "campaign": str(pledge.campaign_id),
        "session": str(pledge.session_number),
    }
    with force_locale(pledge.locale):
        own = _payment(pledge, marks) if pledge.campaign.kind == FundingKind.FLEXIBLE else _setup(pledge, marks)
    plan(
        OperationKind.SESSION_CREATE,
        subject_kind=SUBJECT,
        subject_id=pledge.id,
        params={
            "customer": pledge.customer,
            "allowed_payment_method_types": ["card"],
            "client_reference_id": pledge.public_id,
            "metadata": marks,
            "expires_at": int(pledge.session_expires_at.timestamp()),
            "locale": "en" if pledge.locale == "en" else "fr",
        }
        | own,
        key=f"cs:{pledge.public_id}:{pledge.session_number}",
        at=at,
    )


def _setup(pledge: Pledge, marks: dict[str, str]) -> dict[str, Any]:
    """All-or-nothing: nothing is charged on this page."""
    if pledge.state in REPAIRABLE:
        words = _(
            "Votre carte remplace la précédente pour votre contribution de %(amount)s.",
            amount=_euros(pledge),
        )
        back, again = "settlement.repaired", "settlement.repair"
    else:
        words = _(
            "Rien n’est débité aujourd’hui. %(amount)s seront débités après le %(day)s, seulement si "
            "l’objectif est atteint.",
            amount=_euros(pledge),
            day=date_long(pledge.campaign.closes_at),
        )
        back, again = "pledges.thanks", "pledges.show"
    return {"mode": "setup", "setup_intent_data": {"metadata": marks}} | _ways(pledge, back, again, words)


def _payment(pledge: Pledge, marks: dict[str, str]) -> dict[str, Any]:
    """Flexible: the whole amount is charged on this page, by a PaymentIntent that Checkout makes itself."""
    words = _(
        "%(amount)s sont débités aujourd’hui, que l’objectif soit atteint ou non. Jusqu’au %(day)s, vous pouvez "
        "annuler : tout vous est alors remboursé.",
        amount=_euros(pledge),
        day=date_long(pledge.campaign.closes_at),
    )
    title = pledge.campaign.title
    return {
        "mode": "payment",
        "submit_type": "pay",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "eur",
                    "unit_amount": pledge.amount_cents,
                    "product_data": {"name": _("Contribution à « %(title)s »", title=title)},
                },
            }
        ],
        "payment_intent_data": {
            "metadata": marks,
            "transfer_group": transfer_group(pledge.campaign_id),
            "description": _("Contribution à « %(title)s »", title=title),
        },
    } | _ways(pledge, "settlement.given", "pledges.show", words)


def _ways(pledge: Pledge, back: str, again: str, words: str) -> dict[str, Any]:
    return {
        # Stripe replaces the braces itself: they must reach it unescaped.
        "success_url": link(back, pledge) + "&session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": link(again, pledge),
        "custom_text": {"submit": {"message": f"{words} {_kept_until(pledge)}".strip()}},
    }


def _kept_until(pledge: Pledge) -> str:
    """How long the reward waits for the card; "" without one."""
    if pledge.reward_id is None or pledge.state != PledgeState.DRAFT:
        return ""
    return str(_("Votre contrepartie vous est gardée jusqu’à %(time)s.", time=time_short(pledge.session_expires_at)))


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
