"""A payment account asked for on a page: created at once, or waited for while the worker creates it."""

from __future__ import annotations

from app.core.database import db
from app.payments import payees, runner
from app.payments.models import PaymentAccount
from app.payments.patience import wait_for_other_hands

SUBJECT = PaymentAccount.__tablename__


def created(user_id: int) -> str:
    """Carry out what `payees.start_account` has planned; the account's id at Stripe. Outside any transaction.

    Errors: GatewayUnavailable (no answer: the worker goes on), GatewayRefused.
    """
    account = payees.get_account(user_id)
    account_id = account.id if account else 0
    db.session.rollback()
    runner.run_chain(SUBJECT, account_id)
    wait_for_other_hands(SUBJECT, account_id)  # the worker may have been faster
    return payees.stripe_account_of(user_id)
