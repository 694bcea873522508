"""Passing the money on: the fee once, one Transfer a charge, each drawn on its own charge."""

from __future__ import annotations

from datetime import datetime

from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core.database import db
from app.core.journal import record
from app.payments import ledger
from app.payments.operations import plan, remember
from app.payments.rules import OperationKind
from app.pledges import queries as pledges
from app.settlement import back_queries as backs
from app.settlement import giving_back_queries as giving_back
from app.settlement import mails, money_queries, queries
from app.settlement import payout_queries as payouts
from app.settlement.charge_services import transfer_group
from app.settlement.models import Charge, Transfer, TransferState
from app.settlement.payout_rules import Situation
from app.settlement.pricing import Price, prices, stripe_fee_left

SUBJECT = Transfer.__tablename__


def prepare(campaign_id: int, account: str, *, at: datetime) -> int:
    """Compute the fee on all that was collected, share it, and plan the transfers. Returns how many.

    Every condition is looked at again under the campaign's lock; the caller has asked Stripe that `account`
    may receive. A campaign of which nothing could be collected is settled at once.
    """
    campaign = pledges.lock_campaign(campaign_id)
    now = payouts.situation(campaign_id, at=at)
    if now.has_open_pledge or (now.to_pass_on[1] and not (now.may_leave and now.account == account)):
        return 0
    if giving_back.has_too_little(campaign_id):  # everybody is about to be refunded
        return 0
    charges = queries.charges_without_transfer(campaign_id) if now.to_pass_on[1] else []
    proof = _proof(now) if charges else {}
    for charge, price in zip(charges, prices(campaign, charges), strict=True):
        _prepare_one(charge, price, account, proof, at=at)
    db.session.flush()
    settle_when_done(campaign, at=at)
    return len(charges)


def _proof(now: Situation) -> dict[str, int | str | bool | None]:
    """Why the money might leave at this instant, for the journal (invariant I11)."""
    payout = payouts.get_payout(now.approval_id) if now.approval_id is not None else None
    return {
        "payout": now.approval_id,
        "prepared_by": payout.prepared_by_id if payout else None,
        "approved_by": payout.approved_by_id if payout else None,
        "verdict_at": now.verdict_at.isoformat() if now.verdict_at else None,
        "hold_days": now.hold_days,
        "account": now.account,
        "account_active": now.account_is_active,
        "second_factor": now.has_second_factor,
        "open_pledges": now.has_open_pledge,
    }


def _prepare_one(
    charge: Charge, price: Price, account: str, proof: dict[str, int | str | bool | None], *, at: datetime
) -> None:
    transfer = backs.find_transfer(charge.id)  # ended when its charge went back; the refund then failed
    if transfer is None:
        transfer = Transfer(charge_id=charge.id, campaign_id=charge.campaign_id, created_at=at, tries=0)
        db.session.add(transfer)
    transfer.tries += 1
    transfer.state, transfer.done_at = TransferState.PLANNED, None
    transfer.charge = charge
    _set_price(transfer, price, account)
    db.session.flush()
    record("transfer.prepared", on=transfer, by=None, at=at, amount_cents=transfer.amount_cents, **proof)
    if transfer.amount_cents == 0:  # both fees took it all: there is nothing to send
        done(transfer, None, at=at)
    else:
        _plan_call(transfer, at=at)


def _set_price(transfer: Transfer, price: Price, account: str) -> None:
    transfer.account = account
    transfer.base_cents, transfer.platform_fee_cents = price.base_cents, price.platform_fee_cents
    transfer.amount_cents = price.holder_cents


def _plan_call(transfer: Transfer, *, at: datetime) -> None:
    charge = transfer.charge
    plan(
        OperationKind.TRANSFER_CREATE,
        subject_kind=SUBJECT,
        subject_id=transfer.id,
        params={
            "amount": transfer.amount_cents,
            "currency": "eur",
            "destination": transfer.account,
            "source_transaction": charge.stripe_charge,
            "transfer_group": transfer_group(transfer.campaign_id),
            "metadata": {"pledge": charge.pledge.public_id, "campaign": str(transfer.campaign_id)},
        },
        key=f"tr:{charge.pledge.public_id}:{transfer.tries}",
        at=at,
    )


