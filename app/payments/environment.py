"""The guard: ids of one Stripe account mean nothing at another, so every row knows its own."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import func, select, update

from app.core import clock
from app.core.database import db, insert_unless_there, kept, transaction
from app.payments.client import gateway
from app.payments.dispatch import registry
from app.payments.errors import CatchingUp, WrongEnvironment
from app.payments.models import PaymentAccount, PspEnvironment, StripeOperation
from app.payments.rules import OPEN_STATES, OperationState, is_known_status

log = structlog.get_logger()
BELIEVED_SECONDS = 60.0
_LIFE = select(PspEnvironment.psp_env, PspEnvironment.restorations).where(PspEnvironment.is_current)
# `current()` inside a larger statement.
CURRENT = func.coalesce(select(PspEnvironment.psp_env).where(PspEnvironment.is_current).scalar_subquery(), "")


def current() -> str:
    """The Stripe account our rows belong to, or "" before the first contact."""
    return current_life()[0]


def current_life() -> tuple[str, int]:
    """The Stripe account of our rows ("" before the first contact), and how often they were put back from a copy."""
    once = kept()
    if "life" not in once:
        found = db.session.execute(_LIFE).first()
        once["life"] = (str(found[0]), int(found[1])) if found else ("", 0)
    life: tuple[str, int] = once["life"]
    return life


def catch_up_from() -> datetime | None:
    """The instant of the copy that was put back, while what Stripe did since is not found again."""
    return db.session.scalar(select(PspEnvironment.catch_up_from).where(PspEnvironment.is_current))


def ensure(*, sends: bool = True) -> str:
    """Compare Stripe's account with ours before anything is sent; outside any transaction.

    The first contact, or a change while nothing is open, makes it ours. `sends`: False for who only reads,
    which is allowed while a restored database catches up.
    Errors: WrongEnvironment, CatchingUp, GatewayUnavailable.
    """
    actual = _account_of_the_key()
    row = select(PspEnvironment.psp_env, PspEnvironment.catch_up_from).where(PspEnvironment.is_current)
    with db.engine.connect() as connection:
        known = connection.execute(row).first()
    if known is not None and known.psp_env == actual:
        if sends and known.catch_up_from is not None:
            raise CatchingUp
        return actual
    with transaction():
        if current() not in ("", actual) and count_open():
            _complain(actual)
            raise WrongEnvironment
        _adopt(actual, clock.now())
    return actual


def fetch(object_type: str, object_id: str) -> dict[str, Any]:
    """An object of our Stripe account as it is now (types: see the gateway); outside any transaction.

    Another account would say that it never existed, and a promise would be given up for it.
    Errors: ObjectMissing, WrongEnvironment, GatewayUnavailable, GatewayRefused.
    """
    ensure(sends=False)
    thing = gateway().fetch(object_type, object_id)
    if not is_known_status(object_type, thing):
        log.warning("stripe_unknown_status", object=object_id, status=str(thing.get("status"))[:40])
    return thing


def _complain(actual: str) -> None:
    """Once a minute is enough: the worker comes by twice a second."""
    known, now = registry().kept, time.monotonic()
    if now - known.get("complained", -BELIEVED_SECONDS) >= BELIEVED_SECONDS:
        known["complained"] = now
        log.error("stripe_environment_differs", ours=current(), actual=actual, open=count_open())


def forget() -> None:
    """Ask Stripe again at the next `ensure()`."""
    registry().kept.pop("account", None)


def count_open() -> int:
    """Rows that still wait for something at our Stripe account: calls under way, and what features add."""
    calls = db.session.scalar(
        select(func.count()).select_from(StripeOperation).where(
            StripeOperation.state.in_(OPEN_STATES), StripeOperation.psp_env == current()
        )
    )  # fmt: skip
    return int(calls or 0) + sum(work.count() for work in registry().open_work.values())


def close_as_test_data(actual: str, at: datetime) -> int:
    """End everything that waits for the old account and take the new one; inside a transaction. Returns how many."""
    closed = sum(work.close(at) for work in registry().open_work.values())
    waiting = db.session.scalars(
        select(StripeOperation).where(StripeOperation.state.in_(OPEN_STATES), StripeOperation.psp_env == current())
    ).all()
    for operation in waiting:
        operation.state, operation.error_code = OperationState.REJECTED, "environment_closed"
        operation.ended_at = at
    db.session.flush()
    _adopt(actual, at)
    return closed + len(waiting)


def account_of_the_key() -> str:
    """The account behind the key as it is now."""
    forget()
    return _account_of_the_key()


def _account_of_the_key() -> str:
    known = registry().kept
    asked_at, account = known.get("account", (0.0, ""))
    if not account or time.monotonic() - asked_at > BELIEVED_SECONDS:
        account = str(gateway().own_account()["id"])
        known["account"] = (time.monotonic(), account)
    return str(account)


def _adopt(actual: str, at: datetime) -> None:
    db.session.execute(update(PspEnvironment).values(is_current=False))
    if db.session.get(PspEnvironment, actual) is None:
        first = {"psp_env": actual, "is_current": False, "first_seen_at": at}
        db.session.execute(insert_unless_there(PspEnvironment, "psp_env"), first)
    db.session.execute(update(PspEnvironment).where(PspEnvironment.psp_env == actual).values(is_current=True))
    # Planned before the first contact: they belong to whom they will be sent to.
    for model in (StripeOperation, PaymentAccount):
        db.session.execute(update(model).where(model.psp_env == "").values(psp_env=actual))
    kept().pop("life", None)
    log.info("stripe_environment", account=actual)
