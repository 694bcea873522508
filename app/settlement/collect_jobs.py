"""Collecting: what is due is charged, many calls at once, in the order of the promises."""

from __future__ import annotations

from itertools import groupby

from app.core import clock
from app.core.database import db, transaction
from app.payments import calling
from app.payments.calling import Leased, Subject
from app.payments.flight import fly
from app.payments.runner import run_chain
from app.pledges.checkout import SUBJECT
from app.pledges.models import Pledge
from app.settlement import charge_services as charges
from app.settlement.collect_queries import to_collect


def collect_due() -> str:
    """The job: charge what is due. Safe to stop, repeat, or run twice at once; only a few rows are read at a time."""
    seen = 0
    campaigns: dict[int, int] = {}

    def take(room: int, busy: set[Subject]) -> list[Leased]:
        nonlocal seen
        at = clock.now()
        found = to_collect(at, after=seen, limit=room)
        leased: list[Leased] = []
        for campaign_id, some in groupby(found, lambda one: one.campaign_id):
            ids = [one.pledge_id for one in some if (SUBJECT, one.pledge_id) not in busy]
            campaigns.update(dict.fromkeys(ids, campaign_id))
            leased += _begin(ids)
        if found:
            seen = found[-1].pledge_id
        return leased

    def campaign_of(leased: Leased) -> int:
        return campaigns[leased.subject[1]]

    return fly(take, group_of=campaign_of)


def _begin(pledge_ids: list[int]) -> list[Leased]:
    """Plan and lease the next call of each of these promises of one campaign, in one transaction."""
    at = clock.now()
    with transaction():
        begun = [pledge_id for pledge_id in pledge_ids if charges.collect(pledge_id, at=at)]
        return calling.lease_due(SUBJECT, begun, at)


def collect_one(pledge_id: int) -> str:
    """Both calls of one pledge, one after the other, then its state in a word: for a person who waits."""
    with transaction():
        if not charges.collect(pledge_id, at=clock.now()):
            return ""
    run_chain(SUBJECT, pledge_id)
    state = str(db.session.get_one(Pledge, pledge_id, populate_existing=True).state)
    db.session.rollback()
    return state
