"""The coach's opinion in two texts, and the link between a campaign and its coaching record. The caller commits."""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import User
from app.campaigns import services as campaigns
from app.coaching import services as coaching
from app.coaching.models import CoachingRecord
from app.core.clock import paris_day
from app.core.journal import record as journal
from app.moderation import mails
from app.moderation.errors import NotYours
from app.moderation.models import ReviewPhase
from app.moderation.queries import Case, open_review
from app.moderation.rules import OpinionVerdict
from app.moderation.services import mine
from app.network.models import Organisation, Programme


def note_opinion(case: Case, *, opinion: str, waived_reason: str, by: int, at: datetime) -> None:
    """A reviewer writes down what the coach said, or why one does without. Errors: NotYours."""
    review = open_review(case.campaign.id)
    if review is None:
        raise NotYours
    review.coach_opinion, review.opinion_waived_reason = opinion, waived_reason
    review.opinion_by_id, review.opinion_at = by, at
    journal("review.opinion", on=review, by=by, at=at, waived=not opinion)


def give_opinion(
    case: Case, *, verdict: OpinionVerdict, to_holder: str, to_reviewers: str, by: int, at: datetime
) -> None:
    """The coach's own: advice in two texts, one that the holder reads, one for the reviewers only. Errors: NotYours."""
    review = open_review(case.campaign.id)
    if review is None or review.phase == ReviewPhase.PROPOSED:
        raise NotYours
    review.opinion_verdict, review.opinion_to_holder = verdict.value, to_holder
    review.coach_opinion, review.opinion_waived_reason = to_reviewers, ""
    review.opinion_by_id, review.opinion_at = by, at
    journal("review.opinion", on=review, by=by, at=at, verdict=verdict.value)
    mails.opinion_given(case, review, at=at)


def link_record(case: Case, record: CoachingRecord, *, by: int, at: datetime) -> None:
    """Errors: NotYours."""
    mine(case, by)
    campaigns.link_record(case.campaign, record, by=by, at=at)


def open_record(
    case: Case, *, programme: Programme, organisation: Organisation, referent: User, by: int, at: datetime
) -> CoachingRecord:
    """A record for a campaign that came without one: its project is the campaign's. Errors: NotYours."""
    mine(case, by)
    campaign = case.campaign
    made = coaching.open_record(
        project=campaign.project, programme=programme, organisation=organisation, referent=referent,
        since=paris_day(at).date(), by=by, at=at,
    )  # fmt: skip
    campaigns.link_record(campaign, made, by=by, at=at)
    return made


def set_no_record(case: Case, *, reason: str, by: int, at: datetime) -> None:
    """Errors: NotYours."""
    mine(case, by)
    campaigns.set_no_record(case.campaign, reason, by=by, at=at)
