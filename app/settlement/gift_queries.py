"""Reads about gifts charged at once: what is not booked yet, what is going back, who is still to be told."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, String, cast, exists, func, literal, select

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState, FundingKind
from app.core.database import db
from app.core.outbox import OutboxMail
from app.pledges.models import Pledge
from app.pledges.rules import WITHOUT_CARD, PledgeState
from app.settlement.models import Charge, Refund, RefundState

KEPT = frozenset({PledgeState.PAID, PledgeState.PART_REFUNDED})
TOLD = frozenset({CampaignState.SUCCEEDED, CampaignState.SETTLED})
ON_ITS_WAY = (RefundState.PLANNED, RefundState.PENDING)


def _is_unbooked() -> ColumnElement[bool]:
    """Checkout has taken the money and nothing is booked: between the two bells, or after a crash."""
    has_charge = exists().where(Charge.pledge_id == Pledge.id)
    return Pledge.state.in_(WITHOUT_CARD) & Pledge.payment_intent.is_not(None) & ~has_charge


def is_unbooked(pledge_id: int) -> bool:
    found = db.session.scalar(select(Pledge.id).where(Pledge.id == pledge_id, _is_unbooked()))
    db.session.rollback()
    return found is not None


def waits_for_payment(pledge_id: int) -> bool:
    """Whether a gift of a flexible campaign is not known to be paid: its Session tells."""
    found = db.session.scalar(
        select(Pledge.id)
        .join(Campaign, Campaign.id == Pledge.campaign_id)
        .where(
            Pledge.id == pledge_id, Pledge.state.in_(WITHOUT_CARD), Pledge.payment_intent.is_(None),
            Campaign.kind == FundingKind.FLEXIBLE,
        )
    )  # fmt: skip
    db.session.rollback()
    return found is not None


def ids_unbooked(limit: int = 200) -> list[int]:
    return _ids(_is_unbooked(), limit=limit)


def ids_to_tell(limit: int = 200) -> list[int]:
    """Contributors of a flexible campaign that has succeeded, to whom the mail of its end was not written yet."""
    has_succeeded = select(Campaign.id).where(Campaign.state.in_(TOLD), Campaign.kind == FundingKind.FLEXIBLE)
    occasion = literal("pledge:") + cast(Pledge.id, String) + literal(":ended")
    return _ids(
        Pledge.state.in_(KEPT),
        Pledge.campaign_id.in_(has_succeeded),
        ~exists().where(OutboxMail.occasion == occasion),
        limit=limit,
    )


def _ids(*conditions: ColumnElement[bool], limit: int) -> list[int]:
    found = list(db.session.scalars(select(Pledge.id).where(*conditions).order_by(Pledge.id).limit(limit)))
    db.session.rollback()
    return found


def kept_cents(campaign_id: int) -> int:
    """What was paid for a campaign and is not refunded, nor on its way back."""
    going = (
        select(func.coalesce(func.sum(Refund.amount_cents), 0))
        .join(Charge, Charge.id == Refund.charge_id)
        .where(Charge.pledge_id == Pledge.id, Refund.state == RefundState.PLANNED)
        .correlate(Pledge)
        .scalar_subquery()
    )
    total = select(func.sum(Pledge.amount_cents - Pledge.refunded_cents - going)).where(
        Pledge.campaign_id == campaign_id, Pledge.state.in_(KEPT)
    )
    return int(db.session.scalar(total) or 0)


def being_refunded(pledge_ids: Iterable[int]) -> dict[int, int]:
    """pledge id → cents on their way back to its card; those of which nothing is are left out."""
    wanted = (
        select(Charge.pledge_id, func.sum(Refund.amount_cents))
        .join(Refund, Refund.charge_id == Charge.id)
        .where(Charge.pledge_id.in_(list(pledge_ids)), Refund.state.in_(ON_ITS_WAY))
        .group_by(Charge.pledge_id)
    )
    return {pledge_id: int(cents) for pledge_id, cents in db.session.execute(wanted)}
