"""Holders' connected accounts: opened once, filled in on Stripe's own pages, and asked about, never believed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import or_, select

from app.core import clock
from app.core.database import db, transaction
from app.core.journal import record
from app.payments import environment, operations
from app.payments.dispatch import register
from app.payments.errors import GatewayRefused, GatewayUnavailable, ObjectMissing, WrongEnvironment
from app.payments.identities import prints_of
from app.payments.models import PaymentAccount, StripeOperation
from app.payments.outcomes import Done, Outcome
from app.payments.rules import OperationKind, account_status

ASK_AGAIN_AFTER = timedelta(hours=1)


class Person(Protocol):
    """What is needed of an account of ours."""

    id: int
    email: str
    name: str


def get_account(user_id: int) -> PaymentAccount | None:
    """The holder's account at the Stripe account now in use, if one was asked for."""
    return db.session.scalar(
        select(PaymentAccount).where(PaymentAccount.user_id == user_id, PaymentAccount.psp_env == environment.CURRENT)
    )


def status_of(user_id: int) -> str:
    """none, new (asked for, not filled in), pending (Stripe checks), active, restricted. As last heard."""
    account = get_account(user_id)
    return account.status if account else "none"


def stripe_account_of(user_id: int) -> str:
    """The holder's id at Stripe; the read is closed again, so that Stripe may be asked next.

    Errors: GatewayUnavailable (not answered yet), GatewayRefused (Stripe said no to its creation).
    """
    account = get_account(user_id)
    found, is_refused = (account.stripe_account, account.generation > 1) if account else (None, False)
    db.session.rollback()
    if found is None:
        raise GatewayRefused if is_refused else GatewayUnavailable
    return found


def start_account(user: Person, *, at: datetime, entity_type: str = "individual") -> PaymentAccount:
    """Plan the creation at Stripe, once: a second call changes nothing. Run the chain after the commit.

    `entity_type`: individual, company, non_profit or government_entity.
    """
    account = get_account(user.id)
    if account is None:
        account = PaymentAccount(
            user_id=user.id, psp_env=environment.current(), generation=1, status="new", created_at=at
        )
        db.session.add(account)
        record("payee.account_asked", on=account, by=user.id, at=at, entity_type=entity_type)
    if account.stripe_account is None:
        operations.plan(
            OperationKind.ACCOUNT_CREATE,
            subject_kind="payment_accounts",
            subject_id=account.id,
            params=account_params(user, entity_type),
            # Its instant too: a database begun anew counts from 1 again, and must not be answered with
            # the account of somebody of the old one.
            key=f"acct:{account.id}:{account.generation}:{account.created_at:%Y%m%d%H%M%S%f}",
            at=at,
        )
    return account


def account_params(user: Person, entity_type: str) -> dict[str, Any]:
    """Accounts v2: the platform bears fees and losses, Stripe's Express pages do the rest (payments design §1.4)."""
    return {
        "contact_email": user.email,
        "display_name": user.name,
        "dashboard": "express",
        "identity": {"country": "fr", "entity_type": entity_type},
        "configuration": {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}},
        "defaults": {
            "currency": "eur",
            "responsibilities": {"fees_collector": "application", "losses_collector": "application"},
        },
    }


def account_created(operation: StripeOperation, outcome: Outcome, at: datetime) -> None:
    """Handler of account.create. After a refusal the holder may ask again: another order, another key."""
    account = db.session.get_one(PaymentAccount, operation.subject_id)
    if isinstance(outcome, Done):
        if account.stripe_account is None:
            account.stripe_account = str(outcome.object["id"])
            record("payee.account_created", on=account, by=None, at=at)
        return
    account.generation += 1
    record("payee.account_refused", on=account, by=None, at=at, code=outcome.code)


def register_handlers() -> None:
    register(OperationKind.ACCOUNT_CREATE, account_created)


def refresh(user_id: int) -> str:
    """Ask Stripe how the account stands and keep it; returns the status. Outside any transaction.

    Errors: GatewayUnavailable, GatewayRefused.
    """
    account = get_account(user_id)
    account_id, stripe_id = (account.id, account.stripe_account) if account else (0, None)
    db.session.rollback()
    if not account_id or stripe_id is None:
        return "new" if account_id else "none"
    try:
        found = environment.fetch("account", stripe_id)
        status, prints = account_status(found), prints_of(found)
    except ObjectMissing:  # deleted in Stripe's dashboard
        status, prints = "restricted", ""
    at = clock.now()
    with transaction():
        row = db.session.get_one(PaymentAccount, account_id)
        if row.status != status:
            record("payee.status_changed", on=row, by=None, at=at, before=row.status, after=status)
        row.status, row.checked_at, row.prints = status, at, prints
    return status


def refresh_waiting(*, limit: int = 50) -> str:
    """The job: accounts that cannot receive yet are asked about once an hour."""
    at = clock.now()
    waiting = db.session.scalars(
        select(PaymentAccount.user_id)
        .where(
            PaymentAccount.psp_env == environment.current(),
            PaymentAccount.stripe_account.is_not(None),
            PaymentAccount.status != "active",
            or_(PaymentAccount.checked_at.is_(None), PaymentAccount.checked_at <= at - ASK_AGAIN_AFTER),
        )
        .order_by(PaymentAccount.id)
        .limit(limit)
    ).all()
    db.session.rollback()
    asked = 0
    for user_id in waiting:
        try:
            refresh(user_id)
        except (GatewayUnavailable, GatewayRefused, WrongEnvironment):
            break
        asked += 1
    return f"{asked} accounts" if asked else ""
