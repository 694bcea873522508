"""Statements: what was taken, given back and passed on, line by line; cents. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Row, Select, exists, or_, select

from app.campaigns.models import Campaign
from app.core.clock import PARIS, paris_day
from app.core.database import db
from app.pledges.models import Pledge
from app.settlement.models import Charge, Dispute, DisputeState, Transfer, TransferState


@dataclass(frozen=True)
class PassedOn:
    """One charge in the holder's statement. `transferred_cents`: what reached the holder, less what was taken back."""

    reference: str
    charged_on: date
    amount_cents: int
    returned_cents: int  # refunded, or lost to a bank
    stripe_fee_cents: int
    platform_fee_cents: int
    transferred_cents: int
    transferred_on: date | None


@dataclass(frozen=True)
class Paid:
    """One payment in a contributor's statement."""

    public_id: str
    campaign: str
    paid_on: date
    amount_cents: int
    returned_cents: int
    is_contested: bool

    @property
    def kept_cents(self) -> int:
        return self.amount_cents - self.returned_cents


def of_campaign(campaign_id: int) -> list[PassedOn]:
    """Every charge of a campaign, in the order of the pledges. One statement."""
    rows = db.session.execute(
        select(Charge, Transfer, Pledge.public_id)
        .join(Pledge, Pledge.id == Charge.pledge_id)
        .outerjoin(Transfer, (Transfer.charge_id == Charge.id) & (Transfer.state == TransferState.DONE))
        .where(Charge.campaign_id == campaign_id)
        .order_by(Charge.pledge_id)
    )
    return [_passed_on(*row) for row in rows]


def _passed_on(charge: Charge, transfer: Transfer | None, public_id: str) -> PassedOn:
    base = charge.amount_cents if transfer is None or transfer.base_cents is None else transfer.base_cents
    return PassedOn(
        reference=public_id[:8],
        charged_on=_day(charge.charged_at),
        amount_cents=charge.amount_cents,
        returned_cents=charge.refunded_cents,
        stripe_fee_cents=base - transfer.amount_cents - transfer.platform_fee_cents if transfer else 0,
        platform_fee_cents=transfer.platform_fee_cents if transfer else 0,
        transferred_cents=transfer.amount_cents - transfer.reversed_cents if transfer else 0,
        transferred_on=_day(transfer.done_at) if transfer and transfer.done_at else None,
    )


def of_contributor(user_id: int | None, email: str, year: int) -> list[Paid]:
    """What one person was charged in a civil year of Paris, oldest first: by account, or by a proven address."""
    begins, ends = (datetime(one, 1, 1, tzinfo=PARIS).astimezone(UTC) for one in (year, year + 1))
    rows = db.session.execute(
        _payments()
        .where(_of_person(user_id, email), Charge.charged_at >= begins, Charge.charged_at < ends)
        .order_by(Charge.id)
    )
    return [_paid(row) for row in rows]


def of_pledge(pledge_id: int) -> Paid | None:
    """The payment of one pledge; None while nothing was charged."""
    row = db.session.execute(_payments().where(Charge.pledge_id == pledge_id)).first()
    return _paid(row) if row else None


def _of_person(user_id: int | None, email: str) -> ColumnElement[bool]:
    same = Pledge.email == email.lower()
    return same if user_id is None else or_(same, Pledge.user_id == user_id)


def _payments() -> Select[Charge, str, str, bool]:
    contested = exists().where(Dispute.charge_id == Charge.id, Dispute.state == DisputeState.OPEN)
    return (
        select(Charge, Pledge.public_id, Campaign.title, contested)
        .join(Pledge, Pledge.id == Charge.pledge_id)
        .join(Campaign, Campaign.id == Charge.campaign_id)
    )


def _paid(row: Row[Charge, str, str, bool]) -> Paid:
    charge, public_id, title, contested = row
    return Paid(
        public_id=public_id, campaign=title, paid_on=_day(charge.charged_at), amount_cents=charge.amount_cents,
        returned_cents=charge.refunded_cents, is_contested=bool(contested),
    )  # fmt: skip


def _day(at: datetime) -> date:
    return paris_day(at).date()
