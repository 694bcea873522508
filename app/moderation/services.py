"""The verbs of moderation. The caller commits; each decision needs two distinct people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.coaching.models import CoachingRecord
from app.core.database import db
from app.core.journal import record as journal
from app.moderation import mails, rules
from app.moderation.errors import (
    AlreadyTaken,
    InterestsUnchecked,
    NoRequest,
    NotAnswered,
    NothingProposed,
    NotYours,
    OpinionMissing,
    RecordMissing,
    RefusalIncomplete,
)
from app.moderation.models import ChangeRequest, Recusal, Review, ReviewPhase, Verdict
from app.moderation.queries import OPEN_PHASES, Case
from app.moderation.rules import Answer, ChangeReason


def take(case: Case, *, by: int, at: datetime) -> Review:
    """« Je m'en occupe »: opens the review, or takes a released one. Errors: AlreadyTaken."""
    review = _open_review(case.campaign)
    if review is None:
        if case.campaign.state != CampaignState.SUBMITTED:
            raise AlreadyTaken
        review = Review(
            campaign_id=case.campaign.id,
            organisation_id=case.campaign.organisation_id,
            checklist_version=rules.CHECKLIST_VERSION,
            created_at=at,
        )
        db.session.add(review)
        db.session.flush()
    elif review.taken_by_id not in {None, by}:
        raise AlreadyTaken
    first = review.taken_at is None
    review.taken_by_id, review.taken_at = by, at
    journal("campaign.taken", on=case.campaign, by=by, at=at, review=review.id)
    if first:
        mails.taken(case.campaign, review, at=at)
    return review


def release(case: Case, *, by: int, at: datetime) -> None:
    """Give the review back to the queue. Errors: NotYours."""
    review = _mine(case, by)
    review.taken_by_id = None
    journal("campaign.released", on=case.campaign, by=by, at=at, review=review.id)


def recuse(case: Case, *, by: int, reason: str, at: datetime) -> None:
    """Step aside for good: from now on neither reading nor deciding. Withdraws one's own proposal."""
    review = _open_review(case.campaign) or take(case, by=by, at=at)
    db.session.add(Recusal(review_id=review.id, user_id=by, reason=reason, at=at))
    if review.taken_by_id == by:
        review.taken_by_id = None
    if review.proposed_by_id == by and review.phase == ReviewPhase.PROPOSED:
        _clear_proposal(review)
    journal("campaign.recused", on=case.campaign, by=by, at=at, review=review.id)


def ask_change(case: Case, *, field: str, reason: ChangeReason, text: str, by: int, at: datetime) -> ChangeRequest:
    """Note a change on one named field; the holder reads it once sent."""
    review = _mine(case, by)
    request = ChangeRequest(field=field, reason=reason.value, text=text, asked_by_id=by, asked_at=at)
    review.requests.append(request)
    db.session.flush()
    journal("review.change_noted", on=review, by=by, at=at, field=field)
    return request


def cancel_request(case: Case, request: ChangeRequest, *, by: int, at: datetime) -> None:
    _mine(case, by)
    request.cancelled_at = at


def send_requests(case: Case, *, by: int, at: datetime) -> None:
    """Send the noted changes to the holder. Errors: NotYours, NoRequest."""
    review = _mine(case, by)
    unsent = [r for r in review.requests if r.sent_at is None and r.cancelled_at is None]
    if not unsent:
        raise NoRequest
    for request in unsent:
        request.sent_at = at
    review.phase = ReviewPhase.WAITING_FOR_HOLDER
    campaigns.request_changes(case.campaign, by=by, at=at)
    mails.changes_requested(case.campaign, review, unsent, at=at)


def answer(request: ChangeRequest, *, text: str, by: int, at: datetime) -> None:
    """The holder's words on one request; may be rewritten until sent again."""
    request.answer, request.answered_at = text, at
    journal("change_request.answered", on=request, by=by, at=at)


def resubmit(case: Case, *, by: int, at: datetime) -> None:
    """The holder sends the campaign again. Errors: NotAnswered, and those of `campaigns.submit`."""
    review = _open_review(case.campaign)
    if review is not None:
        if any(waits(request) for request in review.requests):
            raise NotAnswered
        review.phase = ReviewPhase.IN_REVIEW
    campaigns.submit(case.campaign, by=by, at=at)
    if review is not None:
        mails.resubmitted(case.campaign, review, at=at)


def waits(request: ChangeRequest) -> bool:
    """Sent, not answered, not cancelled."""
    return request.sent_at is not None and request.answered_at is None and request.cancelled_at is None


def save_checklist(case: Case, answers: dict[str, Answer], *, by: int, at: datetime) -> None:
    review = _mine(case, by)
    review.checklist = {code: answers[code].value for code in rules.CHECKLIST if code in answers}
    journal("review.checklist", on=review, by=by, at=at, open=len(rules.open_blocking(review.checklist)))