def done(transfer: Transfer, stripe_id: str | None, *, at: datetime) -> None:
    """The holder has it: the campaign's account is relieved of all that was left of the charge, fees included."""
    if transfer.state == TransferState.DONE:
        return
    transfer.state, transfer.done_at, transfer.stripe_transfer = TransferState.DONE, at, stripe_id
    if stripe_id is not None:
        remember(stripe_id, SUBJECT, transfer.id)
    base = backs.base_cents(transfer)
    stripe_fee_cents = base - transfer.amount_cents - transfer.platform_fee_cents
    lines = ledger.transfer_lines(
        transfer.campaign_id,
        amount_cents=base,
        transferred_cents=transfer.amount_cents,
        platform_fee_cents=transfer.platform_fee_cents,
        stripe_fee_cents=stripe_fee_cents,
    )
    name = stripe_id or f"none:{transfer.charge.stripe_charge}"
    ledger.book("transfer", name, subject_kind=SUBJECT, subject_id=transfer.id, lines=lines, at=at)
    # While it was on its way a refund of the charge may have failed, or was made elsewhere.
    db.session.refresh(transfer.charge)
    if left_cents := stripe_fee_left(transfer.charge) - stripe_fee_cents:
        lines = ledger.fee_left_lines(left_cents)
        ledger.book("fee_left", name, subject_kind=SUBJECT, subject_id=transfer.id, lines=lines, at=at)
    record("transfer.done", on=transfer, by=None, at=at, amount_cents=transfer.amount_cents)


def block(transfer: Transfer, *, code: str, at: datetime) -> None:
    """Stripe refuses for now (the account was restricted): the charge is not affected, the holder is told."""
    transfer.state = TransferState.BLOCKED
    record("transfer.blocked", on=transfer, by=None, at=at, code=code[:60])
    mails.account_needed(db.session.get_one(Campaign, transfer.campaign_id), at=at)


def retry_blocked(campaign_id: int, account: str, *, at: datetime) -> int:
    """The account may receive again: a refused order made nothing, so it is given again under a new key.

    What went back of a charge meanwhile is no longer passed on; a charge that may still go back waits.
    """
    campaign = pledges.lock_campaign(campaign_id)
    blocked = queries.blocked_transfers(campaign_id)
    for transfer, price in zip(blocked, prices(campaign, [one.charge for one in blocked]), strict=True):
        transfer.tries += 1
        transfer.state = TransferState.PLANNED
        _set_price(transfer, price, account)
        record(
            "transfer.tried_again", on=transfer, by=None, at=at, tries=transfer.tries,
            amount_cents=transfer.amount_cents,
        )  # fmt: skip
        if transfer.amount_cents == 0:
            done(transfer, None, at=at)
        else:
            _plan_call(transfer, at=at)
    db.session.flush()
    settle_when_done(campaign, at=at)
    return len(blocked)


def end_if_nothing_left(charge: Charge, *, at: datetime) -> None:
    """All of a charge went back before its refused transfer could be made: it is over, and stands for nothing.

    A campaign that waited for nothing else is settled.
    """
    transfer = backs.find_transfer(charge.id)
    if charge.refunded_cents < charge.amount_cents:
        return
    if transfer is not None and transfer.state == TransferState.BLOCKED:
        _set_price(transfer, Price(0, 0, 0), transfer.account)
        transfer.state, transfer.done_at = TransferState.DONE, at
        record("transfer.ended", on=transfer, by=None, at=at)
    campaign = pledges.lock_campaign(charge.campaign_id)
    if not queries.has_open_pledge(campaign.id) and campaign.verdict_at is not None:
        settle_when_done(campaign, at=at)


def close_as_test_data(at: datetime) -> int:
    """The Stripe account has changed: what was charged at the old one can never be passed on. Returns how many.

    Nothing is booked: the money stays where it is, and the rows say of which account they are.
    """
    left = queries.charges_to_pass_on()
    for charge in left:
        record("charge.environment_closed", on=charge, by=None, at=at, amount_cents=charge.amount_cents)
    return len(left)


def settle_when_done(campaign: Campaign, *, at: datetime) -> None:
    """Every pledge is paid or dropped and every transfer done: the holder gets the statement."""
    db.session.flush()
    if campaign.state != CampaignState.SUCCEEDED or queries.has_unfinished_transfer(campaign.id):
        return
    campaigns.settle(campaign, at=at)
    mails.statement(campaign, money_queries.money_of(campaign.id), at=at)
