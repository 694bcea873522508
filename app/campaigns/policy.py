"""Who may see and change a campaign. Pure: reads only what it is given."""

from __future__ import annotations

from app.campaigns.models import Campaign, CampaignInvitation, CampaignMember, Reward
from app.campaigns.rules import CARERS, MANAGERS, WRITERS, MemberRole
from app.core.access import Role, Viewer


def is_holder(viewer: Viewer, campaign: Campaign) -> bool:
    """Only the holder submits, withdraws, chooses the day and receives the money."""
    return viewer.is_signed_in and viewer.user_id == campaign.owner_id


def is_team(viewer: Viewer, campaign: Campaign) -> bool:
    """The holder, or a member of the team who has not left it."""
    return is_holder(viewer, campaign) or any(
        viewer.is_signed_in and member.user_id == viewer.user_id and member.ended_at is None
        for member in campaign.members
    )


def _role(viewer: Viewer, campaign: Campaign) -> str:
    """The role in this team; "" outside it."""
    if not viewer.is_signed_in:
        return ""
    if is_holder(viewer, campaign):
        return MemberRole.HOLDER
    return next((str(m.role) for m in campaign.members if m.user_id == viewer.user_id and m.ended_at is None), "")


def may_edit(viewer: Viewer, campaign: Campaign) -> bool:
    """Those who write the page; the verbs check the state."""
    return _role(viewer, campaign) in WRITERS


def may_write(viewer: Viewer, campaign: Campaign) -> bool:
    """News and answers: those who write the page."""
    return may_edit(viewer, campaign)


def may_manage(viewer: Viewer, campaign: Campaign) -> bool:
    """The money, the team, and the end of the campaign."""
    return _role(viewer, campaign) in MANAGERS


def may_thank(viewer: Viewer, campaign: Campaign) -> bool:
    """Contributors, thanks and deliveries: personal data, for those who need it."""
    return _role(viewer, campaign) in CARERS


def may_manage_member(viewer: Viewer, member: CampaignMember) -> bool:
    return may_manage(viewer, member.campaign)


def may_remove_member(viewer: Viewer, member: CampaignMember) -> bool:
    """Those who manage, and everybody for oneself."""
    is_self = viewer.is_signed_in and viewer.user_id == member.user_id
    return is_self or may_manage(viewer, member.campaign)


def may_manage_invitation(viewer: Viewer, invitation: CampaignInvitation) -> bool:
    return may_manage(viewer, invitation.campaign)


def may_edit_reward(viewer: Viewer, reward: Reward) -> bool:
    return may_edit(viewer, reward.campaign)


def may_preview(viewer: Viewer, campaign: Campaign) -> bool:
    """The team, and the referent of its coaching record while they work there. Reviewers see the same through
    moderation, which knows who has stepped aside."""
    if not viewer.is_signed_in:
        return False
    record = campaign.coaching_record
    return is_team(viewer, campaign) or (
        record is not None
        and record.referent_id == viewer.user_id
        and viewer.has(Role.COACH, Role.ORGANISATION_LEAD, organisation_id=record.organisation_id)
    )
