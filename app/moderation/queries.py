"""Reads of moderation: one case with everybody around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CompoundSelect, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.campaigns.models import Campaign, CampaignMember
from app.coaching.levels import MemberRole
from app.coaching.models import CoachingRecord, Person, ProjectMember, RecordMember
from app.core.database import db
from app.core.errors import NotFound
from app.core.journal import JournalEntry
from app.moderation.models import (
    ChangeRequest,
    ChecklistNote,
    InterestStatement,
    Phrase,
    Recusal,
    Review,
    ReviewPhase,
)

P = ReviewPhase
WITH_US = (P.TAKEN, P.ADMISSIBILITY, P.IN_REVIEW)  # somebody reads; nothing waits for another person
MOST_MILESTONES = 60
OPEN_PHASES = (*WITH_US, P.WAITING_FOR_HOLDER, P.PROPOSED)


@dataclass(frozen=True)
class Case:
    """A campaign in moderation with the ids its policy needs."""

    campaign: Campaign
    review: Review | None
    team_ids: frozenset[int]  # of the campaign, now
    near_ids: frozenset[int]  # of the project, and who has left the campaign's team
    coach_ids: frozenset[int]  # referent and co-coaches of the linked record
    recused_ids: frozenset[int]  # of this passage and of every earlier one
    earlier_ids: frozenset[int] = field(default=frozenset())  # proposed or decided the refusal that is appealed
    names: Mapping[int, str] = field(default_factory=dict)  # of those whom the page of the review names

    @property
    def slug(self) -> str:
        return self.campaign.slug

    @property
    def closed_to(self) -> frozenset[int]:
        """Those who neither read nor decide, whatever their rights."""
        return self.team_ids | self.near_ids | self.recused_ids

    @property
    def never_decide(self) -> frozenset[int]:
        return self.closed_to | self.coach_ids | self.earlier_ids

    @property
    def referent_id(self) -> int | None:
        record = self.campaign.coaching_record
        return record.referent_id if record else None

    @property
    def organisation_ids(self) -> frozenset[int]:
        """Whose reviewers may read it: the organisation that reviews, and the one asked for a second person."""
        second = self.review.second_organisation_id if self.review and self.review.phase in OPEN_PHASES else None
        return frozenset(one for one in (self.campaign.organisation_id, second) if one)


def get_case(slug: str) -> Case:
    """Errors: NotFound. The newest review comes with it, open or decided. Three statements."""
    campaign = db.session.scalar(
        select(Campaign)
        .options(
            joinedload(Campaign.commune), joinedload(Campaign.organisation), joinedload(Campaign.owner),
            joinedload(Campaign.coaching_record).joinedload(CoachingRecord.organisation),
            joinedload(Campaign.coaching_record).joinedload(CoachingRecord.programme),
        )
        .where(Campaign.slug == slug)
    )  # fmt: skip
    if campaign is None:
        raise NotFound
    newest = select(func.max(Review.id)).where(Review.campaign_id == campaign.id).scalar_subquery()
    found = db.session.scalars(select(Review).options(joinedload(Review.requests)).where(Review.id == newest))
    review = found.unique().one_or_none()
    people: dict[str, set[int]] = {}
    names: dict[int, str] = {}
    everybody: CompoundSelect[*tuple[Any, ...]] = union_all(*_people(campaign, review), _named(campaign, review))
    for why, user_id, name in db.session.execute(everybody):
        if why == "named":
            names[user_id] = name
        elif user_id is not None:
            people.setdefault(why, set()).add(user_id)
    return Case(
        campaign=campaign,
        review=review,
        team_ids=frozenset(people.get("team", ())) | {campaign.owner_id},
        near_ids=frozenset(people.get("near", ())),
        coach_ids=frozenset(people.get("coach", ())),
        recused_ids=frozenset(people.get("recused", ())),
        earlier_ids=frozenset(people.get("earlier", ())),
        names=names,
    )


def _people(campaign: Campaign, review: Review | None) -> list[Any]:
    """(why, user id, "") of everybody whom a policy asks about, as parts of one statement."""
    nothing = literal("")
    here, gone = CampaignMember.campaign_id == campaign.id, CampaignMember.ended_at
    record_id = campaign.coaching_record_id
    parts: list[Any] = [
        select(literal("team").label("why"), CampaignMember.user_id, nothing.label("name")).where(here, gone.is_(None)),
        select(literal("near"), CampaignMember.user_id, nothing).where(here, gone.is_not(None)),
        # by account, or by the proven address that a coach wrote down before there was an account
        select(literal("near"), User.id, nothing)
        .select_from(ProjectMember)
        .join(Person, Person.id == ProjectMember.person_id)
        .join(User, or_(User.id == Person.user_id, and_(User.email == Person.email, ~Person.is_unconfirmed)))
        .where(ProjectMember.project_id == campaign.project_id),
        select(literal("recused"), Recusal.user_id, nothing)
        .join(Review, Review.id == Recusal.review_id)
        .where(Review.campaign_id == campaign.id),
        select(literal("coach"), CoachingRecord.referent_id, nothing).where(CoachingRecord.id == record_id),
        select(literal("coach"), RecordMember.user_id, nothing).where(
            RecordMember.record_id == record_id,
            RecordMember.role == MemberRole.CO_COACH,
            RecordMember.ended_at.is_(None),
        ),
    ]
    earlier_id = review.earlier_id if review else None
    if review is not None and review.proposal == "refuse" and campaign.appealed_at and earlier_id is None:
        earlier_id = review.id  # appealed, and nobody has taken the new passage yet
    for column in (Review.proposed_by_id, Review.decided_by_id, Review.taken_by_id):
        if earlier_id is not None:
            parts.append(select(literal("earlier"), column, nothing).where(Review.id == earlier_id))
    return parts


def _named(campaign: Campaign, review: Review | None) -> Any:
    """("named", user id, name) of the people whom the page of the review calls by their name."""
    record = campaign.coaching_record
    ids = {campaign.owner_id, record.referent_id if record else None}
    if review is not None:
        ids |= {review.taken_by_id, review.proposed_by_id, review.decided_by_id, review.opinion_by_id}
    return select(literal("named"), User.id, User.name).where(User.id.in_([one for one in ids if one]))


def get_case_and_request(slug: str, request_id: int) -> tuple[Case, ChangeRequest]:
    """Errors: NotFound, also when the request belongs to another campaign."""
    case = get_case(slug)
    for request in case.review.requests if case.review else []:
        if request.id == request_id:
            return case, request
    raise NotFound


def open_review(campaign_id: int) -> Review | None:
    """Kept from other writers until the commit: of two verbs at the same instant, the second sees the first."""
    wanted = select(Review).where(Review.campaign_id == campaign_id, Review.phase.in_(OPEN_PHASES))
    return db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def milestones(campaign: Campaign) -> list[JournalEntry]:
    """What happened to the file, newest first, for its holder and its reviewers."""
    subjects = [JournalEntry.subject_id == campaign.id, JournalEntry.subject_kind == "campaigns"]
    statement = select(JournalEntry).where(*subjects, JournalEntry.action.like("campaign.%"))
    return list(db.session.scalars(statement.order_by(JournalEntry.id.desc()).limit(MOST_MILESTONES)))


def statements_of(review: Review) -> dict[int, InterestStatement]:
    """What each person said about their links, by user id."""
    found = db.session.scalars(select(InterestStatement).where(InterestStatement.review_id == review.id))
    return {one.user_id: one for one in found}


def notes_of(review_id: int) -> dict[str, ChecklistNote]:
    """What was written about the points of the list, by their code."""
    found = db.session.scalars(select(ChecklistNote).where(ChecklistNote.review_id == review_id))
    return {one.code: one for one in found}


def phrases(organisation_ids: frozenset[int]) -> list[Phrase]:
    """The sentences kept by these organisations, by title."""
    return list(
        db.session.scalars(
            select(Phrase)
            .where(Phrase.organisation_id.in_(organisation_ids), Phrase.ended_at.is_(None))
            .order_by(Phrase.title, Phrase.id)
            .limit(100)
        )
    )


def get_phrase(phrase_id: int) -> Phrase:
    """Errors: NotFound, also once it was withdrawn."""
    found = db.session.get(Phrase, phrase_id)
    if found is None or found.ended_at is not None:
        raise NotFound
    return found
