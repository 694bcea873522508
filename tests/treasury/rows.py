"""A desk with as much on it as asked: rows of every list, made without Stripe."""

from __future__ import annotations

from datetime import timedelta

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.core.text import public_id
from app.payments import tasks
from app.payments.models import PspEnvironment, StripeObject, StripeOperation
from app.payments.outages import Outage
from app.payments.rules import OperationState
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement.models import (
    Charge,
    Dispute,
    Payout,
    Refund,
    RefundReason,
    RefundState,
    Reversal,
    ReversalState,
    Transfer,
    TransferState,
)
from app.treasury.models import Cancellation
from tests.builders import a_campaign, a_user

ENV = "acct_rows"


def fill(size: int) -> tuple[str, str]:
    """`size` lines in each list of the desk; (slug, public id) of a campaign with `size` charges, and of one of them.

    Inside an app context.
    """
    at, by = clock.now(), a_user().id
    with transaction():
        if db.session.get(PspEnvironment, ENV) is None:
            db.session.add(PspEnvironment(psp_env=ENV, is_current=True, first_seen_at=at))
        db.session.add_all(Outage(kind="worker", began_at=at, ended_at=at) for _ in range(size))
    main = _campaign()
    charges = [_charge(main) for _ in range(size)]
    for number in range(size):
        _one_of_each(charges[number], by, number)
        for prepared in (False, True):
            other = _campaign()
            _charge(other)
            if prepared:
                with transaction():
                    db.session.add(Payout(campaign_id=other, covers_cents=1, prepared_by_id=by, prepared_at=at))
                    db.session.add(Cancellation(campaign_id=other, words="x", proposed_by_id=by, proposed_at=at))
        waiting = _campaign()
        _charge(waiting)
        with transaction():
            db.session.add(_pledge(waiting, PledgeState.NEEDS_CARD))
    with transaction():
        public = db.session.get_one(Charge, charges[0]).pledge.public_id
        return db.session.get_one(Campaign, main).slug, public


def _campaign() -> int:
    campaign_id, at = a_campaign(a_user(), state=CampaignState.SUCCEEDED).id, clock.now()
    with transaction():
        db.session.get_one(Campaign, campaign_id).verdict_at = at - timedelta(days=1)
    return campaign_id


def _pledge(campaign_id: int, state: PledgeState) -> Pledge:
    return Pledge(
        public_id=public_id(), form_key=public_id(), campaign_id=campaign_id, email="a@exemple.fr", name="A",
        amount_cents=50_00, state=state, consent_version="1", created_at=clock.now(),
    )  # fmt: skip


def _charge(campaign_id: int) -> int:
    with transaction():
        pledge = _pledge(campaign_id, PledgeState.PAID)
        db.session.add(pledge)
        db.session.flush()
        charge = Charge(
            pledge_id=pledge.id, campaign_id=campaign_id, stripe_charge=f"ch_{pledge.public_id}", amount_cents=50_00,
            fee_cents=1_00, charged_at=clock.now(),
        )  # fmt: skip
        db.session.add(charge)
        db.session.add(
            StripeObject(stripe_id=charge.stripe_charge, subject_kind="pledges", subject_id=pledge.id, psp_env=ENV)
        )
        db.session.flush()
        return charge.id


def _one_of_each(charge_id: int, by: int, number: int) -> None:
    """What can be about one charge: refunds in two states, a dispute, a debt, tasks and calls."""
    at = clock.now()
    with transaction():
        campaign_id = db.session.get_one(Charge, charge_id).campaign_id
        shared = {"charge_id": charge_id, "campaign_id": campaign_id}
        for state in (RefundState.PROPOSED, RefundState.FAILED):
            db.session.add(
                Refund(
                    **shared, reference=public_id(), amount_cents=1_00, reason=RefundReason.GOODWILL, state=state,
                    proposed_by_id=by, created_at=at,
                )
            )  # fmt: skip
        dispute = Dispute(**shared, stripe_dispute=f"dp_{charge_id}", amount_cents=5_00, opened_at=at)
        transfer = Transfer(
            **shared, account="acct_x", amount_cents=40_00, platform_fee_cents=0, state=TransferState.DONE,
            created_at=at,
        )  # fmt: skip
        db.session.add_all([dispute, transfer])
        db.session.flush()
        debt = Reversal(
            reference=public_id(), transfer_id=transfer.id, campaign_id=campaign_id, amount_cents=2_00,
            state=ReversalState.OWED, created_at=at,
        )  # fmt: skip
        db.session.add(debt)
        db.session.flush()
        tasks.open_task(
            "dispute_opened", f"dispute_opened:{dispute.stripe_dispute}", at=at, subject_kind="disputes",
            subject_id=dispute.id, theirs_cents=5_00, due_at=at.isoformat(),
        )  # fmt: skip
        tasks.open_task("books_differ", f"x:{charge_id}", at=at, subject_kind="campaigns", subject_id=campaign_id,
                        ours_cents=1, theirs_cents=2)  # fmt: skip
        for kind, state in (("transfer.create", OperationState.UNKNOWN), ("refund.create", OperationState.REJECTED)):
            db.session.add(
                StripeOperation(
                    kind=kind, subject_kind="transfers", subject_id=transfer.id, params={"secret": "personal"},
                    idempotency_key=f"{kind}:{charge_id}", psp_env=ENV, state=state,
                    created_at=at - timedelta(hours=1), due_at=at, first_sent_at=at, tries=3, error_code="timeout",
                    ended_at=at if state == OperationState.REJECTED else None,
                )
            )  # fmt: skip
