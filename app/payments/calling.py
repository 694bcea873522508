"""One call, step by step: leased and committed, asked outside any transaction, then ended with its owner in one."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, bindparam, select

from app.core import clock
from app.core.database import UtcDateTime, db, transaction
from app.payments import operations
from app.payments.client import Call, gateway
from app.payments.dispatch import is_wanted, registry
from app.payments.errors import KEY_IS_TAKEN, GatewayRefused, GatewayUnavailable
from app.payments.key_rules import is_since_restore
from app.payments.models import StripeOperation
from app.payments.outcomes import Declined, Done, Outcome, Rejected, settled
from app.payments.rules import (
    CAN_BE_LOOKED_UP,
    CONFIRMATIONS,
    LEASE,
    OPEN_STATES,
    OperationKind,
    OperationState,
    Step,
    ids_in,
    is_booked,
    is_server_error,
    next_step,
    wait_seconds,
)

log = structlog.get_logger()
dice = random.SystemRandom()
NOT_WANTED = "not_wanted"  # the code of a call that was stopped before it was ever sent
Subject = tuple[str, int]

# Built once: thousands of calls are leased and ended with the same two.
_NOW = bindparam("now", type_=UtcDateTime())
_DUE = (
    select(StripeOperation.id, StripeOperation.subject_id)
    .where(
        operations.is_waiting(_NOW),
        StripeOperation.due_at <= _NOW,
        StripeOperation.subject_kind == bindparam("kind"),
        StripeOperation.subject_id.in_(bindparam("subjects", expanding=True)),
    )
    .order_by(StripeOperation.id)
)
_LOCKED = (
    select(StripeOperation)
    .where(StripeOperation.id.in_(bindparam("wanted", expanding=True)))
    .order_by(StripeOperation.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Leased:
    """A call in our hands for a minute, and how it is to be sent."""

    call: Call
    step: Step
    subject: Subject


@dataclass(frozen=True)
class Answer:
    """What came back. `outcome` None: nothing that can be believed, for the reason `silence`."""

    leased: Leased
    outcome: Outcome | None
    request_id: str = ""
    silence: str = ""


def lease(operation: StripeOperation, at: datetime) -> Leased | None:
    """Write down, inside the caller's transaction, that the call is under way. The caller holds the row's lock.

    None: it was never sent, and is not wanted any more. It is over.
    """
    is_planned_here = operation.id in operations.planned_here()  # its verb has just decided
    if operation.first_sent_at is None and not is_planned_here and not is_wanted(operation):
        operation.state, operation.error_code, operation.ended_at = OperationState.REJECTED, NOT_WANTED, at
        log.info("stripe_call_not_wanted", operation=operation.id, kind=operation.kind)
        return None
    step = next_step(
        operation.kind, first_sent_at=operation.first_sent_at,
        is_doubtful=operation.state == OperationState.LOOK_UP, at=at,
    )  # fmt: skip
    if operation.first_sent_at is None and is_since_restore(operation.idempotency_key):
        step = replace(step, looks_first=operation.kind in CAN_BE_LOOKED_UP)
    if operation.state != OperationState.LOOK_UP:
        operation.state = OperationState.SENT
    operation.first_sent_at = operation.first_sent_at or at
    operation.claimed_until = at + LEASE
    operation.tries += 1
    return Leased(_as_call(operation), step, (operation.subject_kind, operation.subject_id))


def lease_due(kind: str, subject_ids: Iterable[int], at: datetime) -> list[Leased]:
    """Lease the oldest due call of each of these rows, inside the caller's transaction.

    One at a time for one row: its calls build on each other.
    """
    found = db.session.execute(_DUE, {"now": at, "kind": kind, "subjects": list(subject_ids)})
    first: dict[int, int] = {}
    for operation_id, subject_id in found:
        first.setdefault(subject_id, operation_id)
    ours = operations.planned_here()
    rows = {one: ours[one] for one in first.values() if one in ours}
    others = [one for one in first.values() if one not in ours]
    if others:
        rows |= locked(others, operations.is_waiting(at))
    return [leased for _id, row in sorted(rows.items()) if (leased := lease(row, at)) is not None]


def claim(operation_id: int) -> Leased | None:
    """Lease one call, due or not, in a transaction of its own; None: it is over, or in other hands."""
    at = clock.now()
    with transaction():
        operation = db.session.scalar(
            select(StripeOperation)
            .where(StripeOperation.id == operation_id, operations.is_waiting(at))
            .with_for_update()
        )
        return lease(operation, at) if operation is not None else None


def _as_call(operation: StripeOperation) -> Call:
    key = operation.idempotency_key
    assert operation.first_sent_at is not None
    return Call(
        operation_id=operation.id,
        kind=operation.kind,
        target=operation.target,
        params=dict(operation.params),
        key=f"{key}#{operation.renewals + 1}" if operation.renewals else key,
        mark=key,
        sent_at=operation.first_sent_at,
    )


def ask(leased: Leased) -> Answer:
    """Outside any transaction: look if needed, send if still needed."""
    call, step = leased.call, leased.step
    try:
        found = gateway().look_up(call) if step.looks_first else None
        if found is not None:
            return Answer(leased, _completed(call, found))
        if step.needs_new_key:
            call = _renew(call)
        outcome, request_id = gateway().send(call)
        return Answer(leased, _completed(call, settled(call.kind, call.target, outcome)), request_id)
    except GatewayUnavailable as error:
        return Answer(leased, None, error.request_id, error.reason or "no_answer")
    except GatewayRefused as error:  # a look-up that Stripe does not accept: nothing may be sent
        return Answer(leased, None, "", f"refused_{error.code}"[:80])


def _completed(call: Call, outcome: Outcome) -> Outcome:
    """A confirmation is handed over with its charge and fee, which the ledger needs."""
    if call.kind in CONFIRMATIONS and isinstance(outcome, Done) and not is_booked(outcome.object):
        return Done(gateway().fetch("payment_intent", call.target))
    return outcome


def _renew(call: Call) -> Call:
    """The old key is worthless: write a new one down before it is used."""
    at = clock.now()
    with transaction():
        operation = db.session.get_one(StripeOperation, call.operation_id, with_for_update=True)
        operation.renewals += 1
        operation.first_sent_at = at
        operation.state = OperationState.SENT
        operation.error_code = ""
        renewed = _as_call(operation)
    return replace(renewed, params=call.params)


def locked(operation_ids: Iterable[int], *conditions: ColumnElement[bool]) -> dict[int, StripeOperation]:
    """The rows as they are now, in the order of their ids, so that two who end the same calls queue up."""
    rows = db.session.scalars(_LOCKED.where(*conditions) if conditions else _LOCKED, {"wanted": list(operation_ids)})
    return {row.id: row for row in rows}


def finish(operation: StripeOperation, answer: Answer, at: datetime) -> None:
    """Inside the caller's transaction, which holds the row: the call is over and its owner hears, or it is
    put off. Whoever comes second changes nothing."""
    if operation.state not in OPEN_STATES:
        return
    if answer.outcome is None:
        postpone(operation, answer.silence, answer.request_id, at)
        return
    outcome = answer.outcome
    operation.state = OperationState.DONE if isinstance(outcome, Done) else OperationState.REJECTED
    operation.error_code = "" if isinstance(outcome, Done) else outcome.code[:80]
    operation.request_id = answer.request_id[:80] or operation.request_id
    operation.ended_at, operation.claimed_until = at, None
    if outcome.object is not None:
        operation.result_id = next(iter(ids_in(outcome.object)), None)
    if isinstance(outcome, (Declined, Rejected)):
        log.warning(
            "stripe_said_no", operation=operation.id, kind=operation.kind, code=outcome.code,
            request_id=answer.request_id,
        )  # fmt: skip
    registry().handlers[OperationKind(operation.kind)](operation, outcome, at)


def remember_ids(answers: Iterable[Answer]) -> None:
    """Note whose the ids in these answers are, inside the caller's transaction and after the handlers: a bell
    writes the same unique ids under its feature's lock, which a handler has taken by then."""
    owners: dict[str, Subject] = {}
    for answer in answers:
        found = answer.outcome.object if answer.outcome is not None else None
        owners |= {stripe_id: answer.leased.subject for stripe_id in ids_in(found or {}) if stripe_id not in owners}
    operations.remember_all(owners)


