"""Our side of the books: what the rows of a campaign, and the facts booked about it, add up to; cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select

from app.campaigns.models import Campaign, Reward
from app.core.database import db
from app.payments import environment, ledger
from app.payments.models import LedgerEntry, LedgerTransaction, StripeObject
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.pledges.rules import HOLDS_STOCK, PledgeState
from app.settlement import rules
from app.settlement.back_shares import facts_about
from app.settlement.models import (
    Charge,
    Dispute,
    DisputeState,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    Transfer,
    TransferState,
)
from app.settlement.queries import LEFT_CENTS, PASSED_ON

HAS_PAID = (
    PledgeState.PAID, PledgeState.PART_REFUNDED, PledgeState.REFUNDED, PledgeState.DISPUTED, PledgeState.LOST,
)  # fmt: skip
ACCEPTED = (RefundState.PENDING, RefundState.SUCCEEDED)
IS_DONE = Transfer.state == TransferState.DONE
# An inquiry of a bank has taken nothing yet.
HAS_TAKEN = exists().where(
    LedgerTransaction.kind == "dispute", LedgerTransaction.stripe_id == Dispute.stripe_dispute
)  # fmt: skip
IS_HELD = (Dispute.state == DisputeState.OPEN) & HAS_TAKEN


@dataclass(frozen=True)
class Ours:
    """One campaign, read before Stripe is asked. `booked`: (kind, account) → signed cents, `campaign` for its own."""

    campaign_id: int
    slug: str
    stored: tuple[int, int]
    promised: tuple[int, int]
    paid: int
    charged: int
    fees: int
    fees_left: int
    given_back: tuple[int, int]  # as the promises, as the charges say
    refunded: int
    transferred: int
    reversed: tuple[int, int]  # as the transfers, as the reversals say
    contested: int
    left: int
    in_hand: int
    kept_rewards: int
    chosen_rewards: int
    paid_without_charge: int
    public_ids: frozenset[str]
    booked: Mapping[tuple[str, str], int]

    def of(self, account: str, *kinds: str) -> int:
        """Signed cents of one account, of these kinds of facts; of all when none is named."""
        return sum(cents for (kind, at), cents in self.booked.items() if at == account and (not kinds or kind in kinds))


def ids_to_compare() -> list[int]:
    """Campaigns with a promise, or with a total that says so; not those whose money is at an older Stripe account."""
    is_elsewhere = exists().where(
        Charge.campaign_id == Campaign.id, StripeObject.stripe_id == Charge.stripe_charge,
        StripeObject.psp_env != environment.CURRENT,
    )  # fmt: skip
    has_promise = select(Pledge.id).where(Pledge.campaign_id == Campaign.id).exists()
    claims_one = (Campaign.raised_cents != 0) | (Campaign.backers_count != 0)
    found = list(
        db.session.scalars(select(Campaign.id).where(has_promise | claims_one, ~is_elsewhere).order_by(Campaign.id))
    )
    db.session.rollback()
    return found


def total(column: Any, *conditions: Any) -> int:
    return int(db.session.scalar(select(func.coalesce(func.sum(column), 0)).where(*conditions)) or 0)


def read(campaign_id: int) -> Ours:
    """The read stays open: the caller ends it before Stripe is asked."""
    campaign = db.session.get_one(Campaign, campaign_id, populate_existing=True)
    mine, of_mine = Charge.campaign_id == campaign_id, Pledge.campaign_id == campaign_id
    has_charge = exists().where(Charge.pledge_id == Pledge.id)
    was_late = (Pledge.state == PledgeState.ABANDONED) & has_charge  # paid too late, and not given back yet
    of_transfers, of_reversals = Transfer.campaign_id == campaign_id, Reversal.campaign_id == campaign_id
    keeping = select(func.count(Pledge.reward_id)).where(of_mine, Pledge.state.in_(HOLDS_STOCK))
    without = select(func.count()).select_from(Pledge).where(of_mine, Pledge.state.in_(HAS_PAID), ~has_charge)
    own = ledger.of_campaign(campaign_id)
    return Ours(
        campaign_id=campaign_id,
        slug=campaign.slug,
        stored=(campaign.raised_cents, campaign.backers_count),
        promised=pledges.totals(campaign_id),
        paid=total(Pledge.amount_cents, of_mine, or_(Pledge.state.in_(HAS_PAID), was_late)),
        charged=total(Charge.amount_cents, mine),
        fees=total(Charge.fee_cents, mine),
        fees_left=_fees_left(campaign_id),
        given_back=(total(Pledge.refunded_cents, of_mine), total(Charge.refunded_cents, mine)),
        refunded=total(Refund.amount_cents, Refund.campaign_id == campaign_id, Refund.state.in_(ACCEPTED)),
        transferred=total(Transfer.amount_cents, of_transfers, IS_DONE),
        reversed=(
            total(Transfer.reversed_cents, of_transfers),
            total(Reversal.amount_cents, of_reversals, Reversal.state == ReversalState.DONE),
        ),
        contested=total(Dispute.amount_cents, Dispute.campaign_id == campaign_id, IS_HELD),
        left=total(LEFT_CENTS, mine, ~PASSED_ON),
        in_hand=-sum(cents for (_, at), cents in _booked(mine & PASSED_ON).items() if at == own),
        kept_rewards=int(db.session.scalar(keeping) or 0),
        chosen_rewards=total(Reward.chosen_count, Reward.campaign_id == campaign_id),
        paid_without_charge=int(db.session.scalar(without) or 0),
        public_ids=frozenset(db.session.scalars(select(Pledge.public_id).where(of_mine))),
        booked=_booked(mine),
    )


def _fees_left(campaign_id: int) -> int:
    """Of Stripe's fees on charges not passed on: what no refund has put on the platform."""
    rows = db.session.execute(
        select(Charge.fee_cents, Charge.refunded_cents, Charge.amount_cents).where(
            Charge.campaign_id == campaign_id, ~PASSED_ON
        )
    )
    return sum(fee - rules.part_cents(fee, gone, whole) for fee, gone, whole in rows)


def _booked(which: ColumnElement[bool]) -> dict[tuple[str, str], int]:
    rows = db.session.execute(
        select(LedgerTransaction.kind, LedgerEntry.account, func.sum(LedgerEntry.amount_cents))
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(facts_about(which))
        .group_by(LedgerTransaction.kind, LedgerEntry.account)
    )
    return {(kind, account): int(cents) for kind, account, cents in rows}


def available_here() -> int:
    """What the ledger says is on the balance of the Stripe account in use."""
    here = LedgerTransaction.psp_env == environment.CURRENT
    mine = select(LedgerTransaction.id).where(here)
    return total(
        LedgerEntry.amount_cents, LedgerEntry.account == ledger.AVAILABLE, LedgerEntry.transaction_id.in_(mine)
    )


def booked_everywhere() -> dict[tuple[str, str], int]:
    """(kind, account) → signed cents, of the whole ledger."""
    rows = db.session.execute(
        select(LedgerTransaction.kind, LedgerEntry.account, func.sum(LedgerEntry.amount_cents))
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .group_by(LedgerTransaction.kind, LedgerEntry.account)
    )
    return {(kind, account): int(cents) for kind, account, cents in rows}
