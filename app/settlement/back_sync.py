"""Something went back of a charge, or is contested: fetch what Stripe shows of it, then apply all of it once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm.exc import StaleDataError

from app.core import clock
from app.core.database import db, transaction
from app.payments import environment, tasks
from app.payments.client import gateway
from app.payments.errors import GatewayUnavailable
from app.payments.operations import find_subject, installation
from app.payments.runner import run_chain
from app.pledges import queries as pledges
from app.pledges.checkout import SUBJECT as PLEDGES
from app.settlement import back_queries as backs
from app.settlement import dispute_services as disputes
from app.settlement import refund_results as results
from app.settlement import refund_services as refunds
from app.settlement import reversal_services as reversals
from app.settlement.models import Charge, Refund, Transfer

log = structlog.get_logger()
Thing = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What is asked about, read before Stripe is asked."""

    charge_id: int
    stripe_charge: str
    transfer_id: int | None
    stripe_transfer: str | None
    is_in_flight: bool


@dataclass(frozen=True)
class Shown:
    """What Stripe shows of one charge."""

    reversals: list[Thing] = field(default_factory=list)
    refunds: list[Thing] = field(default_factory=list)
    disputes: list[Thing] = field(default_factory=list)


def look_at_charge(pledge_id: int) -> None:
    """Refunds, disputes and reversals of a pledge's charge, whoever made them. Nothing before it is charged.

    Outside any transaction; safe to repeat and to run twice at once, in any order.
    Errors: GatewayUnavailable (also while a transfer of this charge waits for its answer).
    """
    known = _known(pledge_id)
    if known is None:
        return
    if known.is_in_flight and known.transfer_id is not None:
        run_chain(Transfer.__tablename__, known.transfer_id)
        known = _known(pledge_id)
    if known is None or known.is_in_flight:  # who bears what depends on its answer
        raise GatewayUnavailable("transfer_in_flight")
    charge = environment.fetch("charge", known.stripe_charge)
    shown = Shown(
        # First: what came back from a holder is there for the refund that somebody made with it.
        reversals=list(gateway().list_reversals(known.stripe_transfer)) if known.stripe_transfer else [],
        refunds=list(gateway().list_refunds(known.stripe_charge)),
        disputes=list(gateway().list_disputes(known.stripe_charge)) if charge.get("disputed") else [],
    )
    try:
        with transaction():
            _apply(known, shown, at=clock.now())
    except StaleDataError:  # another bell has just applied the same
        log.info("charge_already_synced", charge=known.charge_id)


def is_booked(pledge_id: int) -> bool:
    """Whether the payment of this pledge is known here."""
    found = backs.find_charge(pledge_id) is not None
    db.session.rollback()
    return found


def shows_more(pledge_id: int, thing: Mapping[str, Any]) -> bool:
    """Whether a charge, as Stripe shows it, tells of more than is booked of it."""
    charge = backs.find_charge(pledge_id)
    more = charge is not None and (
        charge.stripe_charge != thing.get("id")
        or bool(thing.get("disputed"))
        or thing.get("amount_refunded") != charge.refunded_cents
    )
    db.session.rollback()
    return more


def _known(pledge_id: int) -> Known | None:
    charge = backs.find_charge(pledge_id)
    if charge is None:
        db.session.rollback()
        return None
    transfer = backs.find_transfer(charge.id)
    found = Known(
        charge_id=charge.id, stripe_charge=charge.stripe_charge,
        transfer_id=transfer.id if transfer else None,
        stripe_transfer=transfer.stripe_transfer if transfer else None,
        is_in_flight=backs.is_in_flight(transfer),
    )  # fmt: skip
    db.session.rollback()
    return found


