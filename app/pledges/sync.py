"""The way back from the card page: whoever rings first, the Session is fetched and applied once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm.exc import StaleDataError

from app.campaigns.errors import StockExhausted
from app.core import clock
from app.core.database import db, transaction
from app.payments import environment
from app.payments.operations import remember
from app.pledges import alarms, queries, services
from app.pledges.checkout import SUBJECT, plan_detach, plan_expiry
from app.pledges.errors import StrangeAnswer
from app.pledges.models import Pledge
from app.pledges.rules import ACCEPTS_COMPLETION, REPAIRABLE, PledgeState

log = structlog.get_logger()
_S = PledgeState


def sync_pledge(pledge_id: int, session_id: str | None = None) -> None:
    """Fetch the newest Checkout Session of a pledge (or the given one of its own) and apply it.

    Outside any transaction; safe to repeat and to run twice at once. Does nothing before the first Session.
    Errors: GatewayUnavailable; StrangeAnswer when the Session is not of this pledge.
    """
    newest = db.session.get_one(Pledge, pledge_id).checkout_session
    db.session.rollback()
    wanted = session_id or newest
    if wanted is None:
        return
    session = environment.fetch("checkout.session", wanted)
    try:
        with transaction():
            apply_session(pledge_id, session, at=clock.now())
    except StaleDataError:  # another bell has just applied the same Session
        log.info("pledge_already_synced", pledge=pledge_id)
    except StrangeAnswer:
        with transaction():
            pledge, at = db.session.get_one(Pledge, pledge_id), clock.now()
            alarms.strange("strange_session", pledge, wanted, theirs_cents=session.get("amount_total"), at=at)
        raise


def apply_session(pledge_id: int, session: Mapping[str, Any], *, at: datetime) -> None:
    """Let a Session, as Stripe shows it now, move its pledge; inside the caller's transaction.

    Errors: StrangeAnswer (customer or reference differ: nothing is changed).
    """
    pledge = db.session.get_one(Pledge, pledge_id)
    campaign = queries.lock_campaign(pledge.campaign_id)
    db.session.refresh(pledge)
    if session.get("client_reference_id") != pledge.public_id:
        raise StrangeAnswer
    if pledge.customer is None and session.get("mode") != "payment":
        return  # deleted at Stripe since, and forgotten: its cards are gone with it, money that was paid is not
    if pledge.customer is not None and session.get("customer") != pledge.customer:
        raise StrangeAnswer
    is_newest = session.get("id") == pledge.checkout_session
    if session.get("status") == "expired":
        if is_newest and pledge.state == _S.DRAFT and pledge.payment_intent is None:
            services.abandon(pledge, reason="expired", by=None, at=at)
        return
    if session.get("mode") == "payment":
        _keep_payment(pledge, session, is_newest=is_newest, at=at)
        return
    card = _card_of(session)
    if session.get("status") != "complete" or card is None:
        return
    if card["payment_method"] == pledge.payment_method:
        return  # applied before
    if pledge.state in (_S.DRAFT, _S.ABANDONED):
        _complete(pledge, card, accepts=campaign.state in ACCEPTS_COMPLETION, is_newest=is_newest, at=at)
    elif is_newest and (pledge.state in REPAIRABLE or pledge.state == _S.AUTHORISED):
        services.replace_card(pledge, **card, at=at)
    else:  # an older page, or a promise that is over: this card is not wanted
        plan_detach(pledge, card["payment_method"], at=at)


def _keep_payment(pledge: Pledge, session: Mapping[str, Any], *, is_newest: bool, at: datetime) -> None:
    """Checkout has taken the money: remember which payment it is. Settlement books it; until then the state waits.

    Errors: StrangeAnswer when amount or currency are not ours.
    """
    intent = session.get("payment_intent")
    if session.get("status") != "complete" or session.get("payment_status") != "paid":
        return
    if not isinstance(intent, Mapping) or intent.get("status") != "succeeded":
        return
    if (session.get("amount_total"), session.get("currency")) != (pledge.amount_cents, "eur"):
        raise StrangeAnswer
    intent_id = str(intent["id"])
    if pledge.payment_intent is None:
        pledge.payment_intent = intent_id
        remember(intent_id, SUBJECT, pledge.id)
        if not is_newest and pledge.checkout_session is not None:
            plan_expiry(pledge, pledge.checkout_session, at=at)  # nobody pays the same promise twice
    elif pledge.payment_intent != intent_id:  # never by our pages; the comparison of books shows it to a person
        log.error("second_payment", pledge=pledge.id, session=session.get("id"), intent=intent_id)


def _complete(pledge: Pledge, card: dict[str, str], *, accepts: bool, is_newest: bool, at: datetime) -> None:
    """The first card of a promise. A late one counts while the verdict is open and its reward is left."""
    if not accepts:
        services.refuse_late(pledge, payment_method=card["payment_method"], at=at)
        return
    try:
        with db.session.begin_nested():
            services.authorise(pledge, **card, at=at)
    except StockExhausted:
        db.session.refresh(pledge)
        services.refuse_late(pledge, payment_method=card["payment_method"], at=at)
        return
    if not is_newest and pledge.checkout_session is not None:
        plan_expiry(pledge, pledge.checkout_session, at=at)  # a second open page would only confuse


def _card_of(session: Mapping[str, Any]) -> dict[str, str] | None:
    """The card that a completed setup Session has kept; None while Stripe has not accepted one."""
    setup = session.get("setup_intent")
    if not isinstance(setup, Mapping) or setup.get("status") != "succeeded":
        return None
    method = setup.get("payment_method")
    if not isinstance(method, Mapping):
        return None
    return {"payment_method": str(method["id"]), **_face_of(method)}


def _face_of(method: Mapping[str, Any]) -> dict[str, str]:
    card = method.get("card") or {}
    exp = f"{card['exp_year']:04d}-{card['exp_month']:02d}" if card.get("exp_year") else ""
    return {"brand": str(card.get("brand") or ""), "last4": str(card.get("last4") or ""), "exp": exp}


def sync_card(pledge_id: int, method_id: str) -> None:
    """Fetch a card that a bank may have renewed, and note what it looks like now.

    Outside any transaction; safe to repeat. Errors: GatewayUnavailable, ObjectMissing.
    """
    method = environment.fetch("payment_method", method_id)
    with transaction():
        pledge = db.session.get_one(Pledge, pledge_id)
        queries.lock_campaign(pledge.campaign_id)
        db.session.refresh(pledge)
        if pledge.payment_method == method_id:
            services.update_card(pledge, **_face_of(method), at=clock.now())
