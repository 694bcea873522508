"""What a coaching record already knows, copied into a campaign: nothing is written twice. Never a note."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.accounts.models import User
from app.campaigns import mails, services
from app.campaigns.errors import NoAccountYet
from app.campaigns.models import Campaign, CampaignMember
from app.campaigns.rules import MemberRole, Theme
from app.coaching.models import CoachingRecord, Person, ProjectMember
from app.core.database import db
from app.core.journal import record as journal
from app.core.text import markdown_to_html

TAGLINE_MAX = 200


def prepare(record: CoachingRecord, *, holder: User, by: int, at: datetime) -> Campaign:
    """A draft for the holder with what the record knows, linked to it. A second click gives the same draft.

    Errors: NotFound (a project without commune).
    """
    project = record.project
    campaign = services.start_campaign(
        by=holder, title=project.title, commune_code=project.commune_code or "", at=at, project=project
    )
    if campaign.coaching_record_id is None:
        db.session.flush()
        copy_known(campaign, at=at)
        services.link_record(campaign, record, by=by, at=at)
        if by != holder.id:
            journal("campaign.prepared", on=campaign, by=by, at=at, record=record.id)
            mails.prepared(campaign, at=at)
    return campaign


def copy_known(campaign: Campaign, *, at: datetime) -> None:
    """The project's summary, theme and people; only where the draft is still empty."""
    project = db.session.get_one(Campaign, campaign.id).project
    summary = " ".join((project.summary or "").split())
    if summary and not campaign.story_markdown:
        campaign.story_markdown, campaign.story_html = project.summary, markdown_to_html(project.summary)
        campaign.tagline = summary if len(summary) <= TAGLINE_MAX else ""
    known = {theme.value for theme in Theme}
    campaign.theme = campaign.theme or next((theme for theme in project.themes if theme in known), "")
    there = {member.user_id for member in campaign.members}
    others = (
        select(Person.user_id)
        .join(ProjectMember, ProjectMember.person_id == Person.id)
        .where(ProjectMember.project_id == project.id, ProjectMember.ended_at.is_(None), Person.user_id.is_not(None))
    )
    for user_id in db.session.scalars(others):
        if user_id not in there:
            campaign.members.append(CampaignMember(user_id=user_id, role=MemberRole.EDITOR))


def holder_of(holder_ids: frozenset[int]) -> User:
    """The person for whom a coach prepares: the first account among the holders. Errors: NoAccountYet."""
    if not holder_ids:
        raise NoAccountYet
    return db.session.get_one(User, min(holder_ids))
