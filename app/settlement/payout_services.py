"""Two persons let a campaign's money leave: one prepares, another approves, either may stop it. The caller commits.

Who they may be is decided by the room that knows it (treasury); that they are two is decided here and by the database.
"""

from __future__ import annotations

from datetime import datetime

from app.core.database import db
from app.core.journal import record
from app.pledges import queries as pledges
from app.settlement import payout_queries as queries
from app.settlement.errors import NothingToPayOut, NothingToStop, PayoutChanged, SamePerson, StillOpen
from app.settlement.models import Payout, PayoutState
from app.settlement.payout_rules import Situation


def prepare_payout(campaign_id: int, *, by: int, at: datetime) -> Payout:
    """Ask a second person to let all that was collected and not given back leave, for the account of today.

    A second click gives the same row; one prepared before the sums or the account changed is replaced.
    Errors: StillOpen (a contribution is being charged or repaired), NothingToPayOut.
    """
    pledges.lock_campaign(campaign_id)
    now = queries.situation(campaign_id, at=at)
    if now.has_open_pledge:
        raise StillOpen
    if not now.may_be_prepared:
        raise NothingToPayOut
    if now.prepared_id is not None:
        waiting = queries.get_payout(now.prepared_id)
        if (waiting.covers_cents, waiting.account) == (now.collected_cents, now.account):
            return waiting
        _end(waiting, by=by, at=at, why="changed")
    payout = Payout(
        campaign_id=campaign_id, covers_cents=now.collected_cents, account=now.account, prepared_by_id=by,
        prepared_at=at, state=PayoutState.PREPARED,
    )  # fmt: skip
    db.session.add(payout)
    record("payout.prepared", on=payout, by=by, at=at, covers_cents=payout.covers_cents, account=payout.account)
    return payout


def approve_payout(payout: Payout, *, by: int, at: datetime) -> None:
    """The second person agrees: the transfers leave once the hold is over. A second click changes nothing.

    Errors: SamePerson; NothingToStop when it was withdrawn; PayoutChanged when money or account moved since.
    """
    now = _situation(payout, at)
    if payout.state == PayoutState.APPROVED:
        return
    if payout.state != PayoutState.PREPARED:
        raise NothingToStop
    if by == payout.prepared_by_id:
        raise SamePerson
    if not now.has_succeeded or now.collected_cents > payout.covers_cents or now.account != payout.account:
        raise PayoutChanged
    payout.state, payout.approved_by_id, payout.approved_at = PayoutState.APPROVED, by, at
    record("payout.approved", on=payout, by=by, at=at, covers_cents=payout.covers_cents, account=payout.account)


def withdraw_payout(payout: Payout, *, by: int, at: datetime) -> None:
    """Stop it, prepared or approved, as long as something has not left; one person is enough to be careful.

    A second click changes nothing. Errors: NothingToStop.
    """
    now = _situation(payout, at)
    if payout.state == PayoutState.WITHDRAWN:
        return
    if payout.state == PayoutState.APPROVED and now.to_pass_on[1] == 0:
        raise NothingToStop
    _end(payout, by=by, at=at, why="stopped")


def withdraw_all(campaign_id: int, *, by: int, at: datetime) -> None:
    """The campaign is cancelled: no approval of its money stands."""
    for payout in queries.payouts_of(campaign_id):
        if payout.state != PayoutState.WITHDRAWN:
            _end(payout, by=by, at=at, why="cancelled")


def _end(payout: Payout, *, by: int, at: datetime, why: str) -> None:
    payout.state, payout.ended_at = PayoutState.WITHDRAWN, at
    record("payout.withdrawn", on=payout, by=by, at=at, why=why)
    db.session.flush()  # before another one takes its place as the prepared one


def _situation(payout: Payout, at: datetime) -> Situation:
    pledges.lock_campaign(payout.campaign_id)
    db.session.refresh(payout)
    return queries.situation(payout.campaign_id, at=at)
