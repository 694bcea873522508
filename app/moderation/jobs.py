"""The clock's part of moderation. Safe to stop, repeat, or run twice at once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select

from app.campaigns.models import Campaign
from app.campaigns.rules import FIRST_ANSWER_WORKING_DAYS, CampaignState
from app.core import clock
from app.core.calendar import working_days_between
from app.core.database import db, transaction
from app.moderation import mails, queries
from app.moderation.models import Review, ReviewPhase
from app.moderation.rules import SECOND_ANSWERS_WITHIN

LEAST = timedelta(days=3)  # no fewer days can hold three working days


def chase() -> Counter[str]:
    """Tell the network's leads of files that nobody took, or that no second person decided, in three working days."""
    report: Counter[str] = Counter()
    for slug, why in _waiting(clock.now()):
        with transaction():
            mails.nobody_free(queries.get_case(slug), at=clock.now(), why=why)
        report[why] += 1
    db.session.rollback()
    return report


def _waiting(at: datetime) -> list[tuple[str, str]]:
    today = clock.paris_day(at).date()
    proposed = db.session.execute(
        select(Campaign.slug, Review.proposed_at)
        .join(Review, Review.campaign_id == Campaign.id)
        .where(Review.phase == ReviewPhase.PROPOSED, Review.proposed_at < at - LEAST)
        .limit(200)
    ).all()
    untaken = db.session.execute(
        select(Campaign.slug, Campaign.submitted_at)
        .outerjoin(Review, (Review.campaign_id == Campaign.id) & Review.phase.in_(queries.OPEN_PHASES))
        .where(
            Campaign.state == CampaignState.SUBMITTED, Campaign.submitted_at < at - LEAST, Review.taken_by_id.is_(None)
        )
        .limit(200)
    ).all()
    late = [
        (slug, why)
        for rows, why, days in (
            (proposed, "second", SECOND_ANSWERS_WITHIN),
            (untaken, "untaken", FIRST_ANSWER_WORKING_DAYS),
        )
        for slug, since in rows
        if since is not None and working_days_between(clock.paris_day(since).date(), today) > days
    ]
    db.session.rollback()
    return late
