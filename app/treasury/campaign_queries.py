"""The whole money of one campaign: its figures in every book, and each charge, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.campaigns.models import Campaign
from app.core.database import db
from app.payments import ledger
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.pledges.rules import COUNTING, PledgeState
from app.settlement.models import Charge, Dispute, DisputeState, Reversal, ReversalState, Transfer, TransferState
from app.settlement.queries import IS_CONTESTED, IS_PASSABLE, LEFT_CENTS

PAGE = 50


@dataclass(frozen=True)
class Figures:
    """Cents. `stored` and `promised` must agree; `charged` and `paid` too: a difference is shown in words."""

    stored: int
    promised: int
    persons: int
    charged: int
    paid: int
    back: int  # given back, or lost to a bank
    contested: int
    stripe_fees: int
    platform_fees: int
    transferred: int
    reversed: int
    owed_by_holder: int
    to_pass_on: int
    in_ledger: int  # what the ledger says that we owe the campaign

    @property
    def differences(self) -> list[tuple[str, int, int]]:
        """(name, one book, the other) for each pair that does not agree."""
        pairs = [("total", self.stored, self.promised), ("paid", self.charged, self.paid)]
        return [(name, ours, theirs) for name, ours, theirs in pairs if ours != theirs]


def figures_of(campaign: Campaign) -> Figures:
    """Eight statements."""
    mine = Charge.campaign_id == campaign.id
    by_state = pledges.cents_by_state(campaign.id)
    charged, back, fees = db.session.execute(
        select(_sum(Charge.amount_cents), _sum(Charge.refunded_cents), _sum(Charge.fee_cents)).where(mine)
    ).one()
    kept, sent, taken = db.session.execute(
        select(
            _sum(Transfer.platform_fee_cents), _sum(Transfer.amount_cents), _sum(Transfer.reversed_cents)
        ).where(Transfer.campaign_id == campaign.id, Transfer.state == TransferState.DONE)
    ).one()  # fmt: skip
    contested = select(_sum(Dispute.amount_cents)).where(
        Dispute.campaign_id == campaign.id, Dispute.state == DisputeState.OPEN
    )
    owed = select(_sum(Reversal.amount_cents)).where(
        Reversal.campaign_id == campaign.id, Reversal.state == ReversalState.OWED
    )
    passable = select(_sum(LEFT_CENTS)).where(mine, IS_PASSABLE)
    paid = select(_sum(Pledge.amount_cents)).where(
        Pledge.id.in_(select(Charge.pledge_id).where(mine)), Pledge.campaign_id == campaign.id
    )
    return Figures(
        stored=campaign.raised_cents,
        promised=sum(cents for state, (_, cents) in by_state.items() if PledgeState(state) in COUNTING),
        persons=campaign.backers_count,
        charged=int(charged), paid=_one(paid), back=int(back), contested=_one(contested), stripe_fees=int(fees),
        platform_fees=int(kept), transferred=int(sent), reversed=int(taken), owed_by_holder=_one(owed),
        to_pass_on=_one(passable), in_ledger=-ledger.balance(ledger.of_campaign(campaign.id)),
    )  # fmt: skip


def _sum(column: Any) -> Any:
    return func.coalesce(func.sum(column), 0)


def _one(query: Any) -> int:
    return int(db.session.scalar(query) or 0)


@dataclass(frozen=True)
class Line:
    """One charge with what became of it; cents."""

    charge: Charge
    transfer: Transfer | None
    public_id: str
    pledge_state: str
    is_contested: bool


def lines_of(campaign_id: int, *, after: int, limit: int = PAGE) -> tuple[list[Line], int | None]:
    """Charges in the order of their making, after the one of id `after`; the id after which the next page begins."""
    rows = db.session.execute(
        select(Charge, Transfer, Pledge.public_id, Pledge.state, IS_CONTESTED)
        .join(Pledge, Pledge.id == Charge.pledge_id)
        .outerjoin(Transfer, Transfer.charge_id == Charge.id)
        .where(Charge.campaign_id == campaign_id, Charge.id > after)
        .order_by(Charge.id)
        .limit(limit + 1)
    )
    found = [
        Line(charge, transfer, public_id, str(state), bool(contested))
        for charge, transfer, public_id, state, contested in rows
    ]
    return found[:limit], found[limit - 1].charge.id if len(found) > limit else None


def pledges_of(campaign_id: int, *, after: int, limit: int = PAGE) -> tuple[list[Pledge], int | None]:
    """Contributions that have not been charged, newest first."""
    before = Pledge.id < after if after else Pledge.id > 0
    charged = select(Charge.id).where(Charge.pledge_id == Pledge.id).exists()
    found = list(
        db.session.scalars(
            select(Pledge)
            .where(Pledge.campaign_id == campaign_id, before, ~charged)
            .order_by(Pledge.id.desc())
            .limit(limit + 1)
        )
    )
    return found[:limit], found[limit - 1].id if len(found) > limit else None
