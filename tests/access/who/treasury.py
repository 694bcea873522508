"""The doors of treasury: a line per route."""

from __future__ import annotations

from sqlalchemy import select, update

from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.payments.models import MoneyTask, StripeOperation
from app.settlement.models import Payout, Refund, Reversal
from app.treasury.models import Cancellation
from tests.access.objects import (
    ALL_LEADS,
    DESK,
    MONEY,
    MONEY_APPROVE,
    MONEY_PREPARE,
    MONEY_SEE,
    PREPARED,
    TREASURERS,
    Door,
    doors,
)  # fmt: skip
from tests.access.people import people
from tests.treasury.rows import fill

AT_THE_DESK = people("treasurer.none/*")
WHO: dict[str, Door] = {
    **doors("treasury", Door(DESK, AT_THE_DESK, code=True), "ledger take_ledger desk show_list"),
    **doors("treasury", Door(DESK, AT_THE_DESK | ALL_LEADS, code=True), "approvals approval_list"),
    **doors(
        "treasury",
        Door(MONEY, TREASURERS, code=True),
        """
        campaign contributions contribution task close_task look_again ask_debt_again
    """,
    ),
    **doors(
        "treasury",
        Door(MONEY, MONEY_PREPARE, code=True),
        """
        prepare_payout cancel_page propose_cancellation refund_page propose_refund try_refund_again
    """,
    ),
    **doors("treasury", Door(MONEY, MONEY_SEE, code=True), "payout refund cancellation"),
    **doors(
        "treasury",
        Door(MONEY, MONEY_APPROVE, code=True, late=PREPARED),
        """
        approve_payout approve_refund approve_cancellation
    """,
    ),
    **doors("treasury", Door(MONEY, MONEY_APPROVE, code=True), "stop_payout give_up_refund give_up_cancellation"),
}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A campaign of the holder that has succeeded, and one of everything that the money desk decides about it."""
    slug, public_id = fill(1)
    campaign_id = db.session.scalars(select(Campaign.id).where(Campaign.slug == slug)).one()
    db.session.rollback()
    shared["file"].take_in(campaign_id)
    with transaction():
        about = {"campaign_id": campaign_id}
        db.session.execute(update(Refund).values(proposed_by_id=ids["treasurer.own"]))
        payout = Payout(**about, covers_cents=1, prepared_by_id=ids["treasurer.own"], prepared_at=clock.now())
        cancellation = Cancellation(**about, words="x", proposed_by_id=ids["treasurer.own"], proposed_at=clock.now())
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
