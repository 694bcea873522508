"""What Stripe made for a promise after the copy that was put back: given to it again, so that it is made only once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core.database import db
from app.core.journal import record
from app.payments.operations import remember
from app.pledges import queries
from app.pledges.checkout import SUBJECT
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState

# A PaymentIntent that took money comes first, then one that still may.
RANKS = {"succeeded": 3, "processing": 2, "requires_action": 2, "canceled": 0}


@dataclass
class Made:
    """What Stripe shows of one promise: Checkout Sessions and PaymentIntents, in any order."""

    sessions: list[Mapping[str, Any]] = field(default_factory=list)
    intents: list[Mapping[str, Any]] = field(default_factory=list)


def find_id(public_id: str) -> int | None:
    return db.session.scalar(select(Pledge.id).where(Pledge.public_id == public_id))


def adopt(public_id: str, made: Made, *, at: datetime) -> bool:
    """Write down what Stripe made; nothing is moved by it, the next look at Stripe does that. False: all was known."""
    pledge = db.session.scalars(select(Pledge).where(Pledge.public_id == public_id)).one()
    queries.lock_campaign(pledge.campaign_id)
    db.session.refresh(pledge)
    before = (pledge.customer, pledge.checkout_session, pledge.payment_intent)
    _adopt_sessions(pledge, made.sessions)
    _adopt_intent(pledge, made.intents)
    after = (pledge.customer, pledge.checkout_session, pledge.payment_intent)
    if after == before:
        return False
    record("pledge.found_again", on=pledge, by=None, at=at, session=pledge.session_number)
    return True


def _adopt_sessions(pledge: Pledge, sessions: Iterable[Mapping[str, Any]]) -> None:
    """The newest card page is the one that counts; its completion is applied when it is looked at."""
    for session in sorted(sessions, key=number_of):
        _adopt_customer(pledge, session)
        is_newer = number_of(session) > pledge.session_number or (
            number_of(session) == pledge.session_number and pledge.checkout_session is None
        )
        if session.get("customer") == pledge.customer and is_newer:
            pledge.session_number = number_of(session)
            pledge.checkout_session, pledge.checkout_url = str(session["id"]), session.get("url") or None
            remember(str(session["id"]), SUBJECT, pledge.id)


def number_of(session: Mapping[str, Any]) -> int:
    """The number that our own order gave to a Session."""
    said = str((session.get("metadata") or {}).get("session", ""))
    return int(said) if said.isascii() and said.isdigit() else 0


def _adopt_customer(pledge: Pledge, thing: Mapping[str, Any]) -> None:
    customer = thing.get("customer")
    if pledge.customer is None and isinstance(customer, str):
        pledge.customer = customer
        remember(customer, SUBJECT, pledge.id)


def _adopt_intent(pledge: Pledge, intents: Iterable[Mapping[str, Any]]) -> None:
    """One for its whole life: the one that took money, else ours, else the newest that may still take some."""
    ranked = sorted(intents, key=lambda one: (RANKS.get(str(one.get("status")), 1), int(one.get("created") or 0)))
    if not ranked:
        return
    best = ranked[-1]
    has_paid = best.get("status") == "succeeded"
    # Before a card is given only Checkout makes one, a new one for each page: it counts when it is paid.
    counts = has_paid or pledge.state not in (PledgeState.DRAFT, PledgeState.ABANDONED)
    if counts and (pledge.payment_intent is None or has_paid):
        _adopt_customer(pledge, best)
        pledge.payment_intent = str(best["id"])
        remember(pledge.payment_intent, SUBJECT, pledge.id)
