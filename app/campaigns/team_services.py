"""The team of a campaign: invited by address, joined by accepting, with a role. The caller commits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from app.accounts.models import User
from app.campaigns import team_mails
from app.campaigns.errors import AlreadyInTheTeam, HolderStays, InvitedElsewhere, NotInvited
from app.campaigns.models import Campaign, CampaignInvitation, CampaignMember
from app.campaigns.rules import MemberRole
from app.campaigns.totals import touch
from app.core.database import db
from app.core.journal import record as journal

LASTS = timedelta(days=14)


def invite(campaign: Campaign, *, email: str, role: MemberRole, by: int, at: datetime) -> CampaignInvitation:
    """A mail with a signed link. A second click, or a second invitation while one waits, gives the first one.

    Errors: AlreadyInTheTeam, HolderStays (nobody is invited as holder).
    """
    if role == MemberRole.HOLDER:
        raise HolderStays
    if any(member.ended_at is None and member.user.email == email for member in campaign.members):
        raise AlreadyInTheTeam
    known = db.session.scalar(
        select(CampaignInvitation).where(
            CampaignInvitation.campaign_id == campaign.id, CampaignInvitation.email == email, *waiting(at)
        )
    )
    if known is not None:
        return known
    invitation = CampaignInvitation(
        campaign_id=campaign.id, email=email, role=role, invited_by_id=by, invited_at=at, expires_at=at + LASTS
    )
    db.session.add(invitation)
    journal("campaign.member_invited", on=campaign, by=by, at=at, role=role.value)
    db.session.flush()
    team_mails.invited(invitation, campaign, db.session.get_one(User, by), at=at)
    return invitation


def waiting(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions of an invitation that may still be accepted."""
    return (
        CampaignInvitation.accepted_at.is_(None), CampaignInvitation.ended_at.is_(None),
        CampaignInvitation.expires_at > at,
    )  # fmt: skip


def accept(invitation: CampaignInvitation, user: User, *, at: datetime) -> None:
    """Only the person who owns the address. A second click changes nothing. Errors: NotInvited, InvitedElsewhere."""
    if invitation.email != user.email:
        raise InvitedElsewhere
    if invitation.accepted_at is not None:
        return
    if invitation.ended_at is not None or at >= invitation.expires_at:
        raise NotInvited
    campaign = invitation.campaign
    known = next((member for member in campaign.members if member.user_id == user.id), None)
    if known is None:
        campaign.members.append(CampaignMember(user_id=user.id, role=invitation.role))
    elif known.ended_at is not None:
        known.role, known.ended_at = invitation.role, None
    invitation.accepted_at = at
    journal("campaign.member_joined", on=campaign, by=user.id, at=at, role=str(invitation.role), user=user.id)
    touch(campaign.id)


def take_back(invitation: CampaignInvitation, *, by: int, at: datetime) -> None:
    """An invitation that nobody accepted ends. A second click changes nothing."""
    if invitation.accepted_at is None and invitation.ended_at is None:
        invitation.ended_at = at
        journal("campaign.invitation_ended", on=invitation.campaign, by=by, at=at)


def change_role(member: CampaignMember, role: MemberRole, *, by: int, at: datetime) -> None:
    """Errors: HolderStays (the holder's role, or a second holder)."""
    if MemberRole.HOLDER in {member.role, role}:
        raise HolderStays
    if member.role != role:
        old, member.role = str(member.role), role
        journal("campaign.member_role", on=member.campaign, by=by, at=at, old=old, new=role.value, user=member.user_id)


def remove(member: CampaignMember, *, by: int, at: datetime) -> None:
    """By the team or by oneself; acts at once. A second click changes nothing. Errors: HolderStays."""
    if member.role == MemberRole.HOLDER or member.user_id == member.campaign.owner_id:
        raise HolderStays
    if member.ended_at is None:
        member.ended_at = at
        journal("campaign.member_left", on=member.campaign, by=by, at=at, user=member.user_id)
        touch(member.campaign_id)
