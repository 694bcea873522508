"""The clock's part: open what is due, close what has ended. Safe to stop, repeat, or run twice at once."""

from __future__ import annotations

from collections import Counter

from app.campaigns import queries, services
from app.campaigns.errors import CampaignMoveNotAllowed, CannotReceive, ChangedSinceApproval
from app.core import clock
from app.core.database import db, transaction


def open_due() -> Counter[str]:
    """Put online the approved campaigns whose chosen day has come; say once why one waits."""
    report: Counter[str] = Counter()
    for campaign_id in queries.ids_to_open(clock.now()):
        with transaction():
            campaign = queries.get(campaign_id)
            try:
                services.go_live(campaign, at=clock.now())
                report["opened"] += 1
            except CannotReceive:
                services.delay_opening(campaign, reason="account", at=clock.now())
            except ChangedSinceApproval:
                services.delay_opening(campaign, reason="changed", at=clock.now())
            except CampaignMoveNotAllowed:
                report["done elsewhere"] += 1
    db.session.rollback()
    return report


def close_due() -> Counter[str]:
    """End the collection of live campaigns whose last second has passed."""
    report: Counter[str] = Counter()
    for campaign_id in queries.ids_to_close(clock.now()):
        with transaction():
            try:
                services.close(queries.get(campaign_id), at=clock.now())
                report["closed"] += 1
            except CampaignMoveNotAllowed:
                report["done elsewhere"] += 1
    db.session.rollback()
    return report
