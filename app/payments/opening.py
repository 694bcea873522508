"""A payment account asked for on a page: created at once, or waited for while the worker creates it."""

from __future__ import annotations

import time

from app.core import clock
from app.core.database import db
from app.payments import operations, payees, runner
from app.payments.errors import GatewayUnavailable
from app.payments.models import PaymentAccount

PATIENCE_SECONDS = 4.0
LOOK_EVERY_SECONDS = 0.1


def created(user_id: int) -> str:
    """Carry out what `payees.start_account` has planned; the account's id at Stripe. Outside any transaction.

    Errors: GatewayUnavailable (no answer: the worker goes on), GatewayRefused.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        is_held = _carry_out(user_id)
        try:
            return payees.stripe_account_of(user_id)
        except GatewayUnavailable:
            if not is_held or time.monotonic() >= until:
                raise
        time.sleep(LOOK_EVERY_SECONDS)


def _carry_out(user_id: int) -> bool:
    """True when the worker was faster and is asking Stripe right now."""
    account = payees.get_account(user_id)
    account_id = account.id if account else 0
    db.session.rollback()
    runner.run_chain(PaymentAccount.__tablename__, account_id)
    is_held = operations.is_in_other_hands(PaymentAccount.__tablename__, account_id, clock.now())
    db.session.rollback()
    return is_held