def postpone(operation: StripeOperation, reason: str, request_id: str, at: datetime) -> None:
    """No answer that can be believed. A second 5xx for one key may be a kept one: only a look-up helps."""
    is_repeated = is_server_error(reason) and is_server_error(operation.error_code)
    if is_repeated or reason == KEY_IS_TAKEN or operation.state == OperationState.LOOK_UP:
        operation.state = OperationState.LOOK_UP
    else:
        operation.state = OperationState.UNKNOWN
    operation.error_code, operation.request_id = reason, request_id[:80]
    operation.claimed_until = None
    operation.due_at = at + timedelta(seconds=wait_seconds(operation.tries, dice.random()))
    log.warning(
        "stripe_no_answer", operation=operation.id, kind=operation.kind, reason=reason,
        tries=operation.tries, request_id=request_id,
    )  # fmt: skip


def finish_alone(answer: Answer) -> None:
    """One call in a transaction of its own."""
    at = clock.now()
    with transaction():
        for operation in locked([answer.leased.call.operation_id]).values():
            finish(operation, answer, at)
        remember_ids([answer])


def put_off(answer: Answer, error: Exception) -> None:
    """Its handler has failed: the others do not wait, and Stripe is asked about this call again later."""
    log.error(
        "stripe_handler_failed", operation=answer.leased.call.operation_id, kind=type(error).__name__, exc_info=error
    )
    finish_alone(replace(answer, outcome=None, silence="handler_failed", request_id=""))
