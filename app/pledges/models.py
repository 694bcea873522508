"""Pledges: one person's promise to one campaign."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.campaigns.models import Campaign, Reward
from app.core.database import Model
from app.pledges.rules import PledgeState


class Pledge(Model):
    """A promise. Guests have no user; `public_id` (128 random bits) is its name in URLs and at Stripe."""

    __tablename__ = "pledges"
    __table_args__ = (
        CheckConstraint("amount_cents BETWEEN 100 AND 99999999", name="amount_in_range"),
        CheckConstraint("refunded_cents BETWEEN 0 AND amount_cents", name="refund_within_amount"),
        CheckConstraint(
            "state IN ('draft','authorised','abandoned','withdrawn','released','due','charging','needs_action',"
            "'needs_card','paid','dropped','part_refunded','refunded','disputed','lost')",
            name="state_is_known",
        ),
        Index("ix_pledges_campaign_id_state", "campaign_id", "state"),
        Index("ix_pledges_state_retry_at", "state", "retry_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    form_key: Mapped[str] = mapped_column(String(64), unique=True)  # one per form shown: a second click finds it
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    reward_id: Mapped[int | None] = mapped_column(ForeignKey("rewards.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    hides_amount: Mapped[bool] = mapped_column(default=False)
    message: Mapped[str] = mapped_column(String(500), default="")
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    departement_code: Mapped[str | None] = mapped_column(String(3))  # of the postcode, which is not kept
    epci_code: Mapped[str | None] = mapped_column(String(20))

    amount_cents: Mapped[int] = mapped_column()
    refunded_cents: Mapped[int] = mapped_column(default=0)
    state: Mapped[PledgeState] = mapped_column(String(20), default=PledgeState.DRAFT)
    consent_version: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(index=True)
    authorised_at: Mapped[datetime | None] = mapped_column()
    paid_at: Mapped[datetime | None] = mapped_column()

    session_number: Mapped[int] = mapped_column(default=0)  # how many Checkout Sessions were asked
    checkout_session: Mapped[str | None] = mapped_column(String(120), unique=True)  # the newest
    checkout_url: Mapped[str | None] = mapped_column(Text)
    session_expires_at: Mapped[datetime | None] = mapped_column()
    customer: Mapped[str | None] = mapped_column(String(120))
    payment_method: Mapped[str | None] = mapped_column(String(120))
    card_brand: Mapped[str] = mapped_column(String(20), default="")
    card_last4: Mapped[str] = mapped_column(String(4), default="")
    card_exp: Mapped[str] = mapped_column(String(7), default="")  # « 2027-03 »
    payment_intent: Mapped[str | None] = mapped_column(String(120), unique=True)

    attempts_count: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None] = mapped_column()
    first_declined_at: Mapped[datetime | None] = mapped_column()  # opens the repair window
    last_decline: Mapped[str] = mapped_column(String(60), default="")
    claimed_until: Mapped[datetime | None] = mapped_column()
    late_at: Mapped[datetime | None] = mapped_column()  # a completion that came too late: to undo
    version: Mapped[int] = mapped_column()

    campaign: Mapped[Campaign] = relationship()
    reward: Mapped[Reward | None] = relationship()

    __mapper_args__ = {"version_id_col": version}
