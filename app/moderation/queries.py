"""Reads of moderation: the queue is a query over submitted campaigns, not a list of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.campaigns import queries as campaign_queries
from app.campaigns.models import Campaign, CampaignMember
from app.campaigns.rules import CampaignState
from app.coaching.models import CoachingRecord
from app.core import clock
from app.core.access import Role
from app.core.calendar import working_days_between
from app.core.database import db
from app.core.errors import NotFound
from app.core.journal import JournalEntry
from app.moderation.models import ChangeRequest, Recusal, Review, ReviewPhase
from app.network.communes import departements
from app.network.models import Organisation, Right
from app.network.queries import in_force

OPEN_PHASES = (ReviewPhase.IN_REVIEW, ReviewPhase.WAITING_FOR_HOLDER, ReviewPhase.PROPOSED)


@dataclass(frozen=True)
class Case:
    """A campaign in moderation with the ids its policy needs."""

    campaign: Campaign
    review: Review | None
    team_ids: frozenset[int]
    referent_id: int | None
    recused_ids: frozenset[int]

    @property
    def slug(self) -> str:
        return self.campaign.slug


@dataclass(frozen=True)
class QueueLine:
    """One campaign of the queue. `age_days` in working days since its last submission."""

    slug: str
    title: str
    organisation: str
    departement: str
    goal_cents: int
    submitted_at: datetime
    age_days: int
    state: str
    phase: str
    taken_by_id: int | None
    taken_by: str


def get_case(slug: str) -> Case:
    """Errors: NotFound. The newest review comes with it, open or decided."""
    campaign = campaign_queries.get_by_slug(slug)
    review = db.session.scalar(
        select(Review)
        .options(selectinload(Review.requests))
        .where(Review.campaign_id == campaign.id)
        .order_by(Review.id.desc())
        .limit(1)
    )
    team = db.session.scalars(
        select(CampaignMember.user_id).where(
            CampaignMember.campaign_id == campaign.id, CampaignMember.ended_at.is_(None)
        )
    )
    referent_id = None
    if campaign.coaching_record_id:
        referent_id = db.session.scalar(
            select(CoachingRecord.referent_id).where(CoachingRecord.id == campaign.coaching_record_id)
        )
    recused: Iterable[int] = ()
    if review:
        recused = db.session.scalars(select(Recusal.user_id).where(Recusal.review_id == review.id))
    return Case(
        campaign=campaign,
        review=review,
        team_ids=frozenset(team) | {campaign.owner_id},
        referent_id=referent_id,
        recused_ids=frozenset(recused),
    )


def get_case_and_request(slug: str, request_id: int) -> tuple[Case, ChangeRequest]:
    """Errors: NotFound, also when the request belongs to another campaign."""
    case = get_case(slug)
    for request in case.review.requests if case.review else []:
        if request.id == request_id:
            return case, request
    raise NotFound


def queue(organisation_ids: frozenset[int], *, viewer_id: int) -> list[QueueLine]:
    """Everything submitted or waiting for its holder in these organisations, oldest first.

    Left out: campaigns the viewer carries, and reviews the viewer stepped aside from.
    """
    own = select(CampaignMember.campaign_id).where(CampaignMember.user_id == viewer_id)
    recused = (
        select(Review.campaign_id)
        .join(Recusal, Recusal.review_id == Review.id)
        .where(Recusal.user_id == viewer_id, Review.phase.in_(OPEN_PHASES))
    )
    rows = db.session.execute(
        select(
            Campaign.slug, Campaign.title, Organisation.name, Campaign.departement_code, Campaign.goal_cents,
            Campaign.submitted_at, Campaign.state, Review.phase, Review.taken_by_id, User.name,
        )
        .join(Organisation, Organisation.id == Campaign.organisation_id)
        .outerjoin(Review, (Review.campaign_id == Campaign.id) & Review.phase.in_(OPEN_PHASES))
        .outerjoin(User, User.id == Review.taken_by_id)
        .where(
            Campaign.organisation_id.in_(organisation_ids),
            Campaign.state.in_([CampaignState.SUBMITTED, CampaignState.CHANGES_REQUESTED]),
            Campaign.id.not_in(own),
            Campaign.id.not_in(recused),
        )
        .order_by(Campaign.submitted_at, Campaign.id)
        .limit(200)
    )  # fmt: skip
    now = clock.now()
    today = clock.paris_day(now).date()
    names = {departement.code: departement.name for departement in departements()}
    return [
        QueueLine(
            slug=slug, title=title, organisation=organisation, departement=names.get(code or "", ""),
            goal_cents=goal or 0, submitted_at=submitted or now,
            age_days=working_days_between(clock.paris_day(submitted or now).date(), today),
            state=str(state), phase=str(phase or ""), taken_by_id=taken_by_id, taken_by=taken_by or "",
        )
        for slug, title, organisation, code, goal, submitted, state, phase, taken_by_id, taken_by in rows
    ]  # fmt: skip


def milestones(campaign: Campaign) -> list[JournalEntry]:
    """What happened to the file, newest first, for its holder and its reviewers."""
    subjects = [JournalEntry.subject_id == campaign.id, JournalEntry.subject_kind == "campaigns"]
    statement = select(JournalEntry).where(*subjects, JournalEntry.action.like("campaign.%"))
    return list(db.session.scalars(statement.order_by(JournalEntry.id.desc()).limit(60)))


def other_reviewers(organisation_id: int, *, except_ids: frozenset[int]) -> list[tuple[str, str]]:
    """(e-mail address, language) of those who may be the second person."""
    rows = db.session.execute(
        select(User.email, User.locale, User.id)
        .join(Right, Right.user_id == User.id)
        .where(
            Right.organisation_id == organisation_id,
            Right.role.in_([Role.MODERATOR, Role.ORGANISATION_LEAD]),
            in_force(clock.now()),
        )
        .distinct()
    )
    return [(email, locale) for email, locale, user_id in rows if user_id not in except_ids]


def record_of(campaign: Campaign) -> CoachingRecord | None:
    """The linked record as a reviewer may see it: programme, organisation, referent, step, since."""
    if campaign.coaching_record_id is None:
        return None
    return db.session.scalar(
        select(CoachingRecord)
        .options(joinedload(CoachingRecord.organisation), joinedload(CoachingRecord.programme))
        .where(CoachingRecord.id == campaign.coaching_record_id)
    )
