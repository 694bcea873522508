"""Collecting a promise: one PaymentIntent for its whole life, one Attempt before each confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import structlog

from app.campaigns.errors import StockExhausted
from app.campaigns.rules import CampaignState
from app.core.database import db
from app.core.journal import record
from app.payments import ledger
from app.payments.operations import plan, remember, remember_all
from app.payments.rules import OperationKind, ids_in
from app.pledges import alarms
from app.pledges import queries as pledges
from app.pledges.checkout import SUBJECT, plan_detach
from app.pledges.keys import link
from app.pledges.models import Pledge
from app.pledges.moves import move
from app.pledges.rules import OPEN_AFTER_VERDICT, REPAIRABLE, PledgeState
from app.pledges.rules import transfer_group as transfer_group
from app.settlement import mails, queries, rules
from app.settlement.errors import NothingToRepair, RepairOver
from app.settlement.models import Attempt, AttemptState, Charge

log = structlog.get_logger()
LEASE = timedelta(minutes=2)
_S = PledgeState


def locked(pledge_id: int) -> Pledge:
    """The pledge as it is now; its campaign is locked first, as in every verb."""
    db.session.flush()
    pledges.lock_campaign_of(pledge_id)
    return db.session.get_one(Pledge, pledge_id, populate_existing=True)


def window_end(pledge: Pledge) -> datetime | None:
    """The end of the repair window of a pledge whose charge was refused."""
    return pledges.window_end(pledge)


def collect(pledge_id: int, *, at: datetime) -> bool:
    """Plan the next call that brings the money: the PaymentIntent, then its confirmation.

    False when there is nothing to do (taken by another run, or the campaign is not collecting).
    """
    pledge = locked(pledge_id)
    waits = pledge.state == _S.DUE or (pledge.state == _S.NEEDS_CARD and pledge.retry_at is not None)
    is_early = pledge.retry_at is not None and pledge.retry_at > at
    is_held = pledge.claimed_until is not None and pledge.claimed_until > at
    if not waits or is_early or is_held or pledge.campaign.state != CampaignState.SUCCEEDED:
        return False
    if pledge.payment_intent is not None:
        begin_attempt(pledge, on_session=False, at=at)
        return True
    pledge.claimed_until = at + LEASE
    plan(
        OperationKind.INTENT_CREATE,
        subject_kind=SUBJECT,
        subject_id=pledge.id,
        params={
            "amount": pledge.amount_cents,
            "currency": "eur",
            "customer": pledge.customer,
            "allowed_payment_method_types": ["card"],
            "metadata": {"pledge": pledge.public_id, "campaign": str(pledge.campaign_id)},
            "transfer_group": transfer_group(pledge.campaign_id),
        },
        # The first for almost every pledge; another number only after Stripe refused to make one at all.
        key=f"pi:{pledge.public_id}:{pledge.session_number}",
        at=at,
    )
    return True


def keep_intent(pledge: Pledge, intent_id: str, *, at: datetime) -> None:
    """The PaymentIntent exists, unconfirmed. Only the first is ever confirmed."""
    is_open = pledge.state in OPEN_AFTER_VERDICT and pledge.campaign.state == CampaignState.SUCCEEDED
    is_over = pledge.payment_intent is None and not is_open  # cancelled meanwhile: nothing more is begun
    if is_over or pledge.payment_intent not in (None, intent_id):
        _plan_cancel_of(pledge, intent_id, at=at)
        return
    pledge.payment_intent, pledge.claimed_until = intent_id, None
    if pledge.state == _S.DUE and pledge.campaign.state == CampaignState.SUCCEEDED:
        begin_attempt(pledge, on_session=False, at=at)
    remember(intent_id, SUBJECT, pledge.id)


def begin_attempt(pledge: Pledge, *, on_session: bool, at: datetime) -> int:
    """Write the try down, then plan the confirmation. Returns the id of the planned call."""
    assert pledge.payment_intent is not None
    overtaken = queries.open_attempt(pledge.id) if pledge.attempts_count else None
    if overtaken is not None:  # the bank's page was left open; what comes of it shows on the same PaymentIntent
        overtaken.state, overtaken.ended_at = AttemptState.UNKNOWN, at
    pledge.attempts_count += 1
    pledge.retry_at = pledge.claimed_until = None
    db.session.add(Attempt(pledge_id=pledge.id, number=pledge.attempts_count, on_session=on_session, started_at=at))
    move(pledge, _S.CHARGING, action="pledge.charging", by=None, at=at, attempt=pledge.attempts_count)
    params: dict[str, Any] = {
        "payment_method": pledge.payment_method,
        "return_url": link("settlement.repaired", pledge),
    }
    operation = plan(
        OperationKind.INTENT_CONFIRM_ON_SESSION if on_session else OperationKind.INTENT_CONFIRM,
        subject_kind=SUBJECT,
        subject_id=pledge.id,
        target=pledge.payment_intent,
        params=params if on_session else params | {"off_session": True},
        key=f"confirm:{pledge.payment_intent}:{pledge.attempts_count}",
        at=at,
        is_new=True,
    )
    return operation.id


def confirm_with_bank(pledge_id: int, *, at: datetime) -> int:
    """The contributor is here: confirm the same PaymentIntent, so that the bank can ask them.

    Returns the id of the planned call. Errors: NothingToRepair, RepairOver.
    """
    pledge = locked(pledge_id)
    check_repair(pledge, at=at)
    if pledge.payment_intent is None or pledge.payment_method is None:
        raise NothingToRepair
    return begin_attempt(pledge, on_session=True, at=at)


def check_repair(pledge: Pledge, *, at: datetime) -> None:
    """Errors: NothingToRepair, RepairOver."""
    if pledge.state not in REPAIRABLE or pledge.campaign.state != CampaignState.SUCCEEDED:
        raise NothingToRepair
    until = window_end(pledge)
    if until is not None and at >= until:
        raise RepairOver


def decline(pledge: Pledge, *, code: str, decline_code: str, at: datetime) -> None:
    """The bank said no, or wants to see its client: the contributor is told, the window opens."""
    if pledge.state != _S.CHARGING and pledge.state not in REPAIRABLE and pledge.state != _S.DUE:
        return
    attempt = queries.open_attempt(pledge.id)
    if attempt is not None:
        attempt.state, attempt.ended_at = AttemptState.DECLINED, at
        attempt.code, attempt.decline_code = code[:60], decline_code[:60]
    kind = rules.decline_kind(code, decline_code)
    pledge.last_decline = (decline_code or code)[:60]
    pledge.first_declined_at = pledge.first_declined_at or at
    pledge.claimed_until = pledge.retry_at = None
    until = window_end(pledge)
    if kind is rules.DeclineKind.SOFT and until is not None:
        pledge.retry_at = rules.next_retry(pledge.first_declined_at, at, until)
    to = _S.NEEDS_ACTION if kind is rules.DeclineKind.AUTHENTICATION else _S.NEEDS_CARD
    if pledge.state != to:
        move(pledge, to, action="pledge.declined", by=None, at=at, code=pledge.last_decline)
    mails.repair_needed(pledge, until=until, at=at)


def apply_intent(pledge: Pledge, intent: Mapping[str, Any], *, at: datetime) -> None:
    """Let a PaymentIntent, as Stripe shows it now, move its pledge. Safe to repeat, in any order."""
    if intent.get("id") != pledge.payment_intent or intent.get("currency") != "eur":
        alarms.strange("strange_intent", pledge, str(intent.get("id")), theirs_cents=intent.get("amount"), at=at)
        return
    status = intent.get("status")
    if status == "succeeded":
        _book(pledge, intent, at=at)
    elif pledge.state not in OPEN_AFTER_VERDICT:
        return
    elif status == "requires_action":
        if pledge.state in (_S.CHARGING, _S.NEEDS_CARD):
            move(pledge, _S.NEEDS_ACTION, action="pledge.asked_by_bank", by=None, at=at)
            pledge.first_declined_at = pledge.first_declined_at or at
    elif status == "canceled":
        drop(pledge, at=at)
    elif status == "requires_payment_method" and queries.open_attempt(pledge.id) is not None:
        if queries.confirmation_is_under_way(pledge.id):
            return  # what it shows may be the refusal before: the answer to the call will tell
        error = intent.get("last_payment_error")
        if isinstance(error, Mapping):
            code, decline_code = str(error.get("code") or ""), str(error.get("decline_code") or "")
            decline(pledge, code=code, decline_code=decline_code, at=at)


def write_charge(pledge: Pledge, intent: Mapping[str, Any], *, at: datetime) -> Charge | None:
    """The charge of a succeeded PaymentIntent, and its booking in the ledger.

    None: it came without its fee (the next look brings it), or with another amount than ours (nothing is booked).
    """
    charge = intent.get("latest_charge")
    entry = charge.get("balance_transaction") if isinstance(charge, Mapping) else None
    if not isinstance(charge, Mapping) or not isinstance(entry, Mapping):
        return None
    amount, fee = int(charge["amount"]), int(entry["fee"])
    if amount != pledge.amount_cents:
        alarms.strange("strange_amount", pledge, str(charge["id"]), theirs_cents=amount, at=at)
        return None
    charge_id = str(charge["id"])
    remember_all(dict.fromkeys(ids_in(intent), (SUBJECT, pledge.id)))  # the charge with its relatives, at once
    row = Charge(
        pledge_id=pledge.id, campaign_id=pledge.campaign_id, stripe_charge=charge_id,
        amount_cents=amount, fee_cents=fee, charged_at=at,
    )  # fmt: skip
    db.session.add(row)
    lines = ledger.charge_lines(pledge.campaign_id, amount_cents=amount, fee_cents=fee)
    ledger.book("charge", charge_id, subject_kind=SUBJECT, subject_id=pledge.id, lines=lines, at=at)
    return row


def _book(pledge: Pledge, intent: Mapping[str, Any], *, at: datetime) -> None:
    """The money has been taken: charge, ledger, state, receipt, in this one transaction."""
    if pledge.state not in OPEN_AFTER_VERDICT and pledge.state != _S.DROPPED:
        return
    row = write_charge(pledge, intent, at=at)
    if row is None:
        return
    charge_id, fee = row.stripe_charge, row.fee_cents
    attempt = queries.open_attempt(pledge.id) or queries.last_attempt(pledge.id)
    if attempt is not None:
        attempt.state, attempt.ended_at = AttemptState.SUCCEEDED, at
    pledge.paid_at, pledge.retry_at, pledge.claimed_until = at, None, None
    try:
        # Only one that had been dropped takes its reward again, which may fail.
        with db.session.begin_nested() if pledge.state == _S.DROPPED else nullcontext():
            move(pledge, _S.PAID, action="pledge.paid", by=None, at=at, charge=charge_id, fee_cents=fee)
    except StockExhausted:  # dropped, then found paid, and the reward went to somebody else meanwhile
        db.session.refresh(pledge)
        record("pledge.reward_lost", on=pledge, by=None, at=at, reward=pledge.reward_id)
        pledge.reward_id, pledge.paid_at, pledge.retry_at, pledge.claimed_until = None, at, None, None
        move(pledge, _S.PAID, action="pledge.paid", by=None, at=at, charge=charge_id, fee_cents=fee)
    mails.paid(pledge, at=at)


def give_up(pledge: Pledge, *, by: int | None, at: datetime) -> None:
    """The window is over, or the contributor takes it back: cancel the PaymentIntent, then drop.

    The cancellation decides: if Stripe says that it has succeeded meanwhile, the pledge is paid.
    Errors: NothingToRepair.
    """
    if pledge.state not in REPAIRABLE:
        raise NothingToRepair
    record("pledge.given_up", on=pledge, by=by, at=at)
    if pledge.payment_intent is None:
        drop(pledge, at=at)
    else:
        _plan_cancel_of(pledge, pledge.payment_intent, at=at)


def stop(pledge: Pledge, *, at: datetime) -> int | None:
    """The campaign was cancelled: nothing is charged any more. Returns the id of the call that decides, if any.

    As in `give_up`, Stripe's answer to the cancellation decides: what was paid meanwhile is refunded.
    """
    if pledge.state not in OPEN_AFTER_VERDICT or pledge.campaign.state != CampaignState.CANCELLED:
        return None
    if pledge.payment_intent is None:
        drop(pledge, at=at)
        return None
    return _plan_cancel_of(pledge, pledge.payment_intent, at=at)


def _plan_cancel_of(pledge: Pledge, intent_id: str, *, at: datetime) -> int:
    operation = plan(
        OperationKind.INTENT_CANCEL,
        subject_kind=SUBJECT,
        subject_id=pledge.id,
        target=intent_id,
        params={"cancellation_reason": "abandoned"},
        key=f"cancel:{intent_id}",
        at=at,
    )
    return operation.id


def drop(pledge: Pledge, *, at: datetime) -> None:
    """The PaymentIntent can take no money any more: the promise ends, its reward and its part of the total go back."""
    if pledge.state not in OPEN_AFTER_VERDICT:
        return
    pledge.retry_at = pledge.claimed_until = None
    move(pledge, _S.DROPPED, action="pledge.dropped", by=None, at=at)
    if pledge.payment_method is not None:
        plan_detach(pledge, pledge.payment_method, at=at)
    mails.dropped(pledge, at=at)
