"""Reads about the way of a campaign's money to its holder: what is approved, what is missing, who is waited for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from app.accounts.models import SecondFactor
from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.payments import environment
from app.payments.models import PaymentAccount
from app.pledges.models import Pledge
from app.settlement.models import Charge, Payout, PayoutState, Transfer, TransferState
from app.settlement.payout_rules import Situation
from app.settlement.queries import IS_PASSABLE, LEFT_CENTS, PASSES_ON, UNFINISHED


def waits_for_holder(campaign_id: int) -> bool:
    """True when the money waits for nothing but its holder: reminders and the 90 days count only then."""
    return situation(campaign_id, at=clock.now()).waits_for_holder


def situation(campaign_id: int, *, at: datetime) -> Situation:
    """Errors: NotFound."""
    found = situations([campaign_id], at=at)
    if campaign_id not in found:
        raise NotFound
    return found[campaign_id]


def situations(campaign_ids: Collection[int], *, at: datetime) -> dict[int, Situation]:
    """Each campaign's; six statements, however many there are."""
    if not campaign_ids:
        return {}
    rows = db.session.execute(
        select(
            Campaign.id, Campaign.state, Campaign.verdict_at, PaymentAccount.stripe_account, PaymentAccount.status,
            PaymentAccount.created_at, SecondFactor.confirmed_at,
        )
        .select_from(Campaign)
        .outerjoin(
            PaymentAccount,
            (PaymentAccount.user_id == Campaign.owner_id) & (PaymentAccount.psp_env == environment.CURRENT),
        )
        .outerjoin(SecondFactor, SecondFactor.user_id == Campaign.owner_id)
        .where(Campaign.id.in_(campaign_ids))
    ).all()  # fmt: skip
    mine = Charge.campaign_id.in_(campaign_ids)
    collected = {one: cents for one, _, cents in _sums(mine)}
    waiting = {one: (count, cents) for one, count, cents in _sums(mine, IS_PASSABLE)}
    open_ones = _campaigns_of(Pledge.campaign_id, campaign_ids, Pledge.state.in_(UNFINISHED))
    blocked = _campaigns_of(Transfer.campaign_id, campaign_ids, Transfer.state == TransferState.BLOCKED)
    payouts = _payouts(campaign_ids)
    hold_days = current_app.config["SETTINGS"].hold_days
    found = {}
    for campaign_id, state, verdict_at, account, status, since, factor_since in rows:
        approvals, prepared = payouts.get(campaign_id, ([], None))
        cents = collected.get(campaign_id, 0)
        found[campaign_id] = Situation(
            campaign_id=campaign_id, at=at, has_succeeded=state in PASSES_ON, has_open_pledge=campaign_id in open_ones,
            verdict_at=verdict_at, hold_days=hold_days, collected_cents=cents,
            to_pass_on=waiting.get(campaign_id, (0, 0)), has_blocked=campaign_id in blocked, account=account or "",
            account_since=since, account_is_active=status == "active", has_second_factor=factor_since is not None,
            approval_id=_covering(approvals, cents, account or ""), prepared_id=prepared,
        )  # fmt: skip
    return found


def _sums(*conditions: Any) -> list[tuple[int, int, int]]:
    """(campaign, how many charges, what is left of them in cents)."""
    rows = db.session.execute(
        select(Charge.campaign_id, func.count(), func.sum(LEFT_CENTS)).where(*conditions).group_by(Charge.campaign_id)
    )
    return [(int(one), int(count), int(cents)) for one, count, cents in rows]


def _campaigns_of(column: Any, campaign_ids: Collection[int], condition: Any) -> set[int]:
    return set(db.session.scalars(select(column).where(column.in_(campaign_ids), condition).distinct()))


def _payouts(campaign_ids: Collection[int]) -> dict[int, tuple[list[Payout], int | None]]:
    """Campaign → (its approved payouts, newest first; the id of the one that waits)."""
    found: dict[int, tuple[list[Payout], int | None]] = {}
    alive = Payout.state.in_((PayoutState.PREPARED, PayoutState.APPROVED))
    for payout in db.session.scalars(
        select(Payout).where(Payout.campaign_id.in_(campaign_ids), alive).order_by(Payout.id.desc())
    ):
        approvals, prepared = found.get(payout.campaign_id, ([], None))
        if payout.state == PayoutState.PREPARED:
            found[payout.campaign_id] = (approvals, payout.id)
        else:
            found[payout.campaign_id] = ([*approvals, payout], prepared)
    return found


def _covering(approvals: list[Payout], cents: int, account: str) -> int | None:
    """The newest approval for at least `cents`, given for this very account."""
    return next((one.id for one in approvals if one.covers_cents >= cents and one.account == account), None)


def get_payout(payout_id: int) -> Payout:
    """Errors: NotFound."""
    found = db.session.get(Payout, payout_id)
    if found is None:
        raise NotFound
    return found


def payouts_of(campaign_id: int) -> list[Payout]:
    """Newest first."""
    return list(
        db.session.scalars(select(Payout).where(Payout.campaign_id == campaign_id).order_by(Payout.id.desc()).limit(50))
    )
