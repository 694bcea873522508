"""Runs over money that goes back. Each is safe to stop, repeat, or run twice at once."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.core.journal import record
from app.payments import payees, tasks
from app.payments.errors import GatewayRefused
from app.payments.runner import run_chain, run_now
from app.pledges.checkout import SUBJECT as PLEDGES
from app.pledges.models import Pledge
from app.settlement import back_queries as backs
from app.settlement import charge_services as charges
from app.settlement import giving_back_queries as queries
from app.settlement import holder_mails, payout_queries, rules
from app.settlement import refund_services as refunds
from app.settlement import reversal_services as reversals
from app.settlement.back_sync import look_at_refund
from app.settlement.errors import NothingToRefund
from app.settlement.giving_back_queries import Waiting
from app.settlement.jobs import A_RUN, each
from app.settlement.models import Refund, RefundReason, Reversal
from app.settlement.sync import sync_intent

ASK_AGAIN_AFTER = timedelta(hours=1)
OVERDUE_TASK = "overdue_transfer"


def send_refunds() -> str:
    """Refunds that waited for a transfer or a reversal."""

    def one(refund_id: int) -> str:
        with transaction():
            refunds.send(refunds.locked(db.session.get_one(Refund, refund_id)), at=clock.now())
        return ""

    return each(backs.ids_to_send(), one)


def look_at_pending() -> str:
    """Refunds that a bank has not finished: no bell may have rung."""

    def one(refund_id: int) -> str:
        look_at_refund(refund_id)
        return "looked at"

    return each(backs.ids_pending(clock.now() - ASK_AGAIN_AFTER), one)


def retry_debts() -> str:
    """What a holder's account could not give back is asked for again, once a day."""

    def one(reversal_id: int) -> str:
        with transaction():
            reversal = db.session.get_one(Reversal, reversal_id)
            reversals.try_again(reversal, by=None, at=clock.now())
        run_chain(Reversal.__tablename__, reversal_id)
        return "asked again"

    return each(backs.ids_owed(clock.now()), one)


def stop_cancelled() -> str:
    """A cancelled campaign charges nobody any more. Stripe is asked first and decides last."""

    def one(pledge_id: int) -> str:
        sync_intent(pledge_id)
        with transaction():
            operation_id = charges.stop(charges.locked(pledge_id), at=clock.now())
        if operation_id is not None:
            # This call alone: a confirmation that was never sent must not go out before it.
            run_now(operation_id)
            sync_intent(pledge_id)
        else:
            run_chain(PLEDGES, pledge_id)
        state = str(db.session.get_one(Pledge, pledge_id, populate_existing=True).state)
        db.session.rollback()
        return state

    return each(queries.ids_to_stop(A_RUN), one)


def give_back_without_success() -> str:
    """Whoever has paid for a campaign that was cancelled or has failed gets everything back."""

    def one(pledge_id: int) -> str:
        state = db.session.get_one(Pledge, pledge_id).campaign.state
        db.session.rollback()
        reason = RefundReason.FAILED if state == CampaignState.FAILED else RefundReason.CANCELLED
        return "given back" if _give_back(pledge_id, reason) else ""

    return each(queries.ids_to_give_back(A_RUN), one)


def give_back_too_little() -> str:
    """Campaigns whose rules refund everybody when too little could be collected."""

    def one(campaign_id: int) -> str:
        for pledge_id in queries.ids_of_waiting(campaign_id):
            _give_back(pledge_id, RefundReason.MISSED)
        with transaction():
            holder_mails.too_little(db.session.get_one(Campaign, campaign_id), at=clock.now())
        return "too little"

    return each(queries.ids_with_too_little(), one)


def _give_back(pledge_id: int, reason: RefundReason) -> bool:
    try:
        with transaction():
            refunds.give_all_back(charges.locked(pledge_id), reason=reason, at=clock.now())
    except NothingToRefund:  # contested or given back a moment ago
        return False
    return True


def follow_overdue() -> str:
    """Money that waits: its holder is reminded at 60 and 75 days, everybody is refunded at 90, if it waits for them.

    When it waits for us instead, the treasurers have a task, and nothing is ever refunded for it.
    """
    at, hold = clock.now(), timedelta(days=current_app.config["SETTINGS"].hold_days)
    waiting = {one.campaign_id: one for one in queries.waiting_since(queries.first_reminder(at), at - hold)}

    def one(campaign_id: int) -> str:
        return _follow(waiting[campaign_id])

    said = each(waiting, one)
    still = {_task_key(one) for one in waiting.values() if not payout_queries.waits_for_holder(one.campaign_id)}
    db.session.rollback()
    with transaction():
        tasks.close_gone(OVERDUE_TASK, still, at=clock.now())
    return said


def _task_key(waiting: Waiting) -> str:
    return f"{OVERDUE_TASK}:{waiting.campaign_id}"


def _follow(waiting: Waiting) -> str:
    at = clock.now()
    if at >= rules.overdue_at(waiting.since):
        _hear_of_account(waiting.owner_id)
    waits_for_holder = payout_queries.waits_for_holder(waiting.campaign_id)
    db.session.rollback()
    if not waits_for_holder:
        with transaction():
            tasks.open_task(
                OVERDUE_TASK, _task_key(waiting), at=at, subject_kind="campaigns", subject_id=waiting.campaign_id,
                since=waiting.since.isoformat(),
            )  # fmt: skip
        return "waits for us"
    if at < rules.overdue_at(waiting.since):
        days = rules.overdue_reminder(waiting.since, at)
        if days is not None:
            with transaction():
                holder_mails.overdue(_campaign(waiting), days=days, refunded_on=rules.overdue_at(waiting.since), at=at)
        return "waits for the holder"
    given = sum(
        _give_back(pledge_id, RefundReason.OVERDUE) for pledge_id in queries.ids_of_waiting(waiting.campaign_id)
    )
    if given:
        with transaction():
            campaign = _campaign(waiting)
            record("campaign.overdue_refunded", on=campaign, by=None, at=at, count=given)
            holder_mails.overdue_refunded(campaign, at=at)
    return "given back after 90 days"


def _campaign(waiting: Waiting) -> Campaign:
    return db.session.get_one(Campaign, waiting.campaign_id)


def _hear_of_account(owner_id: int) -> None:
    """Nobody is refunded on old hearsay. Errors: GatewayUnavailable."""
    try:
        payees.refresh(owner_id)
    except GatewayRefused:
        return
