"""Reads of this room for pages and commands."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.core.database import db
from app.payments.models import EventState, StripeEvent, StripeOperation
from app.payments.rules import OPEN_STATES


def last_webhook_at() -> datetime | None:
    """When a notification last arrived by itself (not by poll)."""
    return db.session.scalar(select(func.max(StripeEvent.received_at)).where(StripeEvent.source == "webhook"))


def count_stuck(at: datetime) -> int:
    """Calls first sent more than an hour ago and still open."""
    found = db.session.scalar(
        select(func.count())
        .select_from(StripeOperation)
        .where(StripeOperation.state.in_(OPEN_STATES), StripeOperation.first_sent_at <= at - timedelta(hours=1))
    )
    return int(found or 0)


def count_failed_events() -> int:
    """Events whose bell failed until it was given up."""
    found = db.session.scalar(
        select(func.count()).select_from(StripeEvent).where(StripeEvent.state == EventState.FAILED)
    )
    return int(found or 0)
