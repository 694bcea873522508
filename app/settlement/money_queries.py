"""Reads for the holder's money page and statement: what was promised, taken, given back, contested and passed on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.database import db
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement import rules
from app.settlement.models import Charge, Transfer, TransferState
from app.settlement.queries import IS_CONTESTED


@dataclass(frozen=True)
class Line:
    """One charge in the holder's statement; cents. `transfer_state` "" while no transfer is prepared.

    `refunded_cents`: given back, or lost to a bank. `stripe_fee_cents`: what the campaign bears of it.
    `transferred_cents`: what reached the holder, less what was taken back.
    """

    reference: str
    charged_at: datetime
    amount_cents: int
    refunded_cents: int
    stripe_fee_cents: int
    platform_fee_cents: int | None
    transferred_cents: int | None
    transfer_state: str
    is_contested: bool
    done_at: datetime | None

    @property
    def is_done(self) -> bool:
        return self.transfer_state == TransferState.DONE

    @property
    def is_gone(self) -> bool:
        """Nothing is left of it."""
        return self.refunded_cents == self.amount_cents

    @property
    def waiting_cents(self) -> int:
        """What the holder may still expect of it."""
        if self.is_done or self.is_contested:
            return 0
        left = self.amount_cents - self.refunded_cents
        return max(0, left - self.stripe_fee_cents - (self.platform_fee_cents or 0))


@dataclass(frozen=True)
class Money:
    """What the holder's money page shows, in cents: (how many, sum) pairs and totals."""

    promised: tuple[int, int]
    under_way: tuple[int, int]
    repairing: tuple[int, int]
    paid: tuple[int, int]
    dropped: tuple[int, int]
    contested: tuple[int, int]
    refunded: tuple[int, int]
    lines: list[Line]
    stripe_fees_cents: int
    platform_fees_cents: int
    transferred_cents: int
    waiting_cents: int


def money_of(campaign_id: int) -> Money:
    """Two statements, whatever the number of pledges."""
    by_state = pledges.cents_by_state(campaign_id)

    def of(*states: PledgeState) -> tuple[int, int]:
        found = [by_state.get(state.value, (0, 0)) for state in states]
        return sum(count for count, _ in found), sum(cents for _, cents in found)

    rows = db.session.execute(
        select(Charge, Transfer, Pledge.public_id, IS_CONTESTED)
        .join(Pledge, Pledge.id == Charge.pledge_id)
        .outerjoin(Transfer, Transfer.charge_id == Charge.id)
        .where(Charge.campaign_id == campaign_id)
        .order_by(Charge.id)
    )
    lines = [_line(charge, transfer, public_id, bool(contested)) for charge, transfer, public_id, contested in rows]
    return Money(
        promised=of(PledgeState.AUTHORISED),
        under_way=of(PledgeState.DUE, PledgeState.CHARGING),
        repairing=of(PledgeState.NEEDS_ACTION, PledgeState.NEEDS_CARD),
        paid=of(PledgeState.PAID, PledgeState.PART_REFUNDED),
        dropped=of(PledgeState.DROPPED),
        contested=of(PledgeState.DISPUTED),
        refunded=_sum(line.refunded_cents for line in lines if line.refunded_cents),
        lines=lines,
        stripe_fees_cents=sum(line.stripe_fee_cents for line in lines),
        platform_fees_cents=sum(line.platform_fee_cents or 0 for line in lines),
        transferred_cents=sum(line.transferred_cents or 0 for line in lines if line.is_done),
        waiting_cents=sum(line.waiting_cents for line in lines),
    )


def _sum(cents: Iterable[int]) -> tuple[int, int]:
    found = list(cents)
    return len(found), sum(found)


def _line(charge: Charge, transfer: Transfer | None, public_id: str, contested: bool) -> Line:
    fee = charge.fee_cents - rules.part_cents(charge.fee_cents, charge.refunded_cents, charge.amount_cents)
    if transfer is not None and transfer.state == TransferState.DONE:
        base = charge.amount_cents if transfer.base_cents is None else transfer.base_cents
        fee = base - transfer.amount_cents - transfer.platform_fee_cents
    return Line(
        reference=public_id[:8],
        charged_at=charge.charged_at,
        amount_cents=charge.amount_cents,
        refunded_cents=charge.refunded_cents,
        stripe_fee_cents=fee,
        platform_fee_cents=transfer.platform_fee_cents if transfer else None,
        transferred_cents=transfer.amount_cents - transfer.reversed_cents if transfer else None,
        transfer_state=str(transfer.state) if transfer else "",
        is_contested=contested,
        done_at=transfer.done_at if transfer else None,
    )
