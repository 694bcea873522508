"""How the machines are: the worker's beat, Stripe's last words, outages, the last nightly comparison."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.core.database import db
from app.core.jobs import newest_beat
from app.payments import queries as payments
from app.payments.models import EventState, MoneyTask, StripeEvent
from app.payments.outages import Outage
from app.settlement.nights import NightRun


@dataclass(frozen=True)
class Health:
    """`beat_at`: system time, None when the worker was never seen; the others are the platform's time."""

    beat_at: datetime | None
    worker_is_alive: bool
    last_event_at: datetime | None
    last_webhook_at: datetime | None
    events_waiting: int
    events_failed: int
    calls_stuck: int
    outages: list[Outage]  # newest first
    compared_at: datetime | None
    differences: int  # that the comparison found and nobody has explained


def health(*, at: datetime, real: datetime) -> Health:
    """Eight statements. `real`: the system's time, like the worker's beat."""
    beat = newest_beat()
    by_state = db.session.execute(select(StripeEvent.state, func.count()).group_by(StripeEvent.state))
    events = {str(state): int(count) for state, count in by_state}
    differing = select(func.count()).where(MoneyTask.closed_at.is_(None), MoneyTask.kind == "books_differ")
    return Health(
        beat_at=beat.at if beat else None,
        worker_is_alive=beat is not None and beat.is_well(real),
        last_event_at=db.session.scalar(select(func.max(StripeEvent.received_at))),
        last_webhook_at=payments.last_webhook_at(),
        events_waiting=events.get(EventState.RECEIVED.value, 0),
        events_failed=events.get(EventState.FAILED.value, 0),
        calls_stuck=payments.count_stuck(at),
        outages=list(db.session.scalars(select(Outage).order_by(Outage.id.desc()).limit(3))),
        compared_at=db.session.scalar(select(NightRun.ended_at).where(NightRun.name == "books")),
        differences=int(db.session.scalar(differing) or 0),
    )
