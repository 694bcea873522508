"""The clock's part of moderation. Safe to stop, repeat, or run twice at once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from app.campaigns.models import Campaign
from app.campaigns.rules import FIRST_ANSWER_WORKING_DAYS, CampaignState
from app.core import clock
from app.core.calendar import working_days_between
from app.core.database import db, transaction
from app.core.errors import MoveNotAllowed
from app.moderation import mails, queries, suspension_services, watch_queries, watch_rules
from app.moderation.models import Review, ReviewPhase
from app.moderation.rules import SECOND_ANSWERS_WITHIN
from app.moderation.watch_models import Ending, Suspension

TOLD_WITHIN = timedelta(days=3)  # long enough for the largest campaign, then no query looks at it again
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


def watch() -> Counter[str]:
    """Lift what nobody confirmed, cancel what nobody lifted, close what ended elsewhere."""
    report: Counter[str] = Counter()
    at = clock.now()
    today = clock.paris_day(at).date()
    due = watch_queries.open_suspensions()
    db.session.rollback()
    for suspension_id, slug, state, since, is_confirmed, closes_at in due:
        since_day = clock.paris_day(since).date()
        try:
            with transaction():
                if state != CampaignState.SUSPENDED:
                    suspension_services.close(db.session.get_one(Suspension, suspension_id), at=at)
                    report["closed"] += 1
                elif watch_rules.is_unconfirmed(since_day, today, is_confirmed=is_confirmed):
                    suspension_services.lift_unconfirmed(watch_queries.get_watch(slug), at=at)
                    report["lifted"] += 1
                elif watch_rules.is_beyond_lifting(closes_at, at):
                    suspension_services.cancel_unlifted(watch_queries.get_watch(slug), at=at)
                    report["cancelled"] += 1
        except (MoveNotAllowed, StaleDataError):
            report["done elsewhere"] += 1
    db.session.rollback()
    return report


def tell() -> Counter[str]:
    """Write to the contributors of a suspended campaign, a hundred at a time, and again when it is lifted."""
    report: Counter[str] = Counter()
    begun = db.session.scalars(select(Suspension.id).where(Suspension.ended_at.is_(None)).limit(50)).all()
    lifted = db.session.scalars(
        select(Suspension.id)
        .where(
            Suspension.ending.in_([Ending.LIFTED, Ending.UNCONFIRMED]),
            Suspension.told_end_pledge_id < Suspension.told_pledge_id,
            Suspension.ended_at > clock.now() - TOLD_WITHIN,
        )
        .limit(50)
    ).all()
    db.session.rollback()
    for ids, verb in ((begun, suspension_services.tell_contributors), (lifted, suspension_services.tell_end)):
        for suspension_id in ids:
            with transaction():
                report["told"] += verb(db.session.get_one(Suspension, suspension_id), at=clock.now())
    db.session.rollback()
    return report
