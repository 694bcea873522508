"""The comparison of all books: stored total, promises, charges and transfers, the ledger, and Stripe's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.campaigns.models import Campaign, Reward
from app.core.database import db
from app.payments import ledger
from app.payments.client import gateway
from app.payments.operations import installation
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.pledges.rules import HOLDS_STOCK, PledgeState
from app.settlement.charge_services import transfer_group
from app.settlement.models import Charge, Transfer, TransferState

HAS_PAID = (
    PledgeState.PAID, PledgeState.PART_REFUNDED, PledgeState.REFUNDED, PledgeState.DISPUTED, PledgeState.LOST,
)  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """One figure of one campaign in several books; values in cents unless the name says otherwise."""

    campaign: str
    name: str
    values: tuple[tuple[str, int], ...]  # (book, figure)

    @property
    def is_equal(self) -> bool:
        return len({figure for _, figure in self.values}) == 1


@dataclass(frozen=True)
class Ours:
    """Our side of one campaign, read before Stripe is asked."""

    campaign_id: int
    slug: str
    stored: tuple[int, int]
    promised: tuple[int, int]
    charged: int
    fees: int
    transferred: int
    passed_on: int  # the charges whose transfer is done
    paid: int
    refunded: int
    kept_rewards: int
    chosen_rewards: int
    paid_without_charge: int
    balance: int
    public_ids: frozenset[str]


def compare() -> Iterator[Comparison]:
    """Every campaign with a promise, then the ledger as a whole. Outside any transaction.

    Errors: GatewayUnavailable.
    """
    everyone = [_read(campaign_id) for campaign_id in _ids()]
    db.session.rollback()
    for ours in everyone:
        yield from _compare_one(ours)
    yield from _compare_ledger()


def _compare_ledger() -> Iterator[Comparison]:
    """The accounts that no single campaign has, against the rows; and that nothing is unbalanced."""
    is_done = Transfer.state == TransferState.DONE
    net = _sum(Charge.amount_cents - Charge.fee_cents) - _sum(Transfer.amount_cents, is_done)
    kept = _sum(Transfer.platform_fee_cents, is_done)
    balances = ledger.balances()
    available, fees = balances.get(ledger.AVAILABLE, 0), -balances.get(ledger.FEES_PLATFORM, 0)
    whole = sum(balances.values())
    broken = len(ledger.unbalanced_ids())
    db.session.rollback()
    yield Comparison("—", "left at Stripe", (("rows", net), ("ledger", available)))
    yield Comparison("—", "platform's fees", (("rows", kept), ("ledger", fees)))
    yield Comparison("—", "ledger adds up to zero", (("sum", whole), ("should be", 0)))
    yield Comparison("—", "unbalanced facts (count)", (("found", broken), ("should be", 0)))


def _ids() -> list[int]:
    """Campaigns with a promise, or with a total that says so."""
    has_promise = select(Pledge.id).where(Pledge.campaign_id == Campaign.id).exists()
    claims_one = (Campaign.raised_cents != 0) | (Campaign.backers_count != 0)
    return list(db.session.scalars(select(Campaign.id).where(has_promise | claims_one).order_by(Campaign.id)))


def _sum(column: Any, *conditions: Any) -> int:
    return int(db.session.scalar(select(func.coalesce(func.sum(column), 0)).where(*conditions)) or 0)


def _read(campaign_id: int) -> Ours:
    campaign = db.session.get_one(Campaign, campaign_id)
    mine = Charge.campaign_id == campaign_id
    is_done = Transfer.state == TransferState.DONE
    done = select(Transfer.charge_id).where(Transfer.campaign_id == campaign_id, is_done)
    paid = select(Pledge.id).where(Pledge.campaign_id == campaign_id, Pledge.state == PledgeState.PAID)
    without = paid.where(~select(Charge.id).where(Charge.pledge_id == Pledge.id).exists())
    of_mine = Pledge.campaign_id == campaign_id
    keeping = select(func.count(Pledge.reward_id)).where(of_mine, Pledge.state.in_(HOLDS_STOCK))
    return Ours(
        campaign_id=campaign_id,
        slug=campaign.slug,
        stored=(campaign.raised_cents, campaign.backers_count),
        promised=pledges.totals(campaign_id),
        charged=_sum(Charge.amount_cents, mine),
        fees=_sum(Charge.fee_cents, mine),
        transferred=_sum(Transfer.amount_cents, Transfer.campaign_id == campaign_id, is_done),
        passed_on=_sum(Charge.amount_cents, mine, Charge.id.in_(done)),
        paid=_sum(Pledge.amount_cents, of_mine, Pledge.state.in_(HAS_PAID)),
        refunded=_sum(Pledge.refunded_cents, of_mine),
        kept_rewards=int(db.session.scalar(keeping) or 0),
        chosen_rewards=_sum(Reward.chosen_count, Reward.campaign_id == campaign_id),
        paid_without_charge=len(db.session.scalars(without).all()),
        balance=ledger.balance(ledger.of_campaign(campaign_id)),
        public_ids=frozenset(db.session.scalars(select(Pledge.public_id).where(Pledge.campaign_id == campaign_id))),
    )


def _compare_one(ours: Ours) -> Iterator[Comparison]:
    group = transfer_group(ours.campaign_id)
    charges = [one for one in gateway().list_charges(group) if _is_ours(one) and one["status"] == "succeeded"]
    transfers = [one for one in gateway().list_transfers(group) if _is_ours(one)]
    per_pledge = Counter(str(one["metadata"].get("pledge")) for one in charges)

    def line(name: str, **values: int) -> Comparison:
        return Comparison(ours.slug, name, tuple(values.items()))

    yield line("total", stored=ours.stored[0], promises=ours.promised[0])
    yield line("persons (count)", stored=ours.stored[1], promises=ours.promised[1])
    at_stripe = sum(one["amount"] for one in charges)
    yield line("rewards (count)", chosen=ours.chosen_rewards, kept=ours.kept_rewards)
    yield line("paid promises", promises=ours.paid, charges=ours.charged)
    yield line("charged", charges=ours.charged, ledger=ours.passed_on - ours.balance, stripe=at_stripe)
    back = sum(one["amount_refunded"] for one in charges)
    yield line("refunded", promises=ours.refunded, stripe=back)
    fees = sum(one["balance_transaction"]["fee"] for one in charges)
    yield line("stripe's fees", charges=ours.fees, stripe=fees)
    sent = sum(one["amount"] - one["amount_reversed"] for one in transfers)
    yield line("transferred", transfers=ours.transferred, stripe=sent)
    yield line("paid without charge (count)", found=ours.paid_without_charge, should_be=0)
    twice = sum(count - 1 for count in per_pledge.values())
    yield line("charged twice (count)", found=twice, should_be=0)
    unknown = len(per_pledge.keys() - ours.public_ids)
    yield line("charges without promise (count)", found=unknown, should_be=0)


def _is_ours(thing: dict[str, Any]) -> bool:
    """Several installations may share one Stripe account."""
    return bool((thing.get("metadata") or {}).get("env") == installation())
