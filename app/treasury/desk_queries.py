"""The lists of the desk: each in two or three statements, a page at a time, the next one found by its last id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, select

from app.campaigns.models import Campaign
from app.core.database import db
from app.core.errors import NotFound
from app.payments import environment
from app.payments.models import MoneyTask, PaymentAccount, StripeOperation
from app.payments.rules import CONFIRMATIONS, OPEN_STATES, OperationState
from app.pledges.models import Pledge
from app.settlement import payout_queries as payouts
from app.settlement.models import (
    Charge,
    Dispute,
    DisputeState,
    Payout,
    PayoutState,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    Transfer,
    TransferState,
)
from app.settlement.payout_rules import Situation
from app.settlement.queries import IS_PASSABLE, LEFT_CENTS, PASSES_ON, UNFINISHED
from app.treasury.models import Cancellation, CancellationState
from app.treasury.places import Place, places

PAGE = 25
ON_DESK = 5
LOOK_AT_AFTER = timedelta(minutes=1)  # younger calls are simply under way
REFUSED_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Row:
    """A line of a list: the row itself, where it leads, and what stands beside it."""

    thing: Any
    campaign: Campaign | None = None
    place: Place | None = None
    situation: Situation | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Some rows, and the id after which the next ones come; None on the last page."""

    name: str
    rows: list[Row]
    after: int | None


Filter = frozenset[int] | None  # the organisations whose campaigns are shown; None: all
Lister = Callable[[int, int, datetime, Filter], list[Row]]


def page(name: str, *, after: int, at: datetime, limit: int = PAGE, organisations: Filter = None) -> Page:
    """A page of the list `name`, after the row `after` (0: from the start). Errors: NotFound."""
    if name not in LISTS:
        raise NotFound
    rows = LISTS[name](after, limit + 1, at, organisations)
    last = rows[limit - 1].thing.id if len(rows) > limit else None
    return Page(name, rows[:limit], last)


def desk(at: datetime) -> list[Page]:
    """The beginnings of all lists, in the order of the desk."""
    return [page(name, after=0, at=at, limit=ON_DESK) for name in LISTS if name != "campagnes"]


# -- payouts -------------------------------------------------------------------------------------


def _of(organisations: Filter) -> ColumnElement[bool]:
    return literal(True) if organisations is None else Campaign.organisation_id.in_(organisations)


def _passable() -> ColumnElement[bool]:
    return exists().where(Charge.campaign_id == Campaign.id, IS_PASSABLE)


def _open_pledge() -> ColumnElement[bool]:
    return exists().where(Pledge.campaign_id == Campaign.id, Pledge.state.in_(UNFINISHED))


def _covered() -> ColumnElement[bool]:
    """As `payout_queries` decides it, for a list."""
    left = select(func.coalesce(func.sum(LEFT_CENTS), 0)).where(Charge.campaign_id == Campaign.id)
    account = select(func.coalesce(func.max(PaymentAccount.stripe_account), "")).where(
        PaymentAccount.user_id == Campaign.owner_id, PaymentAccount.psp_env == environment.CURRENT
    )
    return exists().where(
        Payout.campaign_id == Campaign.id, Payout.state == PayoutState.APPROVED,
        Payout.covers_cents >= left.scalar_subquery(), Payout.account == account.scalar_subquery(),
    )  # fmt: skip


def _campaigns(after: int, limit: int, at: datetime, *conditions: ColumnElement[bool]) -> list[Row]:
    found = db.session.scalars(
        select(Campaign).where(Campaign.id > after, *conditions).order_by(Campaign.id).limit(limit)
    ).all()
    known = payouts.situations([one.id for one in found], at=at)
    return [Row(one, one, situation=known[one.id]) for one in found]


def _to_prepare(after: int, limit: int, at: datetime, organisations: Filter) -> list[Row]:
    waits = exists().where(Payout.campaign_id == Campaign.id, Payout.state == PayoutState.PREPARED)
    return _campaigns(
        after, limit, at, Campaign.state.in_(PASSES_ON), _passable(), ~_open_pledge(), ~_covered(), ~waits
    )


def _on_their_way(after: int, limit: int, at: datetime, organisations: Filter) -> list[Row]:
    """Approved and waiting for the hold or the holder, or still being charged and repaired."""
    blocked = exists().where(Transfer.campaign_id == Campaign.id, Transfer.state == TransferState.BLOCKED)
    return _campaigns(
        after, limit, at, Campaign.state.in_(PASSES_ON), _passable() | blocked, _covered() | _open_pledge()
    )


def _all_campaigns(after: int, limit: int, at: datetime, organisations: Filter) -> list[Row]:
    """Every campaign that ever had a contribution, newest first."""
    before = Campaign.id < after if after else Campaign.id > 0
    has_any = exists().where(Pledge.campaign_id == Campaign.id)
    found = db.session.scalars(select(Campaign).where(before, has_any).order_by(Campaign.id.desc()).limit(limit))
    return [Row(one, one) for one in found]


def _payouts(after: int, limit: int, at: datetime, organisations: Filter) -> list[Row]:
    return _with_campaign(
        select(Payout, Campaign)
        .join(Campaign, Campaign.id == Payout.campaign_id)
        .where(Payout.state == PayoutState.PREPARED, Payout.id > after, _of(organisations))
        .order_by(Payout.id),
        limit,
    )


def _cancellations(after: int, limit: int, at: datetime, organisations: Filter) -> list[Row]:
    return _with_campaign(
        select(Cancellation, Campaign)
        .join(Campaign, Campaign.id == Cancellation.campaign_id)
        .where(Cancellation.state == CancellationState.PROPOSED, Cancellation.id > after, _of(organisations))
        .order_by(Cancellation.id),
        limit,
    )


