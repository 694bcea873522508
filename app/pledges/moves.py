"""The one way a pledge changes state: its reward, the campaign's total and the journal move with it."""

from __future__ import annotations

from datetime import datetime

from app.campaigns import services as campaigns
from app.core.database import db
from app.core.journal import record
from app.pledges import queries
from app.pledges.models import Pledge
from app.pledges.rules import COUNTING, HOLDS_STOCK, PledgeState, check_move, counted_cents


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
    record(action, on=pledge, by=by, at=at, was=old.value, state=to.value, **data)
