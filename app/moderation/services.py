"""The verbs of a review on its way: take, ask, answer, check, step aside. The caller commits.

What is decided is in `decision_services.py`; what the coach says and the record in `opinion_services.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from app.campaigns import services as campaigns
from app.campaigns.rules import CampaignState
from app.core.database import db
from app.core.journal import record as journal
from app.moderation import checklist_rules, mails, point_services, pool, rules
from app.moderation.errors import AlreadyTaken, FlagNeedsWords, NoRequest, NotAnswered, NotYours, OwnOrReferent
from app.moderation.models import ChangeRequest, Decision, DecisionKind, Recusal, Review, ReviewPhase
from app.moderation.queries import WITH_US, Case, open_review
from app.moderation.rules import Answer, ChangeReason
from app.network import queries as network


def take(case: Case, *, by: int, at: datetime) -> Review:
    """« Je m'en occupe »: opens the review, or takes a released one.

    Errors: AlreadyTaken; OwnOrReferent (a first decider of the refusal that is appealed); NotAnotherOrganisation.
    """
    if by in case.earlier_ids | case.closed_to:
        raise OwnOrReferent
    pool.check_appeal(case, by)
    review = open_review(case.campaign.id)
    if review is None:
        if case.campaign.state != CampaignState.SUBMITTED:
            raise AlreadyTaken
        review = _new(case, at)
    elif review.taken_by_id not in {None, by}:
        raise AlreadyTaken
    first = review.taken_at is None
    campaigns.take_in_hand(case.campaign, at=at)
    review.taken_by_id, review.taken_at = by, at
    journal("campaign.taken", on=case.campaign, by=by, at=at, review=review.id)
    if first:
        mails.taken(case.campaign, review, at=at)
        mails.opinion_wanted(case, at=at)
    return review


def _new(case: Case, at: datetime) -> Review:
    """A passage of its own; an appeal points at the refusal it is about."""
    last = case.review
    is_appeal = last is not None and last.phase == ReviewPhase.DECIDED and case.campaign.appealed_at is not None
    review = Review(
        campaign_id=case.campaign.id,
        organisation_id=case.campaign.organisation_id,
        phase=ReviewPhase.TAKEN,
        checklist_version=rules.CHECKLIST_VERSION,
        earlier_id=last.id if last is not None and is_appeal and last.proposal == "refuse" else None,
        created_at=at,
    )
    db.session.add(review)
    try:
        db.session.flush()
    except IntegrityError as error:  # at the same instant: one open review a campaign, and the other was first
        raise AlreadyTaken from error
    return review


def release(case: Case, *, by: int, at: datetime) -> None:
    """Give the review back to the queue. Errors: NotYours."""
    review = mine(case, by)
    review.taken_by_id = None
    journal("campaign.released", on=case.campaign, by=by, at=at, review=review.id)


def recuse(case: Case, *, by: int, reason: str, at: datetime) -> bool:
    """Step aside for good: from now on neither reading nor deciding. Withdraws one's own proposal.

    True when nobody of the organisation is left, and another one of the network has taken the file over.
    """
    review = open_review(case.campaign.id) or _new(case, at)
    db.session.add(Recusal(review_id=review.id, user_id=by, reason=reason, at=at))
    if review.taken_by_id == by:
        review.taken_by_id = None
    if review.proposed_by_id == by and review.phase == ReviewPhase.PROPOSED:
        clear_proposal(review)
    journal("campaign.recused", on=case.campaign, by=by, at=at, review=review.id)
    return _pass_on_if_nobody_is_left(case, review, by=by, at=at)


def _pass_on_if_nobody_is_left(case: Case, review: Review, *, by: int, at: datetime) -> bool:
    here = case.campaign.organisation_id or 0
    if review.phase == ReviewPhase.PROPOSED or pool.reviewers(except_ids=case.never_decide | {by}).get(here):
        return False
    other_id = pool.next_reviewing(case)
    other = network.find_organisation(other_id) if other_id else None
    if other is None:
        return False
    review.organisation_id, review.taken_by_id = other.id, None
    campaigns.pass_on(case.campaign, other, at=at)
    return True


def ask_change(case: Case, *, field: str, reason: ChangeReason, text: str, by: int, at: datetime) -> ChangeRequest:
    """Note a change on one named field; the holder reads it once sent. The same words, not yet sent, are noted once.

    Errors: NotYours.
    """
    review = mine(case, by)
    for noted in review.requests:
        is_open = noted.sent_at is None and noted.cancelled_at is None
        if is_open and (noted.field, noted.reason, noted.text) == (field, reason.value, text):
            return noted
    request = ChangeRequest(field=field, reason=reason.value, text=text, asked_by_id=by, asked_at=at)
    review.requests.append(request)
    db.session.flush()
    journal("review.change_noted", on=review, by=by, at=at, field=field)
    return request


def cancel_request(case: Case, request: ChangeRequest, *, by: int, at: datetime) -> None:
    """No answer is awaited any more; the words stay. When none is left the review goes on. Errors: NotYours."""
    review = mine(case, by)
    if request.cancelled_at is not None:
        return
    request.cancelled_at = at
    journal("change_request.cancelled", on=request, by=by, at=at)
    if request.sent_at is not None:
        mails.request_cancelled(case.campaign, request, at=at)
    if review.phase == ReviewPhase.WAITING_FOR_HOLDER and not any(
        one.sent_at and not one.cancelled_at and not one.answered_at for one in review.requests
    ):
        journal("review.nothing_awaited", on=review, by=by, at=at)


def send_requests(case: Case, *, by: int, at: datetime) -> None:
    """Send the noted changes to the holder. Errors: NotYours, NoRequest."""
    review = mine(case, by)
    unsent = [r for r in review.requests if r.sent_at is None and r.cancelled_at is None]
    if not unsent:
        raise NoRequest
    for request in unsent:
        request.sent_at = at
    review.phase = ReviewPhase.WAITING_FOR_HOLDER
    review.first_answer_at = review.first_answer_at or at
    campaigns.request_changes(case.campaign, by=by, at=at)
    for request in unsent:
        keep(case, DecisionKind.CHANGES, first=by, at=at, code=request.field, motive=request.text)
    mails.changes_requested(case.campaign, review, unsent, point_services.tell(review), at=at)


def answer(request: ChangeRequest, *, text: str, by: int, at: datetime) -> None:
    """The holder's words on one request; may be rewritten until sent again."""
    request.answer, request.answered_at = text, at
    journal("change_request.answered", on=request, by=by, at=at)


