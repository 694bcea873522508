"""The border to Stripe: intended calls, received events, connected accounts, the ledger."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Model
from app.core.journal import append_only
from app.payments.rules import OperationState


class StripeOperation(Model):
    """A call to Stripe, written and committed before it is made. Parameters never change."""

    __tablename__ = "stripe_operations"
    __table_args__ = (
        Index("ix_stripe_operations_state_due_at", "state", "due_at"),
        Index("ix_stripe_operations_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))  # e.g. customer.create, session.create, intent.confirm
    subject_kind: Mapped[str] = mapped_column(String(40))  # table name of the feature's row
    subject_id: Mapped[int] = mapped_column()
    target: Mapped[str] = mapped_column(String(120), default="")  # the Stripe id the call is about, if any
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    psp_env: Mapped[str] = mapped_column(String(80))
    state: Mapped[OperationState] = mapped_column(String(12), default=OperationState.PLANNED)
    created_at: Mapped[datetime] = mapped_column()
    due_at: Mapped[datetime] = mapped_column()
    first_sent_at: Mapped[datetime | None] = mapped_column()
    claimed_until: Mapped[datetime | None] = mapped_column()
    tries: Mapped[int] = mapped_column(default=0)
    renewals: Mapped[int] = mapped_column(default=0)  # new keys sent after a look-up found nothing
    result_id: Mapped[str | None] = mapped_column(String(120))
    error_code: Mapped[str] = mapped_column(String(80), default="")
    request_id: Mapped[str] = mapped_column(String(80), default="")
    ended_at: Mapped[datetime | None] = mapped_column()


class StripeObject(Model):
    """Any Stripe id → our row, unique: an event finds its pledge even before our own answer was stored."""

    __tablename__ = "stripe_objects"
    __table_args__ = (Index("ix_stripe_objects_subject", "subject_kind", "subject_id"),)

    stripe_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column()
    psp_env: Mapped[str] = mapped_column(String(80))


class EventState(StrEnum):
    RECEIVED = "received"
    DONE = "done"
    IGNORED = "ignored"
    REFUSED = "refused"
    FAILED = "failed"


class StripeEvent(Model):
    """A bell that rang, by webhook or by poll. Its body's state is never believed."""

    __tablename__ = "stripe_events"
    __table_args__ = (
        Index("ix_stripe_events_state_received_at", "state", "received_at"),
        Index("ix_stripe_events_object_id", "object_id"),
    )

    event_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    type: Mapped[str] = mapped_column(String(80))
    object_id: Mapped[str] = mapped_column(String(120), default="")
    account: Mapped[str] = mapped_column(String(120), default="")
    livemode: Mapped[bool] = mapped_column(default=False)
    body: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(10))  # webhook, poll
    created: Mapped[int] = mapped_column()  # Stripe's seconds, for display only
    received_at: Mapped[datetime] = mapped_column()
    state: Mapped[EventState] = mapped_column(String(12), default=EventState.RECEIVED)
    tries: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()


class EventCursor(Model):
    """How far the poller has read, in Stripe's seconds. One row an environment."""

    __tablename__ = "event_cursors"

    psp_env: Mapped[str] = mapped_column(String(80), primary_key=True)
    created: Mapped[int] = mapped_column()


class PspEnvironment(Model):
    """The Stripe account (or fake instance) that our ids belong to. One row is current."""

    __tablename__ = "psp_environments"

    psp_env: Mapped[str] = mapped_column(String(80), primary_key=True)
    is_current: Mapped[bool] = mapped_column(default=True)
    first_seen_at: Mapped[datetime] = mapped_column()
    # How often this database was put back from a copy: part of every key made since (`key_rules.py`).
    restorations: Mapped[int] = mapped_column(default=0, server_default="0")
    # The instant of that copy, until all that Stripe made after it is found again. Nothing is sent before.
    catch_up_from: Mapped[datetime | None] = mapped_column()


class PaymentAccount(Model):
    """A holder's connected account at Stripe. One a holder and environment; `can_receive` = capability active."""

    __tablename__ = "payment_accounts"
    __table_args__ = (UniqueConstraint("user_id", "psp_env"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    psp_env: Mapped[str] = mapped_column(String(80))
    generation: Mapped[int] = mapped_column(default=1)
    stripe_account: Mapped[str | None] = mapped_column(String(120), unique=True)
    status: Mapped[str] = mapped_column(String(20), default="new")  # new, pending, active, restricted
    checked_at: Mapped[datetime | None] = mapped_column()
    prints: Mapped[str | None] = mapped_column(Text)  # of the identity that Stripe has checked (`identities.py`)
    created_at: Mapped[datetime] = mapped_column()

    @property
    def can_receive(self) -> bool:
        return self.status == "active" and self.stripe_account is not None


class LedgerTransaction(Model):
    """A balanced fact about money. Unique per Stripe object and kind: never booked twice."""

    __tablename__ = "ledger_transactions"
    __table_args__ = (
        UniqueConstraint("kind", "stripe_id"),
        Index("ix_ledger_transactions_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))  # charge, transfer, refund …
    stripe_id: Mapped[str] = mapped_column(String(120))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column()
    psp_env: Mapped[str] = mapped_column(String(80))

    entries: Mapped[list[LedgerEntry]] = relationship(back_populates="transaction")


class LedgerEntry(Model):
    """One line, in signed cents: the entries of a transaction add up to zero. Append-only.

    Accounts: see `ledger.py`.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (CheckConstraint("amount_cents <> 0", name="amount_is_not_zero"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("ledger_transactions.id"), index=True)
    account: Mapped[str] = mapped_column(String(60), index=True)
    amount_cents: Mapped[int] = mapped_column()

    transaction: Mapped[LedgerTransaction] = relationship(back_populates="entries")


class LedgerSeal(Model):
    """The chain of hashes over the ledger: a fact rewritten by hand breaks every seal after it."""

    __tablename__ = "ledger_seals"

    transaction_id: Mapped[int] = mapped_column(ForeignKey("ledger_transactions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)  # 1, 2, 3 … without a gap
    seal: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of the seal before and of this fact


class LedgerHead(Model):
    """The newest seal: one row, locked by whoever writes the next fact."""

    __tablename__ = "ledger_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column()
    seal: Mapped[str] = mapped_column(String(64))


class MoneyTask(Model):
    """Something about money that only a person can explain or decide, with both sides shown.

    Open once a `key`; a finding that comes back after it was closed opens another one.
    """

    __tablename__ = "money_tasks"
    __table_args__ = (
        Index(
            "uq_money_tasks_open_key", "key", unique=True,
            sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_money_tasks_closed_at_opened_at", "closed_at", "opened_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(160))
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None] = mapped_column()
    ours_cents: Mapped[int | None] = mapped_column()
    theirs_cents: Mapped[int | None] = mapped_column()
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # ids, codes, counts; never a person's data
    opened_at: Mapped[datetime] = mapped_column()
    seen_at: Mapped[datetime] = mapped_column()
    closed_at: Mapped[datetime | None] = mapped_column()
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    closing_words: Mapped[str] = mapped_column(Text, default="")


append_only(LedgerTransaction)
append_only(LedgerEntry)
append_only(LedgerSeal)
