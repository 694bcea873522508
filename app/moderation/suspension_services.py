"""A campaign on line is suspended by one person, confirmed by a second, and lifted by two. The caller commits.

Money: nothing is moved here. A suspended campaign takes no new contribution, is not closed by the clock, and keeps
every promise as it is; once it is cancelled the jobs of settlement release or refund everybody (decision 0011).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.core.database import db
from app.core.journal import record as journal
from app.moderation import interest_rules, interests, pool, rules, watch_mails
from app.moderation.errors import AlreadyDone, NothingProposed, OwnOrReferent, SuspensionIncomplete
from app.moderation.models import DecisionKind
from app.moderation.services import keep
from app.moderation.watch_models import Ending, Suspension
from app.moderation.watch_queries import Watch, open_suspension
from app.moderation.watch_rules import SUSPENSIONS
from app.pledges import queries as pledges
from app.settlement import refund_services as refunds
from app.settlement.models import Refund, RefundState


def suspend(watch: Watch, *, code: str, reason: str, by: int, at: datetime) -> Suspension:
    """At once, by one person. Errors: OwnOrReferent, SuspensionIncomplete, CampaignMoveNotAllowed, AlreadyDone."""
    _check(watch, by)
    if code not in SUSPENSIONS or not reason.strip():
        raise SuspensionIncomplete
    campaign = pledges.lock_campaign(watch.case.campaign.id)
    if open_suspension(campaign.id) is not None:
        raise AlreadyDone
    campaigns.suspend(campaign, by=by, at=at)
    made = Suspension(
        campaign_id=campaign.id, reason_code=code, reason=reason, suspended_by_id=by, suspended_at=at, ending=""
    )
    second = pool.find_second(watch.case, first_id=by, cross="")
    made.second_organisation_id = second.organisation_id
    db.session.add(made)
    db.session.flush()
    keep(watch.case, DecisionKind.SUSPENDED, first=by, at=at, code=code, motive=reason)
    watch_mails.suspended(campaign, made, at=at)
    watch_mails.second_wanted(campaign, made, second.people, at=at)
    return made


def confirm(watch: Watch, *, by: int, at: datetime) -> None:
    """By a second person. A second click changes nothing. Errors: OwnOrReferent, SamePerson, NothingProposed."""
    _check(watch, by)
    suspension = _open(watch)
    rules.check_second(by, suspension.suspended_by_id)
    if suspension.confirmed_at is not None:
        return
    suspension.confirmed_by_id, suspension.confirmed_at = by, at
    journal("suspension.confirmed", on=suspension, by=by, at=at)
    keep(
        watch.case, DecisionKind.SUSPENSION_CONFIRMED, first=suspension.suspended_by_id, second=by, at=at,
        code=suspension.reason_code, motive=suspension.reason,
    )  # fmt: skip


def propose_lift(watch: Watch, *, reason: str, by: int, at: datetime) -> None:
    """Errors: OwnOrReferent, SuspensionIncomplete, NothingProposed."""
    _check(watch, by)
    suspension = _open(watch)
    if not reason.strip():
        raise SuspensionIncomplete
    suspension.lift_proposed_by_id, suspension.lift_reason = by, reason
    journal("suspension.lift_proposed", on=suspension, by=by, at=at)
    second = pool.find_second(watch.case, first_id=by, cross="")
    if suspension.second_organisation_id is None:
        suspension.second_organisation_id = second.organisation_id
    watch_mails.second_wanted(watch.case.campaign, suspension, second.people, at=at)


def lift(watch: Watch, *, by: int, at: datetime) -> None:
    """By the second person: live again, or closing when its end has passed.

    Errors: OwnOrReferent, NothingProposed, SamePerson, CampaignMoveNotAllowed.
    """
    _check(watch, by)
    suspension = _open(watch)
    if suspension.lift_proposed_by_id is None:
        raise NothingProposed
    rules.check_second(by, suspension.lift_proposed_by_id)
    suspension.lifted_by_id = by
    campaign = pledges.lock_campaign(watch.case.campaign.id)
    campaigns.lift(campaign, by=by, at=at)
    keep(
        watch.case, DecisionKind.LIFTED, first=suspension.lift_proposed_by_id, second=by, at=at,
        motive=suspension.lift_reason,
    )  # fmt: skip
    _end(suspension, Ending.LIFTED, by=by, at=at)
    watch_mails.lifted(campaign, suspension, at=at)


def lift_unconfirmed(watch: Watch, *, at: datetime) -> None:
    """The clock's part: nobody confirmed in time. Errors: NothingProposed, CampaignMoveNotAllowed."""
    suspension = _open(watch)
    campaign = pledges.lock_campaign(watch.case.campaign.id)
    campaigns.lift(campaign, by=None, at=at)
    keep(watch.case, DecisionKind.LIFTED, first=None, at=at, code=Ending.UNCONFIRMED.value)
    _end(suspension, Ending.UNCONFIRMED, by=None, at=at)
    watch_mails.lifted(campaign, suspension, at=at)