def note_opinion(case: Case, *, opinion: str, waived_reason: str, by: int, at: datetime) -> None:
    """The coach's opinion, or why one does without. Written by reviewer or referent."""
    review = _open_review(case.campaign)
    if review is None:
        raise NotYours
    review.coach_opinion, review.opinion_waived_reason = opinion, waived_reason
    journal("review.opinion", on=review, by=by, at=at, waived=not opinion)


def link_record(case: Case, record: CoachingRecord, *, by: int, at: datetime) -> None:
    _mine(case, by)
    campaigns.link_record(case.campaign, record, by=by, at=at)


def set_no_record(case: Case, *, reason: str, by: int, at: datetime) -> None:
    _mine(case, by)
    campaigns.set_no_record(case.campaign, reason, by=by, at=at)


def propose_approval(case: Case, *, no_interest: bool, by: int, at: datetime) -> None:
    """First of two.

    Errors: OwnOrReferent, ChecklistOpen, NotAnswered, OpinionMissing, RecordMissing, InterestsUnchecked.
    """
    review = _proposable(case, by)
    rules.check_complete(review.checklist)
    if any(waits(request) for request in review.requests):
        raise NotAnswered
    if not review.coach_opinion and not review.opinion_waived_reason:
        raise OpinionMissing
    if case.campaign.coaching_record_id is None and not case.campaign.no_record_reason:
        raise RecordMissing
    if not no_interest:
        raise InterestsUnchecked
    review.interests_checked_at = at
    _set_proposal(case, review, Verdict.APPROVE, by=by, at=at)


def propose_refusal(
    case: Case, *, code: str, reason: str, alternative: str, no_interest: bool, by: int, at: datetime
) -> None:
    """First of two. Errors: OwnOrReferent, RefusalIncomplete, InterestsUnchecked."""
    review = _proposable(case, by)
    if code not in rules.REFUSALS or not reason or not alternative:
        raise RefusalIncomplete
    if not no_interest:
        raise InterestsUnchecked
    review.interests_checked_at = at
    review.reason_code, review.reason, review.alternative = code, reason, alternative
    _set_proposal(case, review, Verdict.REFUSE, by=by, at=at)


def _proposable(case: Case, by: int) -> Review:
    review = _mine(case, by)
    rules.check_person(by, team_ids=case.team_ids, referent_id=case.referent_id)
    if review.phase != ReviewPhase.IN_REVIEW or case.campaign.state != CampaignState.SUBMITTED:
        raise NotYours
    return review


def _set_proposal(case: Case, review: Review, verdict: Verdict, *, by: int, at: datetime) -> None:
    review.proposal, review.proposed_by_id, review.proposed_at = verdict.value, by, at
    review.phase = ReviewPhase.PROPOSED
    journal("review.proposed", on=review, by=by, at=at, verdict=verdict.value)
    mails.proposed(case, review, at=at)


def decide(case: Case, *, by: int, at: datetime) -> Verdict:
    """The second person confirms. Errors: NothingProposed, SamePerson, OwnOrReferent."""
    review = _proposal(case)
    rules.check_person(by, team_ids=case.team_ids, referent_id=case.referent_id)
    rules.check_second(by, review.proposed_by_id)
    review.decided_by_id, review.decided_at, review.phase = by, at, ReviewPhase.DECIDED
    verdict = Verdict(review.proposal)
    journal("review.decided", on=review, by=by, at=at, verdict=verdict.value, reason=review.reason_code)
    if verdict == Verdict.APPROVE:
        campaigns.approve(case.campaign, by=by, at=at)
        mails.approved(case.campaign, review, at=at)
    else:
        campaigns.refuse(case.campaign, by=by, at=at)
        mails.refused(case.campaign, review, at=at)
    return verdict


def send_back(case: Case, *, by: int, at: datetime) -> None:
    """The second person disagrees, or the first thinks again: the review goes on."""
    review = _proposal(case)
    _clear_proposal(review)
    journal("review.sent_back", on=review, by=by, at=at)


def _clear_proposal(review: Review) -> None:
    review.phase, review.proposal = ReviewPhase.IN_REVIEW, ""
    review.proposed_by_id = review.proposed_at = None
    review.reason_code = review.reason = review.alternative = ""


def _proposal(case: Case) -> Review:
    review = _open_review(case.campaign)
    if review is None or review.phase != ReviewPhase.PROPOSED:
        raise NothingProposed
    return review


def _mine(case: Case, by: int) -> Review:
    review = _open_review(case.campaign)
    if review is None or review.taken_by_id != by:
        raise NotYours
    return review


def _open_review(campaign: Campaign) -> Review | None:
    return db.session.scalar(select(Review).where(Review.campaign_id == campaign.id, Review.phase.in_(OPEN_PHASES)))
