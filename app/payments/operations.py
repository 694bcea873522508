"""The write-ahead log of calls: the intent is committed before Stripe is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import BindParameter, or_, select

from app.core.database import db, insert_unless_there, kept
from app.payments import environment
from app.payments.key_rules import names_of
from app.payments.models import StripeObject, StripeOperation
from app.payments.rules import OPEN_STATES, OperationKind, OperationState, with_marks

_ID = select(StripeOperation.id)


def installation() -> str:
    """Ten characters that name this installation at Stripe, where several may share one account."""
    return hashlib.sha256(current_app.config["SECRET_KEY"].encode()).hexdigest()[:10]


def plan(
    kind: OperationKind, *, subject_kind: str, subject_id: int, params: Mapping[str, Any], key: str,
    at: datetime, target: str = "", due_at: datetime | None = None, is_new: bool = False,
) -> StripeOperation:  # fmt: skip
    """Write the intended call, inside the caller's transaction. Its parameters never change.

    `subject_kind`, `subject_id`: table name and id of the row that the call is about.
    `key`: idempotency key, unique for ever in this installation (e.g. `pi:12:1`); an operation of the
    same key is returned as it is. `target`: the Stripe id that the call acts on, if any. `is_new`: the key holds
    a number given in this very transaction, so no call has it yet (the constraint would say so).
    """
    psp_env, restorations = environment.current_life()
    names = names_of(installation(), key, restorations)
    known = None if is_new else db.session.scalar(_ID.where(StripeOperation.idempotency_key.in_(names)))
    if known is not None:
        return db.session.get_one(StripeOperation, known)
    whole_key = names[-1]
    operation = StripeOperation(
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        target=target,
        params=with_marks(kind, params, env=installation(), op=whole_key, subject=f"{subject_kind}:{subject_id}"),
        idempotency_key=whole_key,
        psp_env=psp_env,
        state=OperationState.PLANNED,
        created_at=at,
        due_at=due_at or at,
    )
    db.session.add(operation)
    db.session.flush()
    planned_here()[operation.id] = operation
    return operation


def planned_here() -> dict[int, StripeOperation]:
    """The calls planned in the transaction under way: nobody else can see or hold them yet."""
    found: dict[int, StripeOperation] = kept().setdefault("planned", {})
    return found


def remember(stripe_id: str, subject_kind: str, subject_id: int) -> None:
    """Note whose a Stripe id is, inside the caller's transaction. The first owner stays."""
    remember_all({stripe_id: (subject_kind, subject_id)})


def remember_all(owners: Mapping[str, tuple[str, int]]) -> None:
    """`remember` for several: Stripe id → (table name, id). One statement, none for what was noted here before."""
    noted: set[str] = kept().setdefault("remembered", set())
    new = {stripe_id: owner for stripe_id, owner in owners.items() if stripe_id not in noted}
    if not new:
        return
    env = environment.current()
    rows = [
        {"stripe_id": stripe_id, "subject_kind": kind, "subject_id": subject_id, "psp_env": env}
        for stripe_id, (kind, subject_id) in sorted(new.items())
    ]
    db.session.execute(insert_unless_there(StripeObject, "stripe_id"), rows)
    noted.update(new)


def find_subject(stripe_id: str) -> tuple[str, int] | None:
    """(table name, id) of the row that a Stripe id belongs to."""
    row = db.session.get(StripeObject, stripe_id)
    return (row.subject_kind, row.subject_id) if row else None


def is_waiting(at: datetime | BindParameter[datetime]) -> Any:
    """The condition of operations that may be taken now: open, and in nobody's hands."""
    return StripeOperation.state.in_(OPEN_STATES) & or_(
        StripeOperation.claimed_until.is_(None), StripeOperation.claimed_until <= at
    )


def ids_to_run(at: datetime, *, limit: int) -> list[int]:
    """Due operations, oldest first."""
    return list(
        db.session.scalars(
            select(StripeOperation.id)
            .where(is_waiting(at), StripeOperation.due_at <= at)
            .order_by(StripeOperation.due_at, StripeOperation.id)
            .limit(limit)
        )
    )


def ids_to_run_of(subject_kind: str, subject_id: int, at: datetime) -> list[int]:
    """Due operations of one row, in the order of their planning."""
    return list(
        db.session.scalars(
            select(StripeOperation.id)
            .where(
                is_waiting(at),
                StripeOperation.due_at <= at,
                StripeOperation.subject_kind == subject_kind,
                StripeOperation.subject_id == subject_id,
            )
            .order_by(StripeOperation.id)
        )
    )


def is_in_other_hands(subject_kind: str, subject_id: int, at: datetime) -> bool:
    """Whether another request or the worker is asking Stripe something about this row right now."""
    held = (
        select(StripeOperation.id)
        .where(
            StripeOperation.subject_kind == subject_kind,
            StripeOperation.subject_id == subject_id,
            StripeOperation.state.in_(OPEN_STATES),
            StripeOperation.claimed_until > at,
        )
        .limit(1)
    )
    return db.session.scalar(held) is not None
