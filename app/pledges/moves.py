"""The one way a pledge changes state: its reward, the campaign's total and the journal move with it."""

from __future__ import annotations

from datetime import datetime

from app.campaigns import services as campaigns
from app.campaigns.errors import StockExhausted
from app.core.database import db
from app.core.journal import record
from app.pledges import queries
from app.pledges.models import Pledge
from app.pledges.rules import COUNTING, HOLDS_STOCK, REFUNDABLE, PledgeState, check_move, counted_cents


def move(
    pledge: Pledge,
    to: PledgeState,
    *,
    action: str,
    by: int | None,
    at: datetime,
    **data: int | str | bool | None,
) -> None:
    """Lead a pledge to `to`; the caller holds the campaign's lock and commits.

    `action` names the journal line (`pledge.authorised`). What the pledge adds to the total and the
    reward that it keeps follow from the two states alone, so no verb can forget them.
    Errors: PledgeMoveNotAllowed; StockExhausted when a reward must be taken again and none is left;
    StaleDataError when somebody else has just changed the row.
    """
    old = PledgeState(pledge.state)
    check_move(old, to)
    before = counted_cents(old, pledge.amount_cents, pledge.refunded_cents)
    pledge.state = to
    after = counted_cents(to, pledge.amount_cents, pledge.refunded_cents)
    db.session.flush()
    if pledge.reward_id is not None and (old in HOLDS_STOCK) != (to in HOLDS_STOCK):
        change = campaigns.take_stock if to in HOLDS_STOCK else campaigns.give_back_stock
        change(pledge.reward_id)
    if (old in COUNTING) != (to in COUNTING):
        persons = 0 if queries.has_other_of_same_person(pledge) else 1
        campaigns.add_to_total(pledge.campaign_id, after - before, persons if to in COUNTING else -persons)
        if pledge.reward_id is not None:
            campaigns.count_promise(pledge.reward_id, 1 if to in COUNTING else -1)
    record(action, on=pledge, by=by, at=at, was=old.value, state=to.value, **data)


def set_refunded(pledge: Pledge, refunded_cents: int, *, action: str, at: datetime) -> None:
    """So much of a paid pledge has gone back in all: its state and the campaign's total follow.

    Contested or lost pledges keep their state: only the figure changes. A refund that failed may find
    the pledge's reward given to somebody else: the pledge then goes on without one.
    """
    old = PledgeState(pledge.state)
    if refunded_cents == 0:  # one that was charged too late was never among the paid
        to = PledgeState.ABANDONED if pledge.late_at is not None and pledge.paid_at is None else PledgeState.PAID
    else:
        to = PledgeState.REFUNDED if refunded_cents == pledge.amount_cents else PledgeState.PART_REFUNDED
    if old not in REFUNDABLE:
        pledge.refunded_cents = refunded_cents
        record(action, on=pledge, by=None, at=at, refunded_cents=refunded_cents)
    elif to == old or (old in COUNTING and to in COUNTING):
        change, pledge.refunded_cents = pledge.refunded_cents - refunded_cents, refunded_cents
        pledge.state = to
        db.session.flush()
        campaigns.add_to_total(pledge.campaign_id, change, 0)
        record(action, on=pledge, by=None, at=at, was=old.value, state=to.value, refunded_cents=refunded_cents)
    elif to == PledgeState.REFUNDED:  # leaves the total with what still counted of it
        move(pledge, to, action=action, by=None, at=at, refunded_cents=refunded_cents)
        pledge.refunded_cents = refunded_cents
    else:
        pledge.refunded_cents = refunded_cents
        move_or_lose_reward(pledge, to, action=action, at=at, refunded_cents=refunded_cents)


def move_or_lose_reward(
    pledge: Pledge, to: PledgeState, *, action: str, at: datetime, **data: int | str | bool | None
) -> None:
    """`move` for a pledge that counts again: when its reward went to somebody else meanwhile, it has none."""
    reward_id = pledge.reward_id
    try:
        with db.session.begin_nested():
            move(pledge, to, action=action, by=None, at=at, **data)
    except StockExhausted:
        db.session.refresh(pledge, ["state", "reward_id"])
        record("pledge.reward_lost", on=pledge, by=None, at=at, reward=reward_id)
        pledge.reward_id = None
        move(pledge, to, action=action, by=None, at=at, **data)
