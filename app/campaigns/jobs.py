"""The clock's part: open what is due, close what has ended. Safe to stop, repeat, or run twice at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sqlalchemy.orm.exc import StaleDataError

from app.campaigns import queries, search, services
from app.campaigns.errors import CampaignMoveNotAllowed, CannotReceive, ChangedSinceApproval
from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction


def open_due() -> Counter[str]:
    """Put online the approved campaigns whose chosen day has come; say once why one waits."""
    return _each(queries.ids_to_open(clock.now()), _open)


def close_due() -> Counter[str]:
    """End the collection of live campaigns whose last second has passed."""
    return _each(queries.ids_to_close(clock.now()), _close)


def index_new() -> Counter[str]:
    """Take the searched words of the campaigns that were written before their order was kept."""
    ids = search.ids_without_words()
    db.session.rollback()  # nothing to write most of the time: no lock is taken
    if not ids:
        return Counter()
    with transaction():
        return Counter({"indexed": search.reindex(ids)})


def _each(ids: list[int], act: Callable[[Campaign], str]) -> Counter[str]:
    """One transaction a campaign; what another worker did meanwhile is left to it."""
    report: Counter[str] = Counter()
    for campaign_id in ids:
        try:
            with transaction():
                done = act(queries.get(campaign_id))
        except (CampaignMoveNotAllowed, StaleDataError):
            done = "done elsewhere"
        if done:
            report[done] += 1
    db.session.rollback()
    return report


def _open(campaign: Campaign) -> str:
    try:
        services.go_live(campaign, at=clock.now())
    except CannotReceive:
        services.delay_opening(campaign, reason="account", at=clock.now())
        return ""
    except ChangedSinceApproval:
        services.delay_opening(campaign, reason="changed", at=clock.now())
        return ""
    return "opened"


def _close(campaign: Campaign) -> str:
    services.close(campaign, at=clock.now())
    return "closed"