def _apply(known: Known, shown: Shown, *, at: datetime) -> None:
    charge = db.session.get_one(Charge, known.charge_id)
    pledges.lock_campaign(charge.campaign_id)
    db.session.refresh(charge)
    transfer = db.session.get_one(Transfer, known.transfer_id) if known.transfer_id is not None else None
    for thing in reversed(shown.reversals):  # Stripe lists the newest first
        if transfer is not None:
            _apply_reversal(transfer, thing, at=at)
    for thing in reversed(shown.refunds):
        _apply_refund(charge, thing, at=at)
    for thing in reversed(shown.disputes):
        disputes.apply(charge, thing, at=at)


def _apply_reversal(transfer: Transfer, thing: Thing, *, at: datetime) -> None:
    """Ours by its id, or by the name we gave it while its answer is on the way (the answer books it then)."""
    if find_subject(str(thing["id"])) is None and not _is_ours(thing):
        db.session.refresh(transfer)
        reversals.found(transfer, thing, at=at)


def _apply_refund(charge: Charge, thing: Thing, *, at: datetime) -> None:
    reference = str((thing.get("metadata") or {}).get("refund", "")) if _is_ours(thing) else ""
    refund = backs.find_refund_at_stripe(str(thing["id"]), reference)
    if refund is not None:
        results.apply(refunds.locked(refund), thing, at=at)
    elif find_subject(str(thing["id"])) is None:
        results.found(charge, thing, at=at)


def _is_ours(thing: Thing) -> bool:
    return bool((thing.get("metadata") or {}).get("env") == installation())


def look_at_refund(refund_id: int) -> None:
    """One of our refunds, as Stripe shows it now. Outside any transaction.

    Errors: GatewayUnavailable, ObjectMissing.
    """
    stripe_id = db.session.get_one(Refund, refund_id).stripe_refund
    db.session.rollback()
    if stripe_id is None:
        return
    thing = environment.fetch("refund", stripe_id)
    try:
        with transaction():
            results.apply(refunds.locked(db.session.get_one(Refund, refund_id)), thing, at=clock.now())
    except StaleDataError:
        log.info("refund_already_synced", refund=refund_id)


def note_strange_transfer(pledge_id: int, transfer_id: str) -> None:
    """A transfer that we did not order draws on one of our charges: a person is asked, nothing is moved."""
    thing = environment.fetch("transfer", transfer_id)
    if _is_ours(thing):
        return
    key, at = f"unknown_transfer:{transfer_id}", clock.now()
    with transaction():
        if thing["amount_reversed"] == thing["amount"]:  # whoever made it has taken it back
            tasks.close_gone_key(key, at=at)
            return
        tasks.open_task(
            "unknown_transfer", key, at=at, subject_kind=PLEDGES, subject_id=pledge_id,
            ours_cents=0, theirs_cents=int(thing["amount"]), transfer=transfer_id,
        )  # fmt: skip


# -- bells ---------------------------------------------------------------------------------------


def ring_charge(pledge_id: int, object_type: str, object_id: str) -> None:
    """What is not the payment itself: its charge changed, a refund, a dispute, a transfer that draws on it."""
    if object_type == "transfer":
        note_strange_transfer(pledge_id, object_id)
    elif object_type != "charge" or not _is_as_known(pledge_id, object_id):
        look_at_charge(pledge_id)


def _is_as_known(pledge_id: int, charge_id: str) -> bool:
    """Whether a charge shows nothing new: each refund of ours rings this bell too."""
    return is_booked(pledge_id) and not shows_more(pledge_id, environment.fetch("charge", charge_id))


def ring_refund(refund_id: int, object_type: str, object_id: str) -> None:
    look_at_refund(refund_id)


def ring_transfer(transfer_id: int, object_type: str, object_id: str) -> None:
    """Booked by the answer to its order; what was taken back of it elsewhere is found."""
    thing = environment.fetch("transfer", object_id)
    transfer = db.session.get_one(Transfer, transfer_id)
    pledge_id, known_cents = transfer.charge.pledge_id, transfer.reversed_cents
    db.session.rollback()
    if thing.get("amount_reversed") != known_cents:
        look_at_charge(pledge_id)


BELLS = {
    Refund.__tablename__: ring_refund,
    Transfer.__tablename__: ring_transfer,
}
