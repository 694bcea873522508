"""Charges and transfers: what was tried, what was taken, what was passed on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Model
from app.pledges.models import Pledge


class AttemptState(StrEnum):
    SENT = "sent"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    UNKNOWN = "unknown"


class Attempt(Model):
    """One try to charge a pledge, written before the call. At most one ever succeeds."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("pledge_id", "number"),
        Index(
            "uq_attempts_one_success", "pledge_id", unique=True,
            sqlite_where=text("state = 'succeeded'"), postgresql_where=text("state = 'succeeded'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"))
    number: Mapped[int] = mapped_column()
    on_session: Mapped[bool] = mapped_column(default=False)
    state: Mapped[AttemptState] = mapped_column(String(12), default=AttemptState.SENT)
    code: Mapped[str] = mapped_column(String(60), default="")
    decline_code: Mapped[str] = mapped_column(String(60), default="")
    started_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()


class Charge(Model):
    """Money really taken for a pledge, as Stripe booked it. Cents; fee = Stripe's own."""

    __tablename__ = "charges"
    __table_args__ = (
        CheckConstraint("amount_cents > 0 AND fee_cents >= 0", name="amounts_make_sense"),
        CheckConstraint("refunded_cents BETWEEN 0 AND amount_cents", name="refunded_within_amount"),
        UniqueConstraint("pledge_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    stripe_charge: Mapped[str] = mapped_column(String(120), unique=True)
    amount_cents: Mapped[int] = mapped_column()
    fee_cents: Mapped[int] = mapped_column()
    refunded_cents: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # given back for good, or taken by a lost dispute
    charged_at: Mapped[datetime] = mapped_column()

    pledge: Mapped[Pledge] = relationship()


class RefundReason(StrEnum):
    """Why money goes back to its contributor."""

    ASKED = "asked"  # the contributor of a flexible campaign changed their mind before the end
    LATE = "late"  # paid when the campaign no longer accepted it, or its reward was gone
    CANCELLED = "cancelled"  # the campaign was cancelled
    FAILED = "failed"  # paid, contested at the verdict of a campaign that failed, and counting again
    MISSED = "missed"  # below the share of the goal under which the rules refund everybody
    OVERDUE = "overdue"  # the holder could not be paid within 90 days of the charge
    GOODWILL = "goodwill"  # decided by two persons
    DUPLICATE = "duplicate"
    FRAUD = "fraud"
    FOUND = "found"  # made in Stripe's own dashboard


class RefundState(StrEnum):
    PROPOSED = "proposed"  # waits for a second person
    PLANNED = "planned"  # to be sent, or being sent
    PENDING = "pending"  # the bank has not finished
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Refund(Model):
    """Money on its way back to the card it came from. Cents; written before the call."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_is_positive"),
        CheckConstraint(
            "state IN ('proposed','planned','pending','succeeded','failed','cancelled')", name="state_is_known"
        ),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> proposed_by_id", name="two_distinct_persons"),
        Index("ix_refunds_state", "state"),
        Index(
            "uq_refunds_one_proposed", "charge_id", "amount_cents", unique=True,
            sqlite_where=text("state = 'proposed'"), postgresql_where=text("state = 'proposed'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)  # random: its name at Stripe
    charge_id: Mapped[int] = mapped_column(ForeignKey("charges.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    amount_cents: Mapped[int] = mapped_column()
    reason: Mapped[RefundReason] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(500), default="")  # said to the contributor
    state: Mapped[RefundState] = mapped_column(String(12), default=RefundState.PLANNED)
    tries: Mapped[int] = mapped_column(default=1)  # orders given: a refused one is given again under a new key
    stripe_refund: Mapped[str | None] = mapped_column(String(120), unique=True)
    code: Mapped[str] = mapped_column(String(60), default="")  # why it failed
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column()
    approved_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()

    charge: Mapped[Charge] = relationship()


class DisputeState(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Dispute(Model):
    """A contributor contests a charge at their bank: the bank takes the money until it has decided. Cents."""

    __tablename__ = "disputes"

    id: Mapped[int] = mapped_column(primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charges.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    stripe_dispute: Mapped[str] = mapped_column(String(120), unique=True)
    amount_cents: Mapped[int] = mapped_column()
    fee_cents: Mapped[int] = mapped_column(default=0)  # Stripe's, borne by the platform; given back when won
    reason: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[DisputeState] = mapped_column(String(12), default=DisputeState.OPEN)
    opened_at: Mapped[datetime] = mapped_column()
    closed_at: Mapped[datetime | None] = mapped_column()

    charge: Mapped[Charge] = relationship()


class PayoutState(StrEnum):
    PREPARED = "prepared"  # by one person
    APPROVED = "approved"  # by a second one: the transfers may leave when the hold is over
    WITHDRAWN = "withdrawn"


class Payout(Model):
    """The two approvals that let a campaign's money leave, up to what had been collected then. Cents."""

    __tablename__ = "payouts"
    __table_args__ = (
        CheckConstraint("covers_cents >= 0", name="covers_is_not_negative"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> prepared_by_id", name="two_distinct_persons"),
        Index(
            "uq_payouts_one_prepared", "campaign_id", unique=True,
            sqlite_where=text("state = 'prepared'"), postgresql_where=text("state = 'prepared'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    covers_cents: Mapped[int] = mapped_column()
    # The holder's account at Stripe that was approved; another one wants two approvals anew.
    account: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[PayoutState] = mapped_column(String(12), default=PayoutState.PREPARED)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    prepared_at: Mapped[datetime] = mapped_column()
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()


class TransferState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    BLOCKED = "blocked"


class Transfer(Model):
    """What the holder receives of one charge: amount = charge − Stripe's fee − platform's fee (cents)."""

    __tablename__ = "transfers"
    __table_args__ = (
        UniqueConstraint("charge_id"),
        CheckConstraint("amount_cents >= 0 AND platform_fee_cents >= 0", name="amounts_make_sense"),
        CheckConstraint("reversed_cents BETWEEN 0 AND amount_cents", name="reversed_within_amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charges.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    account: Mapped[str] = mapped_column(String(120))
    amount_cents: Mapped[int] = mapped_column()
    platform_fee_cents: Mapped[int] = mapped_column()
    # What was left of the charge when it was passed on; None: all of it.
    base_cents: Mapped[int | None] = mapped_column()
    reversed_cents: Mapped[int] = mapped_column(default=0, server_default="0")  # taken back from the holder's account
    state: Mapped[TransferState] = mapped_column(String(12), default=TransferState.PLANNED)
    tries: Mapped[int] = mapped_column(default=1)  # orders given: a refused one is given again under a new key
    stripe_transfer: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column()

    charge: Mapped[Charge] = relationship()


class ReversalState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    OWED = "owed"  # the holder's account held too little: a debt, tried again


class Reversal(Model):
    """A part of a transfer taken back from the holder's account, because its charge went back. Cents."""

    __tablename__ = "reversals"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_is_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfers.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"), index=True)
    dispute_id: Mapped[int | None] = mapped_column(ForeignKey("disputes.id"), index=True)
    amount_cents: Mapped[int] = mapped_column()
    state: Mapped[ReversalState] = mapped_column(String(12), default=ReversalState.PLANNED)
    tries: Mapped[int] = mapped_column(default=1)
    stripe_reversal: Mapped[str | None] = mapped_column(String(120), unique=True)
    code: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()

    transfer: Mapped[Transfer] = relationship()
