"""Runs over what is due. Each is safe to stop, repeat, or run twice at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import structlog
from flask import current_app

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.payments import outages, payees
from app.payments.errors import GatewayRefused, GatewayUnavailable, WrongEnvironment
from app.payments.runner import run_chain
from app.pledges.checkout import SUBJECT
from app.pledges.models import Pledge
from app.pledges.rules import REPAIRABLE, PledgeState
from app.settlement import charge_services as charges
from app.settlement import mails, queries, rules
from app.settlement import payout_queries as payouts
from app.settlement import transfer_services as transfers
from app.settlement import verdict_services as verdicts
from app.settlement.payout_rules import Situation
from app.settlement.sync import sync_intent

log = structlog.get_logger()
A_RUN = 200  # then the other jobs have their turn


def _words(report: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(report.items()) if what)


def each(ids: Iterable[int], do: Callable[[int], str]) -> str:
    """One item that fails is logged and does not hold back the others; a silent or foreign Stripe ends the run."""
    report: Counter[str] = Counter()
    for item in ids:
        try:
            report[do(item)] += 1
        except (GatewayUnavailable, WrongEnvironment):
            report["unanswered"] += 1
            break
        except Exception as error:
            db.session.rollback()
            log.error("settlement_item_failed", item=item, kind=type(error).__name__, exc_info=True)
            report["failed"] += 1
    return _words(report)


def give_verdicts() -> str:
    """Campaigns whose end has come and of which no promise waits for a card any more."""

    def one(campaign_id: int) -> str:
        with transaction():
            succeeded = verdicts.judge(campaign_id, at=clock.now())
        return {True: "reached the goal", False: "missed the goal", None: ""}[succeeded]

    return each(queries.ids_to_judge(), one)


def follow_verdicts() -> str:
    """Promises of a judged campaign become due, or are released."""

    def due(pledge_id: int) -> str:
        with transaction():
            return "due" if verdicts.make_due(pledge_id, at=clock.now()) else ""

    def release(pledge_id: int) -> str:
        with transaction():
            return "released" if verdicts.release(pledge_id, at=clock.now()) else ""

    waiting, succeeded = PledgeState.AUTHORISED, CampaignState.SUCCEEDED
    missed = (CampaignState.FAILED, CampaignState.CANCELLED)
    said = each(queries.ids_after_verdict(waiting, succeeded, limit=A_RUN), due)
    return ", ".join(filter(None, (said, each(queries.ids_after_verdict(waiting, *missed, limit=A_RUN), release))))


def look_at_stuck() -> str:
    """Charges under way for too long: Stripe says what became of them."""

    def one(pledge_id: int) -> str:
        sync_intent(pledge_id)
        return "looked at"

    return each(queries.ids_stuck(clock.now()), one)


def remind() -> str:
    """48, 96 and 144 hours after a refusal, once each; like the window, without the time of outages."""
    at = clock.now()

    def one(pledge_id: int) -> str:
        with transaction():
            pledge = db.session.get_one(Pledge, pledge_id)
            if pledge.state in REPAIRABLE and pledge.first_declined_at is not None:
                first, until = pledge.first_declined_at, charges.window_end(pledge)
                hours = rules.reminder_hours(first, at - outages.lost_since(first))
                if hours is not None and until is not None and at < until:
                    mails.reminder(pledge, hours=hours, until=until, at=at)
        return ""

    return each(queries.ids_to_remind(at, rules.REMIND_AFTER_HOURS[0]), one)


def drop_overdue() -> str:
    """The repair window is over. Stripe is asked first and decides last: never both paid and dropped."""
    hours = current_app.config["SETTINGS"].repair_hours

    def one(pledge_id: int) -> str:
        return give_up_now(pledge_id, by=None)

    return each(queries.ids_to_drop(clock.now(), hours), one)


def give_up_now(pledge_id: int, *, by: int | None) -> str:
    """Look, cancel, look again; the pledge's state in a word. Outside any transaction.

    Errors: GatewayUnavailable, NothingToRepair.
    """
    sync_intent(pledge_id)
    with transaction():
        pledge = charges.locked(pledge_id)
        if pledge.state not in REPAIRABLE:
            return str(pledge.state)
        charges.give_up(pledge, by=by, at=clock.now())
    run_chain(SUBJECT, pledge_id)
    sync_intent(pledge_id)
    state = str(db.session.get_one(Pledge, pledge_id, populate_existing=True).state)
    db.session.rollback()
    return state


def pay_out() -> str:
    """After the hold, approved by two, with nothing open: ask Stripe whether the holder may receive, then plan."""
    days = current_app.config["SETTINGS"].hold_days
    waiting = queries.ids_to_pay_out(clock.now(), days)
    known = payouts.situations(waiting, at=clock.now())
    db.session.rollback()

    def one(campaign_id: int) -> str:
        now = known[campaign_id]
        if now.to_pass_on[1] and not _holder_is_ready(now):
            return "waiting for the holder" if now.waits_for_holder else ""
        if now.to_pass_on[1] and not now.may_leave:
            return ""
        account = _ready_account(campaign_id) if now.to_pass_on[1] else ""
        with transaction():
            if account is None:
                mails.account_needed(_campaign(campaign_id), at=clock.now())
                return "waiting for the holder"
            count = transfers.prepare(campaign_id, account, at=clock.now())
        return f"paid out ({count})"

    return each(waiting, one)


def _holder_is_ready(now: Situation) -> bool:
    """False: the holder has been told, once, what the money waits for."""
    if not now.holder_is_ready:
        with transaction():
            tell = mails.factor_needed if now.account_is_active else mails.account_needed
            tell(_campaign(now.campaign_id), at=clock.now())
    return now.holder_is_ready


def retry_blocked() -> str:
    """Transfers that Stripe refused are ordered again once the account may receive."""
    waiting = queries.ids_with_blocked_transfers()
    known = payouts.situations(waiting, at=clock.now())
    db.session.rollback()

    def one(campaign_id: int) -> str:
        account = _ready_account(campaign_id) if known[campaign_id].platform_is_ready else None
        if account is None:
            return ""
        with transaction():
            return f"{transfers.retry_blocked(campaign_id, account, at=clock.now())} tried again"

    return each(waiting, one)


def _campaign(campaign_id: int) -> Campaign:
    return db.session.get_one(Campaign, campaign_id)


def _ready_account(campaign_id: int) -> str | None:
    """The holder's account at Stripe if it may receive right now; asked, not believed.

    One that could not receive when last heard of is asked about by the hourly job of payments.
    """
    owner_id = _campaign(campaign_id).owner_id
    was_active = payees.status_of(owner_id) == "active"
    db.session.rollback()
    try:
        if not was_active or payees.refresh(owner_id) != "active":
            return None
        return payees.stripe_account_of(owner_id)
    except GatewayRefused:
        return None
