"""What a decision about money is about, and who has an interest in it: the ids that the policies need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import and_, or_, select

from app.accounts.models import User, UserState
from app.campaigns import queries as campaigns
from app.campaigns.models import Campaign, CampaignMember
from app.coaching.models import CoachingRecord, Person, ProjectMember
from app.core.access import Role
from app.core.database import db
from app.core.errors import NotFound
from app.moderation.models import Recusal, Review
from app.network.models import Right
from app.network.queries import in_force
from app.payments.models import MoneyTask, StripeOperation
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.settlement import payout_queries as payouts
from app.settlement.models import Payout, Refund, Reversal
from app.treasury.models import Cancellation, CancellationState

Thing = TypeVar("Thing", Campaign, Pledge, Payout, Refund, Cancellation)


@dataclass(frozen=True)
class Case(Generic[Thing]):
    """Something to decide about the money of a campaign, and the ids of those who may not decide it."""

    thing: Thing
    campaign: Campaign
    interested: frozenset[int]

    @property
    def organisation_id(self) -> int | None:
        return self.campaign.organisation_id


def interests_in(campaign: Campaign, pledge: Pledge | None = None) -> frozenset[int]:
    """Holder, who carries the project, team (also those who left it), referent, who proposed or decided its review or
    stepped aside from it; the contributor."""
    team = select(CampaignMember.user_id).where(CampaignMember.campaign_id == campaign.id)
    referent = select(CoachingRecord.referent_id).where(CoachingRecord.id == campaign.coaching_record_id)
    proposed = select(Review.proposed_by_id).where(Review.campaign_id == campaign.id)
    decided = select(Review.decided_by_id).where(Review.campaign_id == campaign.id)
    aside = select(Recusal.user_id).join(Review, Review.id == Recusal.review_id)
    aside = aside.where(Review.campaign_id == campaign.id)
    carries = (
        select(User.id)
        .select_from(ProjectMember)
        .join(Person, Person.id == ProjectMember.person_id)
        .join(User, or_(User.id == Person.user_id, and_(User.email == Person.email, ~Person.is_unconfirmed)))
        .where(ProjectMember.project_id == campaign.project_id)
    )
    found: set[int | None] = {
        *db.session.scalars(team.union(referent, proposed, decided, aside, carries)),
        campaign.owner_id,
    }
    if pledge is not None:
        found.add(pledge.user_id)
        found |= set(db.session.scalars(select(User.id).where(User.email == pledge.email)))
    return frozenset(one for one in found if one is not None)


def campaign_case(slug: str) -> Case[Campaign]:
    """Errors: NotFound, also for a campaign that never was public: it has no money."""
    campaign = campaigns.get_public(slug)
    return Case(campaign, campaign, interests_in(campaign))


def pledge_case(public_id: str) -> Case[Pledge]:
    """Errors: NotFound."""
    pledge = pledges.get_by_public_id(public_id)
    return Case(pledge, pledge.campaign, interests_in(pledge.campaign, pledge))


def payout_case(payout_id: int) -> Case[Payout]:
    """Errors: NotFound."""
    payout = payouts.get_payout(payout_id)
    campaign = campaigns.get(payout.campaign_id)
    return Case(payout, campaign, interests_in(campaign))


def refund_case(reference: str) -> Case[Refund]:
    """Errors: NotFound."""
    refund = db.session.scalar(select(Refund).where(Refund.reference == reference))
    if refund is None:
        raise NotFound
    campaign = campaigns.get(refund.campaign_id)
    return Case(refund, campaign, interests_in(campaign, refund.charge.pledge))


def cancellation_case(cancellation_id: int) -> Case[Cancellation]:
    """Errors: NotFound."""
    found = db.session.get(Cancellation, cancellation_id)
    if found is None:
        raise NotFound
    return Case(found, found.campaign, interests_in(found.campaign))


def get_debt(reference: str) -> Reversal:
    """Errors: NotFound."""
    found = db.session.scalar(select(Reversal).where(Reversal.reference == reference))
    if found is None:
        raise NotFound
    return found


def get_operation(operation_id: int) -> StripeOperation:
    """Errors: NotFound."""
    found = db.session.get(StripeOperation, operation_id)
    if found is None:
        raise NotFound
    return found


def get_task(task_id: int) -> MoneyTask:
    """Errors: NotFound."""
    found = db.session.get(MoneyTask, task_id)
    if found is None:
        raise NotFound
    return found


def proposed_cancellation(campaign_id: int) -> Cancellation | None:
    """The one that waits for a second person."""
    return db.session.scalar(
        select(Cancellation).where(
            Cancellation.campaign_id == campaign_id, Cancellation.state == CancellationState.PROPOSED
        )
    )


@dataclass(frozen=True)
class Approver:
    """Somebody who may be the second person."""

    user_id: int
    email: str
    name: str
    locale: str


def approvers(campaign: Campaign, *, but: frozenset[int], at: datetime) -> list[Approver]:
    """Treasurers, and leads of the organisation that reviewed the campaign, without those named."""
    leads = (Right.role == Role.ORGANISATION_LEAD) & (Right.organisation_id == campaign.organisation_id)
    rows = db.session.execute(
        select(User.id, User.email, User.name, User.locale)
        .join(Right, Right.user_id == User.id)
        .where(or_(Right.role == Role.TREASURER, leads), in_force(at), User.state == UserState.ACTIVE)
        .distinct()
        .order_by(User.id)
    )
    return [Approver(*row) for row in rows if row[0] not in but]
