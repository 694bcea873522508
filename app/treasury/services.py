"""Two persons decide about money: the verbs of settlement, with the interests of who decides. The caller commits."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.accounts.models import User
from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import Move, next_state
from app.core.database import db
from app.core.journal import record
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.settlement import payout_services as payouts
from app.settlement import queries as settlement
from app.settlement import refund_services as refunds
from app.settlement.errors import SamePerson
from app.settlement.models import Payout, Refund, RefundReason, RefundState, Transfer
from app.treasury import mails, queries
from app.treasury.errors import AlreadyDecided, HasInterest, TooLateToCancel
from app.treasury.models import Cancellation, CancellationState


def prepare_payout(campaign: Campaign, *, by: int, at: datetime) -> Payout:
    """Errors: HasInterest, StillOpen, NothingToPayOut."""
    _check(campaign, by)
    payout = payouts.prepare_payout(campaign.id, by=by, at=at)
    _ask_second(campaign, by, at, f"payout:{payout.id}", "treasury.payout", payout_id=payout.id)
    return payout


def approve_payout(payout: Payout, *, by: int, at: datetime) -> None:
    """Errors: HasInterest, SamePerson, NothingToStop, PayoutChanged."""
    _check(db.session.get_one(Campaign, payout.campaign_id), by)
    payouts.approve_payout(payout, by=by, at=at)


def propose_refund(
    pledge: Pledge, *, reason: RefundReason, amount_cents: int | None, words: str, by: int, at: datetime
) -> Refund:
    """Errors: HasInterest, NothingToRefund, RefundTooLarge, AlreadyProposed."""
    _check(pledge.campaign, by, pledge)
    refund = refunds.propose(pledge, reason=reason, amount_cents=amount_cents, by=by, words=words, at=at)
    _ask_second(
        pledge.campaign, by, at, f"refund:{refund.id}", "treasury.refund", pledge=pledge, reference=refund.reference
    )
    return refund


def approve_refund(refund: Refund, *, by: int, at: datetime) -> None:
    """Errors: HasInterest, SamePerson, NothingToRefund; AlreadyDecided when it was given up."""
    _check(db.session.get_one(Campaign, refund.campaign_id), by, refund.charge.pledge)
    refunds.locked(refund)
    if refund.state == RefundState.CANCELLED:
        raise AlreadyDecided
    refunds.approve(refund, by=by, at=at)


def check_cancellable(campaign: Campaign) -> None:
    """Errors: CampaignMoveNotAllowed (neither live, suspended nor succeeded), TooLateToCancel (money has left)."""
    next_state(campaign.state, Move.CANCEL)
    left = select(Transfer.id).where(Transfer.campaign_id == campaign.id, settlement.IS_LIVING).limit(1)
    if db.session.scalar(left) is not None:
        raise TooLateToCancel


def propose_cancellation(campaign: Campaign, *, words: str, by: int, at: datetime) -> Cancellation:
    """A second click, or a second person, finds the proposal that waits.

    Errors: HasInterest, CampaignMoveNotAllowed, TooLateToCancel.
    """
    _check(campaign, by)
    pledges.lock_campaign(campaign.id)
    check_cancellable(campaign)
    known = queries.proposed_cancellation(campaign.id)
    if known is not None:
        return known
    made = Cancellation(campaign_id=campaign.id, words=words, proposed_by_id=by, proposed_at=at)
    made.campaign = campaign
    db.session.add(made)
    record("cancellation.proposed", on=made, by=by, at=at, campaign=campaign.id)
    _ask_second(
        campaign, by, at, f"cancellation:{made.id}", "treasury.cancellation", cancellation_id=made.id
    )  # fmt: skip
    return made


def approve_cancellation(cancellation: Cancellation, *, by: int, at: datetime) -> None:
    """The campaign is cancelled; the jobs of settlement release or refund everybody. A second click changes nothing.

    Errors: HasInterest, SamePerson, AlreadyDecided, CampaignMoveNotAllowed, TooLateToCancel.
    """
    campaign = _locked(cancellation)
    _check(campaign, by)
    if cancellation.state == CancellationState.APPROVED:
        return
    if cancellation.state != CancellationState.PROPOSED:
        raise AlreadyDecided
    if by == cancellation.proposed_by_id:
        raise SamePerson
    check_cancellable(campaign)
    cancellation.state, cancellation.approved_by_id = CancellationState.APPROVED, by
    cancellation.approved_at = cancellation.ended_at = at
    record("cancellation.approved", on=cancellation, by=by, at=at, campaign=campaign.id)
    payouts.withdraw_all(campaign.id, by=by, at=at)
    _give_up_proposals(campaign.id, by=by, at=at)
    campaigns.cancel(campaign, by=by, at=at)
    mails.cancelled(campaign, cancellation.words, at=at)


def _give_up_proposals(campaign_id: int, *, by: int, at: datetime) -> None:
    """Everybody is refunded in whole now: a part that waits for a decision must not be left out."""
    waiting = select(Refund).where(Refund.campaign_id == campaign_id, Refund.state == RefundState.PROPOSED)
    for refund in db.session.scalars(waiting):
        refunds.give_up(refund, by=by, at=at)


def give_up_cancellation(cancellation: Cancellation, *, by: int, at: datetime) -> None:
    """Taken back, or not approved. A second click changes nothing. Errors: AlreadyDecided."""
    _locked(cancellation)
    if cancellation.state == CancellationState.APPROVED:
        raise AlreadyDecided
    if cancellation.state == CancellationState.PROPOSED:
        cancellation.state, cancellation.ended_at = CancellationState.GIVEN_UP, at
        record("cancellation.given_up", on=cancellation, by=by, at=at)


def note_ledger_file(person: User, *, first: date, last: date, kind: str, at: datetime) -> None:
    """Whoever takes the books away is written down: which days, as which kind of file."""
    record(
        "ledger.taken_away", on=person, by=person.id, at=at,
        first=first.isoformat(), last=last.isoformat(), kind=kind,
    )  # fmt: skip


def _locked(cancellation: Cancellation) -> Campaign:
    campaign = pledges.lock_campaign(cancellation.campaign_id)
    db.session.refresh(cancellation)
    return campaign


def _check(campaign: Campaign, by: int, pledge: Pledge | None = None) -> None:
    """Errors: HasInterest."""
    if by in queries.interests_in(campaign, pledge):
        raise HasInterest


def _ask_second(
    campaign: Campaign, by: int, at: datetime, occasion: str, endpoint: str, *, pledge: Pledge | None = None,
    **values: int | str,
) -> None:  # fmt: skip
    but = queries.interests_in(campaign, pledge) | {by}
    for approver in queries.approvers(campaign, but=but, at=at):
        mails.second_person_wanted(campaign, approver, occasion=occasion, at=at, endpoint=endpoint, **values)
