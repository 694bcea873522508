"""Reads about campaigns: for their team, for the clock and for other rooms.

What the public reads is in `public_page.py` and `catalogue.py`, re-exported here under one name.
"""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.campaigns import words
from app.campaigns.catalogue import Filters as Filters
from app.campaigns.catalogue import catalogue as catalogue
from app.campaigns.figures import for_home as for_home
from app.campaigns.models import Campaign, CampaignMember, Reward
from app.campaigns.places import for_sitemap as for_sitemap
from app.campaigns.places import newest as newest
from app.campaigns.places import of_place as of_place
from app.campaigns.places import of_theme as of_theme
from app.campaigns.places import readers_of_theme as readers_of_theme
from app.campaigns.public_page import page_of as page_of
from app.campaigns.rules import LINKABLE, CampaignState
from app.coaching.models import CoachingRecord
from app.coaching.queries import RecordFile
from app.core.database import db
from app.core.errors import NotFound
from app.core.journal import JournalEntry


def get_by_slug(slug: str) -> Campaign:
    """Errors: NotFound."""
    return _one(slug)


def get_public(slug: str) -> Campaign:
    """Errors: NotFound, also for a draft: foreign drafts do not exist."""
    campaign = _one(slug)
    if not campaign.is_public:
        raise NotFound
    return campaign


def _one(slug: str) -> Campaign:
    campaign = db.session.scalar(
        select(Campaign)
        .options(
            joinedload(Campaign.commune),
            joinedload(Campaign.organisation),
            joinedload(Campaign.coaching_record).joinedload(CoachingRecord.organisation),
        )
        .where(Campaign.slug == slug)
    )
    if campaign is None:
        raise NotFound
    return campaign


def get(campaign_id: int) -> Campaign:
    """Errors: NotFound."""
    campaign = db.session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound
    return campaign


def get_at_step(slug: str, step: str | int) -> Campaign:
    """For the form's addresses; the view reads the step itself. Errors: NotFound."""
    return _one(slug)


def get_reward(slug: str, reward_id: int) -> Reward:
    """With its campaign. Errors: NotFound when it is unknown or of another campaign."""
    reward = db.session.get(Reward, reward_id, options=[joinedload(Reward.campaign)])
    if reward is None or reward.campaign.slug != slug:
        raise NotFound
    return reward


def get_by_preview_key(key: str) -> Campaign:
    """The campaign a signed address was made for, as long as the public does not see it. Errors: NotFound."""
    try:
        campaign_id = _preview_signer().loads(key)
    except BadSignature as error:
        raise NotFound from error
    return get(int(campaign_id))


def preview_key(campaign: Campaign) -> str:
    """A key nobody can guess, for people the team shows the page to before it is public."""
    return str(_preview_signer().dumps(campaign.id))


def _preview_signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="campaign-preview")


def of_user(user_id: int) -> list[Campaign]:
    """The campaigns I hold or help, newest first."""
    return list(
        db.session.scalars(
            select(Campaign)
            .join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
            .options(
                joinedload(Campaign.commune),
                joinedload(Campaign.organisation),
                selectinload(Campaign.pictures),
            )
            .where(CampaignMember.user_id == user_id, CampaignMember.ended_at.is_(None))
            .order_by(Campaign.created_at.desc(), Campaign.id.desc())
            .limit(200)
        )
    )


def to_link(file: RecordFile) -> list[Campaign]:
    """The campaigns that may be hung on this record, newest first: of one of the persons it is about, sent to the
    organisation that owns it, and without a record so far."""
    wanted = _of_record(file).where(Campaign.coaching_record_id.is_(None))
    return list(db.session.scalars(wanted.order_by(Campaign.submitted_at.desc(), Campaign.id.desc()).limit(50)))


def get_to_link(file: RecordFile, slug: str) -> Campaign:
    """One of those, or one that hangs there already: a second click. Kept from other writers until the commit.

    Errors: NotFound.
    """
    wanted = _of_record(file).where(
        Campaign.slug == slug,
        or_(Campaign.coaching_record_id.is_(None), Campaign.coaching_record_id == file.record.id),
    )
    found = db.session.scalar(wanted.with_for_update(of=Campaign).execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _of_record(file: RecordFile) -> Select[Campaign]:
    return (
        select(Campaign)
        .join(User, User.id == Campaign.owner_id)
        .where(
            or_(User.id.in_(file.holder_ids), User.email.in_(file.holder_emails)),
            Campaign.organisation_id == file.record.organisation_id,
            Campaign.state.in_(LINKABLE),
        )
    )


def all_ids() -> list[int]:
    """Every campaign, oldest first: for the commands of the operator."""
    return list(db.session.scalars(select(Campaign.id).order_by(Campaign.id)))


def ids_to_open(at: datetime, limit: int = 200) -> list[int]:
    """Approved, and the chosen instant has come."""
    return list(
        db.session.scalars(
            select(Campaign.id)
            .where(Campaign.state == CampaignState.APPROVED, Campaign.opens_at <= at)
            .order_by(Campaign.opens_at, Campaign.id)
            .limit(limit)
        )
    )


def ids_to_close(at: datetime, limit: int = 200) -> list[int]:
    """Live, and the end has come. A suspended one closes when it is lifted."""
    return list(
        db.session.scalars(
            select(Campaign.id)
            .where(Campaign.state == CampaignState.LIVE, Campaign.closes_at <= at)
            .order_by(Campaign.closes_at, Campaign.id)
            .limit(limit)
        )
    )


MILESTONE_WORDS = words.MILESTONES
PUBLIC_ACTIONS = ("approve", "open", "edited", "suspend", "lift", "close", "succeed", "fail", "settle", "cancel")


def public_history(campaign_id: int) -> list[JournalEntry]:
    """What anybody may know of a public campaign's life, newest first."""
    return list(
        db.session.scalars(
            select(JournalEntry)
            .where(
                JournalEntry.subject_kind == "campaigns",
                JournalEntry.subject_id == campaign_id,
                JournalEntry.action.in_([f"campaign.{action}" for action in PUBLIC_ACTIONS]),
            )
            .order_by(JournalEntry.id.desc())
            .limit(200)
        )
    )
