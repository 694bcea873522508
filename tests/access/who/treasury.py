"""The doors of treasury: a line per route."""

from __future__ import annotations

from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.payments.models import MoneyTask, StripeOperation
from app.settlement.models import Payout, Refund, Reversal
from app.treasury.models import Cancellation
from tests.access.people import SECONDS, TREASURERS
from tests.treasury.rows import fill

WHO: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (f"treasury.{page}" for page in (
            "ledger", "take_ledger", "desk", "show_list", "campaign",
            "contributions", "contribution", "task", "close_task", "look_again",
            "ask_debt_again", "prepare_payout", "cancel_page", "propose_cancellation", "refund_page", "propose_refund",
            "try_refund_again",
        )),
        TREASURERS,
    ),
    **dict.fromkeys(
        (f"treasury.{page}" for page in (
            "approvals", "approval_list", "payout", "approve_payout", "stop_payout", "refund", "approve_refund",
            "give_up_refund", "cancellation", "approve_cancellation", "give_up_cancellation",
        )),
        SECONDS,
    ),
}  # fmt: skip


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A campaign of the holder that has succeeded, and one of everything that the money desk decides about it."""
    slug, public_id = fill(1)
    with transaction():
        campaign = db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one()
        campaign.owner_id = ids["holder"]
        about = {"campaign_id": campaign.id}
        payout = Payout(**about, covers_cents=1, prepared_by_id=ids["treasurer"], prepared_at=clock.now())
        cancellation = Cancellation(**about, words="x", proposed_by_id=ids["treasurer"], proposed_at=clock.now())
        db.session.add_all([payout, cancellation])
        db.session.flush()
        return {
            "slug": slug, "public_id": public_id, "name": "versements",
            "payout_id": payout.id, "cancellation_id": cancellation.id,
            "reference": db.session.scalars(select(Refund.reference).order_by(Refund.id)).first(),
            ("treasury.ask_debt_again", "reference"): db.session.scalars(select(Reversal.reference)).one(),
            "task_id": db.session.scalars(select(MoneyTask.id)).first(),
            "operation_id": db.session.scalars(select(StripeOperation.id)).first(),
        }  # fmt: skip
