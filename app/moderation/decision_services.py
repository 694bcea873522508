"""Two distinct people decide, each after saying their interests. The caller commits."""

from __future__ import annotations

from datetime import datetime

from app.campaigns import services as campaigns
from app.campaigns.rules import CampaignState
from app.core.clock import paris_day
from app.core.journal import record as journal
from app.moderation import (
    checklist_rules,
    interest_rules,
    interest_services,
    interests,
    mails,
    point_services,
    pool,
    rules,
)
from app.moderation.errors import (
    NotAdmitted,
    NotAnswered,
    NothingProposed,
    NotYours,
    OpinionMissing,
    RecordMissing,
    RefusalIncomplete,
)
from app.moderation.models import DecisionKind, Review, ReviewPhase, Verdict
from app.moderation.queries import WITH_US, Case, milestones, open_review
from app.moderation.services import clear_proposal, keep, mine, waits


def propose_approval(case: Case, *, no_interest: bool, by: int, at: datetime, words: str = "") -> None:
    """First of two.

    Errors: OwnOrReferent, ChecklistOpen, NotAdmitted, NotAnswered, OpinionMissing, RecordMissing,
    InterestsUnchecked, ExplanationMissing.
    """
    review = _proposable(case, by)
    checklist_rules.check_complete(review.checklist, review.checklist_version)
    if review.phase != ReviewPhase.IN_REVIEW:
        raise NotAdmitted
    if any(waits(request) for request in review.requests):
        raise NotAnswered
    if not review.coach_opinion and not review.opinion_waived_reason:
        raise OpinionMissing
    if case.campaign.coaching_record_id is None and not case.campaign.no_record_reason:
        raise RecordMissing
    _propose(case, review, Verdict.APPROVE, no_interest=no_interest, words=words, by=by, at=at)


def propose_refusal(
    case: Case, *, code: str, reason: str, alternative: str, no_interest: bool, by: int, at: datetime, words: str = ""
) -> None:
    """First of two.

    Errors: OwnOrReferent, NotAnotherOrganisation, RefusalIncomplete, GroundNotJudged, InterestsUnchecked,
    ExplanationMissing.
    """
    review = _proposable(case, by)
    if code not in rules.REFUSALS or not reason or not alternative:
        raise RefusalIncomplete
    checklist_rules.check_ground(code, review.checklist, review.checklist_version)
    review.reason_code, review.reason, review.alternative = code, reason, alternative
    _propose(case, review, Verdict.REFUSE, no_interest=no_interest, words=words, by=by, at=at)


def _proposable(case: Case, by: int) -> Review:
    review = mine(case, by)
    pool.check_appeal(case, by)
    rules.check_person(by, team_ids=case.closed_to, coach_ids=case.coach_ids | case.earlier_ids)
    if review.phase not in WITH_US or case.campaign.state != CampaignState.SUBMITTED:
        raise NotYours
    return review


def _propose(
    case: Case, review: Review, verdict: Verdict, *, no_interest: bool, words: str, by: int, at: datetime
) -> None:
    interest_services.state(case, review, no_interest=no_interest, words=words, by=by, at=at)
    review.interests_checked_at = at
    review.proposal, review.proposed_by_id, review.proposed_at = verdict.value, by, at
    review.phase = ReviewPhase.PROPOSED
    ask_second(case, review, by=by, at=at)
    journal("review.proposed", on=review, by=by, at=at, verdict=verdict.value, cross=review.cross_reason or "")


def ask_second(case: Case, review: Review, *, by: int, at: datetime) -> None:
    """Find who may be the second person and write to them; nobody found: the network's leads learn it at once."""
    cross = pool.why_cross(case)
    second = pool.find_second(case, first_id=by, cross=cross)
    review.cross_reason, review.second_organisation_id = cross or None, second.organisation_id
    mails.second_wanted(case, review, second.people, at=at)
    if not second.people:
        mails.nobody_free(case, at=at)


def decide(case: Case, *, by: int, at: datetime, no_interest: bool, words: str = "") -> Verdict:
    """The second person confirms.

    Errors: NothingProposed, SamePerson, OwnOrReferent, FirstIsTied, NotAnotherOrganisation, InterestsUnchecked,
    ExplanationMissing.
    """
    review = _proposal(case)
    rules.check_person(by, team_ids=case.closed_to, coach_ids=case.coach_ids | case.earlier_ids)
    rules.check_second(by, review.proposed_by_id)
    if review.proposed_by_id is not None:
        interest_rules.check_first(interests.found(case, review.proposed_by_id))
    pool.check_appeal(case, by)
    is_cross = bool(review.cross_reason or pool.why_cross(case))  # asked now too: rights and flags change meanwhile
    rules.check_cross(interests.organisations_of(by), reviewing=review.organisation_id, is_cross=is_cross)
    interest_services.state(case, review, no_interest=no_interest, words=words, by=by, at=at)
    review.decided_by_id, review.decided_at, review.phase = by, at, ReviewPhase.DECIDED
    review.first_answer_at = review.first_answer_at or at
    verdict = Verdict(review.proposal)
    journal("review.decided", on=review, by=by, at=at, verdict=verdict.value, reason=review.reason_code)
    keep(
        case, DecisionKind.APPROVED if verdict == Verdict.APPROVE else DecisionKind.REFUSED,
        first=review.proposed_by_id, second=by, at=at, code=review.reason_code, motive=_motive(review),
        days=_days(case, at),
    )  # fmt: skip
    points = point_services.tell(review)
    if verdict == Verdict.APPROVE:
        campaigns.approve(case.campaign, by=by, at=at)
        mails.approved(case.campaign, review, points, at=at)
    else:
        campaigns.refuse(case.campaign, by=by, at=at)
        mails.refused(case.campaign, review, points, at=at)
    return verdict


def _motive(review: Review) -> str:
    """The words of the decision: the refusal's, or what the approval rests on."""
    if review.proposal == Verdict.REFUSE:
        return f"{review.reason}\n\n{review.alternative}"
    return review.coach_opinion or review.opinion_waived_reason


def _days(case: Case, at: datetime) -> int:
    """Working days with the reviewers, waiting for the holder left out."""
    events = [(entry.action, paris_day(entry.at).date()) for entry in reversed(milestones(case.campaign))]
    return rules.days_with_us(events, paris_day(at).date())


def send_back(case: Case, *, by: int, at: datetime, words: str = "") -> None:
    """The second person disagrees, or the first thinks again: the review goes on, with the words of why."""
    review = _proposal(case)
    first = review.proposed_by_id
    clear_proposal(review)
    journal("review.sent_back", on=review, by=by, at=at)
    if first is not None and first != by:
        mails.sent_back(case.campaign, review, first, words=words, at=at)


def _proposal(case: Case) -> Review:
    review = open_review(case.campaign.id)
    if review is None or review.phase != ReviewPhase.PROPOSED:
        raise NothingProposed
    return review
