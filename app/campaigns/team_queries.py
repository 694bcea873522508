"""Reads about the team of a campaign."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.campaigns.models import CampaignInvitation, CampaignMember
from app.core.database import db
from app.core.errors import NotFound

Row = TypeVar("Row", CampaignMember, CampaignInvitation)


def members_of(campaign_id: int) -> list[CampaignMember]:
    """Those who are in it now, with their accounts, the holder first."""
    return list(
        db.session.scalars(
            select(CampaignMember)
            .where(CampaignMember.campaign_id == campaign_id, CampaignMember.ended_at.is_(None))
            .options(joinedload(CampaignMember.user))
            .order_by(CampaignMember.id)
        )
    )


def invitations_of(campaign_id: int, at: datetime) -> list[CampaignInvitation]:
    """Those that may still be accepted."""
    return list(
        db.session.scalars(
            select(CampaignInvitation)
            .where(
                CampaignInvitation.campaign_id == campaign_id, CampaignInvitation.accepted_at.is_(None),
                CampaignInvitation.ended_at.is_(None), CampaignInvitation.expires_at > at,
            )
            .order_by(CampaignInvitation.id)
        )
    )  # fmt: skip


def get_member(slug: str, member_id: int) -> CampaignMember:
    """With campaign. Errors: NotFound when unknown, gone or of another campaign."""
    found = db.session.get(CampaignMember, member_id, options=[joinedload(CampaignMember.campaign)])
    if found is None or found.campaign.slug != slug or found.ended_at is not None:
        raise NotFound
    return found


def get_invitation(slug: str, invitation_id: int) -> CampaignInvitation:
    """Errors: NotFound when unknown or of another campaign."""
    found = db.session.get(CampaignInvitation, invitation_id, options=[joinedload(CampaignInvitation.campaign)])
    if found is None or found.campaign.slug != slug:
        raise NotFound
    return found


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="campaign-invitation")


def invitation_key(invitation_id: int) -> str:
    return str(_signer().dumps(invitation_id))


def get_by_key(key: str) -> CampaignInvitation:
    """Errors: NotFound for a forged key."""
    try:
        number = int(_signer().loads(key[:200]))
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound from error
    found = db.session.get(CampaignInvitation, number, options=[joinedload(CampaignInvitation.campaign)])
    if found is None:
        raise NotFound
    return found


def fresh(model: type[Row], row_id: int) -> Row:
    """The row as it is now, inside a transaction."""
    return db.session.get_one(model, row_id, populate_existing=True)
