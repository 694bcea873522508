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
from app.settlement import mails, queries, rules
from app.settlement.charge_services import transfer_group
from app.settlement.models import Charge, Transfer, TransferState
from app.settlement.rules import Collected

SUBJECT = Transfer.__tablename__


def prepare(campaign_id: int, account: str, *, at: datetime) -> int:
    """Compute the fee on all that was collected, share it, and plan the transfers. Returns how many.

    The caller has checked the hold and, with Stripe, that `account` may receive. A campaign of which
    nothing could be collected is settled at once.
    """
    campaign = pledges.lock_campaign(campaign_id)
    if queries.has_open_pledge(campaign_id):
        return 0
    charges = queries.charges_without_transfer(campaign_id)
    whole = rules.platform_fee_cents(queries.collected_cents(campaign_id), campaign.fee_bps)
    # A charge found after the others (its success was learnt late) bears what the whole still lacks.
    left = max(0, whole - queries.platform_fees_taken(campaign_id))
    left = min(left, sum(charge.amount_cents for charge in charges))
    parts = rules.share_fee(
        left, [Collected(charge.pledge_id, charge.amount_cents, charge.fee_cents) for charge in charges]
    )
    for charge, part in zip(charges, parts, strict=True):
        _prepare_one(charge, part, account, at=at)
    db.session.flush()
    settle_when_done(campaign, at=at)
    return len(charges)


def _prepare_one(charge: Charge, fee_cents: int, account: str, *, at: datetime) -> None:
    transfer = Transfer(
        charge_id=charge.id,
        campaign_id=charge.campaign_id,
        account=account,
        amount_cents=max(0, charge.amount_cents - charge.fee_cents - fee_cents),
        platform_fee_cents=fee_cents,
        created_at=at,
        tries=1,
        state=TransferState.PLANNED,
    )
    db.session.add(transfer)
    transfer.charge = charge
    db.session.flush()
    record("transfer.prepared", on=transfer, by=None, at=at, amount_cents=transfer.amount_cents)
    if transfer.amount_cents == 0:  # both fees took it all: there is nothing to send
        done(transfer, None, at=at)
    else:
        _plan_call(transfer, at=at)


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
    """The holder has it: the campaign's account is relieved of the whole charge, fees included."""
    if transfer.state == TransferState.DONE:
        return
    transfer.state, transfer.done_at, transfer.stripe_transfer = TransferState.DONE, at, stripe_id
    if stripe_id is not None:
        remember(stripe_id, SUBJECT, transfer.id)
    charge = transfer.charge
    lines = ledger.transfer_lines(
        transfer.campaign_id,
        amount_cents=charge.amount_cents,
        transferred_cents=transfer.amount_cents,
        platform_fee_cents=transfer.platform_fee_cents,
        stripe_fee_cents=charge.amount_cents - transfer.amount_cents - transfer.platform_fee_cents,
    )
    ledger.book(
        "transfer", stripe_id or f"none:{charge.stripe_charge}", subject_kind=SUBJECT, subject_id=transfer.id,
        lines=lines, at=at,
    )  # fmt: skip
    record("transfer.done", on=transfer, by=None, at=at, amount_cents=transfer.amount_cents)


def block(transfer: Transfer, *, code: str, at: datetime) -> None:
    """Stripe refuses for now (the account was restricted): the charge is not affected, the holder is told."""
    transfer.state = TransferState.BLOCKED
    record("transfer.blocked", on=transfer, by=None, at=at, code=code[:60])
    mails.account_needed(db.session.get_one(Campaign, transfer.campaign_id), at=at)


def retry_blocked(campaign_id: int, account: str, *, at: datetime) -> int:
    """The account may receive again: a refused order made nothing, so it is given again under a new key."""
    pledges.lock_campaign(campaign_id)
    blocked = queries.transfers_of(campaign_id, TransferState.BLOCKED)
    for transfer in blocked:
        transfer.tries += 1
        transfer.state, transfer.account = TransferState.PLANNED, account
        record("transfer.tried_again", on=transfer, by=None, at=at, tries=transfer.tries)
        _plan_call(transfer, at=at)
    return len(blocked)


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
    mails.statement(campaign, queries.money_of(campaign.id), at=at)