def resubmit(case: Case, *, by: int, at: datetime) -> None:
    """The holder sends the campaign again. Errors: NotAnswered, and those of `campaigns.submit`."""
    review = open_review(case.campaign.id)
    if review is not None:
        if any(waits(request) for request in review.requests):
            raise NotAnswered
        review.phase = _phase_of(review)
    campaigns.submit(case.campaign, by=by, at=at)
    if review is not None:
        mails.resubmitted(case.campaign, review, at=at)


def _phase_of(review: Review) -> ReviewPhase:
    """Where the reading stands when nothing waits for anybody else."""
    if review.admitted_at is not None or review.checklist_version == 1:
        return ReviewPhase.IN_REVIEW
    return ReviewPhase.ADMISSIBILITY if review.checklist else ReviewPhase.TAKEN


def waits(request: ChangeRequest) -> bool:
    """Sent, not answered, not cancelled."""
    return request.sent_at is not None and request.answered_at is None and request.cancelled_at is None


def save_checklist(
    case: Case, answers: dict[str, Answer], *, by: int, at: datetime,
    words: Mapping[str, point_services.Words] | None = None,
) -> None:  # fmt: skip
    """Answers of the review's own version. Once the first part is settled it is admitted, and its holder told.

    `words` about a point wait: those for the holder leave with the next requests, or with the decision.
    Errors: NotYours.
    """
    review = mine(case, by)
    known = checklist_rules.items(review.checklist_version)
    point_services.write(review, {code: said for code, said in (words or {}).items() if code in known}, by=by, at=at)
    review.checklist = {code: answers[code].value for code in known if code in answers}
    still_open = checklist_rules.open_blocking(review.checklist, review.checklist_version)
    journal("review.checklist", on=review, by=by, at=at, open=len(still_open))
    admitted = checklist_rules.is_admissible(review.checklist, review.checklist_version)
    if admitted and review.admitted_at is None:
        review.admitted_at, review.first_answer_at = at, review.first_answer_at or at
        journal("campaign.admitted", on=case.campaign, by=by, at=at, review=review.id)
        mails.admitted(case.campaign, review, at=at)
    elif not admitted and review.admitted_at is not None:
        review.admitted_at = None
        journal("review.admission_reopened", on=review, by=by, at=at)
    if review.phase in WITH_US:
        review.phase = _phase_of(review)


def flag(case: Case, *, reason: str, by: int, at: datetime) -> None:
    """Ask for a cross reading, whatever the amount; "" lowers the flag. What was proposed before is taken back: the
    second person was asked for by other rules. Errors: NotYours, FlagNeedsWords."""
    review = mine(case, by)
    if not reason and review.risk_reason is None:
        raise FlagNeedsWords
    review.risk_reason = reason or None
    if reason and review.phase == ReviewPhase.PROPOSED and review.cross_reason is None:
        clear_proposal(review)
        journal("review.sent_back", on=review, by=by, at=at)
    journal("review.flagged" if reason else "review.unflagged", on=review, by=by, at=at)


def keep(
    case: Case, kind: DecisionKind, *, first: int | None, at: datetime, second: int | None = None, code: str = "",
    motive: str = "", days: int | None = None,
) -> Decision:  # fmt: skip
    """Write a decision down with its motive; the row can never be changed."""
    review = case.review
    made = Decision(
        campaign_id=case.campaign.id,
        organisation_id=case.campaign.organisation_id,
        kind=kind,
        is_appeal=bool(review and review.earlier_id),
        first_id=first,
        second_id=second,
        motive_code=code,
        motive=motive,
        working_days=days,
        at=at,
    )
    db.session.add(made)
    return made


def clear_proposal(review: Review) -> None:
    review.phase, review.proposal = _phase_of(review), ""
    review.proposed_by_id = review.proposed_at = None
    review.second_organisation_id = review.cross_reason = None
    review.reason_code = review.reason = review.alternative = ""


def mine(case: Case, by: int) -> Review:
    """The open review, when it is in this person's hands. Errors: NotYours."""
    review = open_review(case.campaign.id)
    if review is None or review.taken_by_id != by:
        raise NotYours
    return review