def _with_campaign(query: Select[Any, Campaign], limit: int) -> list[Row]:
    return [Row(thing, campaign) for thing, campaign in db.session.execute(query.limit(limit))]


# -- money that goes back --------------------------------------------------------------------------


def _refunds_in(*states: RefundState) -> Lister:
    def rows(after: int, limit: int, at: datetime, organisations: Filter) -> list[Row]:
        found = db.session.execute(
            select(Refund, Campaign, Pledge.public_id)
            .join(Campaign, Campaign.id == Refund.campaign_id)
            .join(Charge, Charge.id == Refund.charge_id)
            .join(Pledge, Pledge.id == Charge.pledge_id)
            .where(Refund.state.in_(states), Refund.id > after, _of(organisations))
            .order_by(Refund.id)
            .limit(limit)
        )
        return [Row(one, campaign, Place(campaign.slug, public_id)) for one, campaign, public_id in found]

    return rows


def _disputes(after: int, limit: int, at: datetime, organisations: Filter) -> list[Row]:
    """With the day until which the bank takes evidence, as the task that it opened says."""
    key = literal("dispute_opened:", String) + cast(Dispute.stripe_dispute, String)
    found = db.session.execute(
        select(Dispute, Campaign, Pledge.public_id, MoneyTask.data)
        .join(Campaign, Campaign.id == Dispute.campaign_id)
        .join(Charge, Charge.id == Dispute.charge_id)
        .join(Pledge, Pledge.id == Charge.pledge_id)
        .outerjoin(MoneyTask, (MoneyTask.key == key) & MoneyTask.closed_at.is_(None))
        .where(Dispute.state == DisputeState.OPEN, Dispute.id > after)
        .order_by(Dispute.id)
        .limit(limit)
    )
    return [
        Row(one, campaign, Place(campaign.slug, public_id), due_at=_instant((data or {}).get("due_at")))
        for one, campaign, public_id, data in found
    ]


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def _debts(after: int, limit: int, at: datetime, organisations: Filter) -> list[Row]:
    found = db.session.execute(
        select(Reversal, Campaign, Pledge.public_id)
        .join(Campaign, Campaign.id == Reversal.campaign_id)
        .join(Transfer, Transfer.id == Reversal.transfer_id)
        .join(Charge, Charge.id == Transfer.charge_id)
        .join(Pledge, Pledge.id == Charge.pledge_id)
        .where(Reversal.state == ReversalState.OWED, Reversal.id > after)
        .order_by(Reversal.id)
        .limit(limit)
    )
    return [Row(one, campaign, Place(campaign.slug, public_id)) for one, campaign, public_id in found]


# -- tasks and calls -------------------------------------------------------------------------------


def _tasks(after: int, limit: int, at: datetime, organisations: Filter) -> list[Row]:
    found = db.session.scalars(
        select(MoneyTask).where(MoneyTask.closed_at.is_(None), MoneyTask.id > after).order_by(MoneyTask.id).limit(limit)
    ).all()
    return _with_places(found, [(one.subject_kind, one.subject_id) for one in found])


def _waiting_calls(after: int, limit: int, at: datetime, organisations: Filter) -> list[Row]:
    """Without an answer for longer than a call takes, or planned and not sent."""
    is_old = StripeOperation.created_at <= at - LOOK_AT_AFTER
    return _calls(after, limit, StripeOperation.state.in_(OPEN_STATES), is_old, oldest_first=True)


def _refused_calls(after: int, limit: int, at: datetime, organisations: Filter) -> list[Row]:
    """Refused by Stripe in the last month, but for cards: their refusals are the contributor's to mend."""
    return _calls(
        after, limit, StripeOperation.state == OperationState.REJECTED, StripeOperation.kind.not_in(CONFIRMATIONS),
        StripeOperation.ended_at >= at - REFUSED_WITHIN,
    )  # fmt: skip


def _calls(after: int, limit: int, *conditions: ColumnElement[bool], oldest_first: bool = False) -> list[Row]:
    number = StripeOperation.id
    following = number > after if oldest_first else number < after if after else number > 0
    order = number if oldest_first else number.desc()
    found = db.session.scalars(select(StripeOperation).where(following, *conditions).order_by(order).limit(limit)).all()
    return _with_places(found, [(one.subject_kind, one.subject_id) for one in found])


def _with_places(found: Sequence[Any], subjects: Sequence[tuple[str, int | None]]) -> list[Row]:
    known = places(subjects)
    return [replace(Row(one), place=known.get(subject)) for one, subject in zip(found, subjects, strict=True)]


LISTS: dict[str, Lister] = {
    "taches": _tasks,
    "a-preparer": _to_prepare,
    "versements": _payouts,
    "remboursements-proposes": _refunds_in(RefundState.PROPOSED),
    "annulations": _cancellations,
    "en-route": _on_their_way,
    "remboursements": _refunds_in(RefundState.PLANNED, RefundState.PENDING, RefundState.FAILED),
    "contestations": _disputes,
    "dettes": _debts,
    "appels": _waiting_calls,
    "refus": _refused_calls,
    "campagnes": _all_campaigns,
}
TO_APPROVE = ("versements", "remboursements-proposes", "annulations")


def to_approve(name: str, *, after: int, at: datetime, organisations: Filter) -> Page:
    """One of the three lists that wait for a second person. Errors: NotFound."""
    if name not in TO_APPROVE:
        raise NotFound
    return page(name, after=after, at=at, organisations=organisations)