def cancel_unlifted(watch: Watch, *, at: datetime) -> None:
    """The clock's part: fourteen days after its end nobody lifted it. Everybody is released or refunded, and told.

    Before the verdict no money has left; a refund that waits for a decision gives way to the whole one.
    Errors: NothingProposed, CampaignMoveNotAllowed.
    """
    suspension = _open(watch)
    campaign = pledges.lock_campaign(watch.case.campaign.id)
    waiting = select(Refund).where(Refund.campaign_id == campaign.id, Refund.state == RefundState.PROPOSED)
    for refund in db.session.scalars(waiting):
        refunds.give_up(refund, by=suspension.suspended_by_id, at=at)
    campaigns.cancel(campaign, by=None, at=at)
    keep(watch.case, DecisionKind.CANCELLED, first=None, at=at, code=suspension.reason_code, motive=suspension.reason)
    _end(suspension, Ending.CANCELLED, by=None, at=at)
    watch_mails.cancelled(campaign, at=at)


def close(suspension: Suspension, *, at: datetime) -> None:
    """The campaign was cancelled elsewhere, by two persons at the money desk."""
    _end(suspension, Ending.CANCELLED, by=None, at=at)


def _end(suspension: Suspension, ending: Ending, *, by: int | None, at: datetime) -> None:
    suspension.ended_at, suspension.ending = at, ending
    journal("suspension.ended", on=suspension, by=by, at=at, ending=ending.value)


def _open(watch: Watch) -> Suspension:
    """The one in force, as it is once nobody else writes. Errors: NothingProposed."""
    pledges.lock_campaign(watch.case.campaign.id)
    found = open_suspension(watch.case.campaign.id)
    if found is None:
        raise NothingProposed
    return found


def _check(watch: Watch, by: int) -> None:
    """Nobody acts on a campaign they hold, coach or have given to. Errors: OwnOrReferent."""
    if interests.found(watch.case, by) & interest_rules.FORBIDDEN:
        raise OwnOrReferent


def tell_contributors(suspension: Suspension, *, at: datetime, limit: int = 100) -> int:
    """The next contributors who have not heard of it; how many were told now."""
    campaign = db.session.get_one(Campaign, suspension.campaign_id)
    told = watch_mails.contributors(campaign, suspension, after=suspension.told_pledge_id, limit=limit, at=at)
    if told:
        suspension.told_pledge_id = told[-1]
    return len(told)


def tell_end(suspension: Suspension, *, at: datetime, limit: int = 100) -> int:
    """The same for its end, to those who were told of its beginning."""
    campaign = db.session.get_one(Campaign, suspension.campaign_id)
    told = watch_mails.contributors_end(
        campaign, suspension, after=suspension.told_end_pledge_id, last=suspension.told_pledge_id, limit=limit, at=at
    )
    if told:
        suspension.told_end_pledge_id = told[-1]
    return len(told)
