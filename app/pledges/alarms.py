"""What Stripe shows of a promise is not what we asked for: nothing is booked, a person is asked to look."""

from __future__ import annotations

from datetime import datetime

import structlog

from app.payments import tasks
from app.pledges.checkout import SUBJECT
from app.pledges.models import Pledge

log = structlog.get_logger()


def strange(kind: str, pledge: Pledge, stripe_id: str, *, theirs_cents: int | None, at: datetime) -> None:
    """Once for each object of Stripe, inside the caller's transaction. `kind`: strange_session, _amount, _intent."""
    log.error(kind, pledge=pledge.id, object=stripe_id, ours=pledge.amount_cents, theirs=theirs_cents)
    tasks.open_task(
        kind, f"{kind}:{stripe_id}", at=at, subject_kind=SUBJECT, subject_id=pledge.id,
        ours_cents=pledge.amount_cents, theirs_cents=theirs_cents, object=stripe_id,
    )  # fmt: skip
