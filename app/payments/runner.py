"""Carries out planned calls: claim, commit, ask Stripe, then end the call and tell its owner in one transaction."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy import select

from app.core import clock
from app.core.database import db, transaction
from app.payments import environment, operations
from app.payments.client import Call, gateway
from app.payments.dispatch import registry
from app.payments.errors import GatewayRefused, GatewayUnavailable, WrongEnvironment
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
GIVE_UP_AFTER = 3  # calls without an answer in a row: the next bell goes on
dice = random.SystemRandom()


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
    claimed = _claim(operation_id)
    return _carry_out(*claimed) if claimed else None


def run_chain(subject_kind: str, subject_id: int) -> None:
    """Carry out the due operations of one row, and those that their handlers plan, until one stays open."""
    tried: set[int] = set()
    while True:
        waiting = _read_ids(operations.ids_to_run_of(subject_kind, subject_id, clock.now()))
        left = [one for one in waiting if one not in tried]
        if not left:
            return
        tried.add(left[0])
        if run_now(left[0]) is None:
            return


def run_due(*, limit: int = 200) -> str:
    """The job: everything that is due, in the order of its time, until nothing or `limit` is reached."""
    done = silent = 0
    tried: set[int] = set()
    while done + silent < limit and silent < GIVE_UP_AFTER:
        waiting = _read_ids(operations.ids_to_run(clock.now(), limit=limit))
        left = [one for one in waiting if one not in tried]
        if not left:
            break
        try:
            environment.ensure()
        except (GatewayUnavailable, GatewayRefused, WrongEnvironment) as error:
            return f"nothing can be sent: {type(error).__name__}"
        for operation_id in left:
            tried.add(operation_id)
            ended = _run_safely(operation_id)
            done, silent = (done + 1, silent) if ended else (done, silent + 1)
            if silent >= GIVE_UP_AFTER:
                break
    return f"{done} done, {silent} unanswered" if done or silent else ""


def _run_safely(operation_id: int) -> bool:
    """One failing handler must not keep the others waiting. False: Stripe gave no answer."""
    try:
        return run_now(operation_id) is not None
    except Exception as error:
        log.error("stripe_handler_failed", operation=operation_id, kind=type(error).__name__, exc_info=True)
        _postpone(operation_id, "handler_failed", "")
        return True


def _read_ids(ids: list[int]) -> list[int]:
    """The read must not stay open while Stripe is asked."""
    db.session.rollback()
    return ids


def _claim(operation_id: int) -> tuple[Call, Step] | None:
    """Take the lease and write down that the call is under way."""
    at = clock.now()
    with transaction():
        operation = db.session.scalar(
            select(StripeOperation)
            .where(StripeOperation.id == operation_id, operations.is_waiting(at))
            .with_for_update()
        )
        if operation is None:
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
        return _as_call(operation), step


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


def _carry_out(call: Call, step: Step) -> Outcome | None:
    try:
        outcome, request_id = _ask(call, step)
    except GatewayUnavailable as error:
        _postpone(call.operation_id, error.reason, error.request_id)
        return None
    except GatewayRefused as error:  # a look-up that Stripe does not accept: nothing may be sent
        _postpone(call.operation_id, f"refused_{error.code}"[:80], "")
        return None
    return _end(call, outcome, request_id)


def _ask(call: Call, step: Step) -> tuple[Outcome, str]:
    """Outside any transaction: look if needed, send if still needed."""
    found = gateway().look_up(call) if step.looks_first else None
    if found is not None:
        return _completed(call, found), ""
    if step.needs_new_key:
        call = _renew(call)
    outcome, request_id = gateway().send(call)
    return _completed(call, settled(call.kind, call.target, outcome)), request_id


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


def _postpone(operation_id: int, reason: str, request_id: str) -> None:
    """No answer that can be believed. A second 5xx for one key may be a kept one: only a look-up helps."""
    at = clock.now()
    with transaction():
        operation = db.session.get_one(StripeOperation, operation_id, with_for_update=True)
        if operation.state not in OPEN_STATES:
            return
        is_repeated = is_server_error(reason) and is_server_error(operation.error_code)
        if is_repeated or operation.state == OperationState.LOOK_UP:
            operation.state = OperationState.LOOK_UP
        else:
            operation.state = OperationState.UNKNOWN
        operation.error_code, operation.request_id = reason, request_id[:80]
        operation.claimed_until = None
        operation.due_at = at + timedelta(seconds=wait_seconds(operation.tries, dice.random()))
        log.warning(
            "stripe_no_answer", operation=operation_id, kind=operation.kind, reason=reason,
            tries=operation.tries, request_id=request_id,
        )  # fmt: skip


def _end(call: Call, outcome: Outcome, request_id: str) -> Outcome:
    """One transaction: the call is over, and its owner has heard. Whoever comes second changes nothing."""
    at = clock.now()
    with transaction():
        operation = db.session.get_one(StripeOperation, call.operation_id, with_for_update=True, populate_existing=True)
        if operation.state not in OPEN_STATES:
            return outcome
        operation.state = OperationState.DONE if isinstance(outcome, Done) else OperationState.REJECTED
        operation.error_code = "" if isinstance(outcome, Done) else outcome.code[:80]
        operation.request_id = request_id[:80] or operation.request_id
        operation.ended_at, operation.claimed_until = at, None
        if outcome.object is not None:
            operation.result_id = next(iter(ids_in(outcome.object)), None)
        if isinstance(outcome, (Declined, Rejected)):
            log.warning(
                "stripe_said_no", operation=operation.id, kind=operation.kind, code=outcome.code,
                request_id=request_id,
            )  # fmt: skip
        registry().handlers[OperationKind(operation.kind)](operation, outcome, at)
        # Last: a bell writes the same unique ids under its feature's lock, which the handler has taken by now.
        for stripe_id in ids_in(outcome.object or {}):
            operations.remember(stripe_id, operation.subject_kind, operation.subject_id)
    return outcome
