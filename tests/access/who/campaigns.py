"""The doors of campaigns: a line per route."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.campaigns.models import CampaignInvitation, CampaignMember
from app.campaigns.team_queries import invitation_key
from app.core import clock
from app.core.database import db, transaction
from tests.access.objects import (
    ACCOUNT,
    CAMPAIGN,
    CAMPAIGN_EDIT,
    CAMPAIGN_HOLD,
    CAMPAIGN_MANAGE,
    CAMPAIGN_TEAM,
    COLLEAGUES,
    HOLDERS,
    PLATFORM,
    RECORD,
    RECORD_WRITE,
    Door,
    doors,
)  # fmt: skip
from tests.access.people import EVERYBODY, SIGNED_IN, people

WHO: dict[str, Door] = {
    **doors("campaigns", Door(CAMPAIGN, EVERYBODY), "show history"),
    # the same for whoever asks; the last one is a link that was given
    **doors("campaigns", Door(PLATFORM, EVERYBODY), """
        catalogue new picture shared_picture poster widget feed place_feed campaign_feed shared_preview
    """),
    **doors("campaigns", Door(ACCOUNT, SIGNED_IN), "mine start accept_invitation"),  # the last: by a key
    **doors("campaigns", Door(CAMPAIGN, CAMPAIGN_HOLD), """
        reopen submit withdraw appeal choose_opening fulfil duplicate
    """),
    **doors("campaigns", Door(CAMPAIGN, CAMPAIGN_TEAM), "desk"),
    **doors("campaigns", Door(CAMPAIGN, CAMPAIGN_EDIT), """
        edit edit_by_number preview_text reward remove_reward add_story_picture
    """),
    **doors("campaigns", Door(CAMPAIGN, CAMPAIGN_MANAGE), "team invite change_role end_invitation close_out"),
    "campaigns.remove_member": Door(CAMPAIGN, CAMPAIGN_MANAGE | people("team_member.team/editor")),  # who leaves
    "campaigns.preview": Door(CAMPAIGN, CAMPAIGN_TEAM | people("coach.own")),
    "mentions.change": Door(RECORD, HOLDERS), "mentions.prepare": Door(RECORD, RECORD_WRITE),
    "mentions.link": Door(RECORD, COLLEAGUES),
}  # fmt: skip
MAY_BE_MISSING = {"campaigns.picture"}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """The row of the member who writes, and an invitation that waits."""
    at, campaign_id = clock.now(), int(str(shared["campaign_id"]))
    with transaction():
        invitation = CampaignInvitation(
            campaign_id=campaign_id, email="elsewhere@example.org", role="editor", invited_by_id=ids["holder.own"],
            invited_at=at, expires_at=at + timedelta(days=14),
        )  # fmt: skip
        db.session.add(invitation)
        db.session.flush()
        members = select(CampaignMember.id).where(
            CampaignMember.campaign_id == campaign_id, CampaignMember.role == "editor"
        )
        made = {
            "member_id": db.session.scalars(members).first(), "invitation_id": invitation.id,
            ("campaigns.accept_invitation", "key"): invitation_key(invitation.id),
        }  # fmt: skip
    public = ("show", "history", "shared_picture", "poster", "widget", "campaign_feed")
    return made | {
        **{(f"campaigns.{page}", "slug"): shared["live_slug"] for page in public},
        ("campaigns.edit", "step"): "histoire",
        ("campaigns.place_feed", "code"): "21",
    }
