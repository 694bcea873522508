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
        UniqueConstraint("pledge_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    stripe_charge: Mapped[str] = mapped_column(String(120), unique=True)
    amount_cents: Mapped[int] = mapped_column()
    fee_cents: Mapped[int] = mapped_column()
    charged_at: Mapped[datetime] = mapped_column()

    pledge: Mapped[Pledge] = relationship()


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
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charges.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    account: Mapped[str] = mapped_column(String(120))
    amount_cents: Mapped[int] = mapped_column()
    platform_fee_cents: Mapped[int] = mapped_column()
    state: Mapped[TransferState] = mapped_column(String(12), default=TransferState.PLANNED)
    tries: Mapped[int] = mapped_column(default=1)  # orders given: a refused one is given again under a new key
    stripe_transfer: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column()

    charge: Mapped[Charge] = relationship()
