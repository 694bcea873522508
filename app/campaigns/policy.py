"""Who may see and change a campaign. Pure: reads only what it is given."""

from __future__ import annotations

from app.campaigns.models import Campaign, Reward
from app.core.access import Role, Viewer


def is_holder(viewer: Viewer, campaign: Campaign) -> bool:
    """Only the holder submits, withdraws, chooses the day and receives the money."""
    return viewer.is_signed_in and viewer.user_id == campaign.owner_id


def is_team(viewer: Viewer, campaign: Campaign) -> bool:
    """The holder, or a member of the team who has not left it."""
    return is_holder(viewer, campaign) or any(
        member.user_id == viewer.user_id and member.ended_at is None for member in campaign.members
    )


def may_edit(viewer: Viewer, campaign: Campaign) -> bool:
    """The team; the verbs check the state."""
    return viewer.is_signed_in and is_team(viewer, campaign)


def may_edit_reward(viewer: Viewer, reward: Reward) -> bool:
    return may_edit(viewer, reward.campaign)


def may_preview(viewer: Viewer, campaign: Campaign) -> bool:
    """The team, the organisation that reviews it once submitted, and the referent of its coaching record."""
    if not viewer.is_signed_in:
        return False
    reviews = campaign.organisation_id is not None and viewer.has(
        Role.MODERATOR, Role.ORGANISATION_LEAD, organisation_id=campaign.organisation_id
    )
    record = campaign.coaching_record
    return is_team(viewer, campaign) or reviews or (record is not None and record.referent_id == viewer.user_id)
