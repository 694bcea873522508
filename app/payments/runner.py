"""Carries out planned calls: one, the chain of one row, or everything that is due."""

from __future__ import annotations

import structlog
from sqlalchemy import select

from app.core import clock
from app.core.database import db, transaction
from app.payments import calling, environment, operations
from app.payments.calling import Leased, Subject
from app.payments.errors import GatewayRefused, GatewayUnavailable
from app.payments.flight import GIVE_UP_AFTER as GIVE_UP_AFTER
from app.payments.flight import fly
from app.payments.models import StripeOperation
from app.payments.outcomes import Outcome
from app.payments.rules import OPEN_STATES

log = structlog.get_logger()


def run_now(operation_id: int) -> Outcome | None:
    """Carry out one operation, due or not, and tell its handler.

    None: it is over already, in other hands, or Stripe gave no answer (the worker goes on with it).
    Errors: WrongEnvironment.
    """
    try:
        environment.ensure()
    except (GatewayUnavailable, GatewayRefused) as error:
        log.warning("stripe_unavailable", operation=operation_id, reason=getattr(error, "reason", "refused"))
        return None
    leased = calling.claim(operation_id)
    if leased is None:
        return None
    answer = calling.ask(leased)
    calling.finish_alone(answer)
    return answer.outcome


def run_chain(subject_kind: str, subject_id: int) -> None:
    """Carry out the due operations of one row, and those that their handlers plan, until one stays open."""
    tried: set[int] = set()
    while True:
        waiting = _read_ids(operations.ids_to_run_of(subject_kind, subject_id, clock.now()))
        left = [one for one in waiting if one not in tried]
        if not left:
            return
        tried.add(left[0])
        if run_now(left[0]) is None and not _is_over(left[0]):
            return


def _is_over(operation_id: int) -> bool:
    """Ended, by somebody else or because it was not wanted any more: what follows it may go on."""
    state = db.session.scalar(select(StripeOperation.state).where(StripeOperation.id == operation_id))
    db.session.rollback()
    return state not in OPEN_STATES


def _read_ids(ids: list[int]) -> list[int]:
    """The read must not stay open while Stripe is asked."""
    db.session.rollback()
    return ids


def run_due(*, limit: int = 1_000) -> str:
    """The job: everything that is due, in the order of its time, until nothing or `limit` is reached."""
    tried: set[int] = set()

    def take(room: int, busy: set[Subject]) -> list[Leased]:
        at = clock.now()
        with transaction():
            rows = db.session.scalars(
                select(StripeOperation)
                .where(operations.is_waiting(at), StripeOperation.due_at <= at, StripeOperation.id.not_in(tried))
                .order_by(StripeOperation.due_at, StripeOperation.id)
                .limit(min(room, limit - len(tried)) + len(busy))
                .with_for_update(skip_locked=True)
            ).all()
            leased: list[Leased] = []
            for row in rows:
                subject = (row.subject_kind, row.subject_id)
                if subject not in busy and len(leased) < room:
                    tried.add(row.id)
                    one = calling.lease(row, at)
                    if one is not None:
                        busy.add(subject)
                        leased.append(one)
            return leased

    return fly(take)
