"""The first and the last step of a database that was put back from a copy, as far as Stripe is concerned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, update

from app.core.database import db
from app.payments.models import PspEnvironment, StripeEvent, StripeOperation
from app.payments.rules import OPEN_STATES, OperationState


def begin(*, taken_at: datetime, at: datetime) -> int:
    """Shut the gate until Stripe's doings since `taken_at` are found again; returns how many calls were open.

    Every open call may have been made in the life that is lost, however long ago: it is looked up, never repeated.
    """
    opened = db.session.execute(
        update(StripeOperation)
        .where(StripeOperation.state.in_(OPEN_STATES))
        .values(
            state=OperationState.LOOK_UP,
            first_sent_at=func.coalesce(StripeOperation.first_sent_at, StripeOperation.created_at),
            claimed_until=None,
            due_at=at,
        )
    )
    db.session.execute(update(StripeEvent).values(claimed_until=None).where(StripeEvent.claimed_until.is_not(None)))
    db.session.execute(
        update(PspEnvironment)
        .where(PspEnvironment.is_current)
        .values(restorations=PspEnvironment.restorations + 1, catch_up_from=taken_at)
    )
    return int(opened.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def caught_up() -> None:
    """Open the gate."""
    db.session.execute(update(PspEnvironment).values(catch_up_from=None))
