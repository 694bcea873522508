"""The doors of campaigns: a line per route."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.campaigns.models import CampaignInvitation, CampaignMember
from app.campaigns.team_queries import invitation_key
from app.core import clock
from app.core.database import db, transaction
from tests.access.people import EVERYBODY, HOLDER, PREVIEWERS, RECORD_TEAM, SIGNED_IN

WHO: dict[str, frozenset[str]] = {
    "campaigns.catalogue": EVERYBODY, "campaigns.show": EVERYBODY, "campaigns.picture": EVERYBODY,
    **dict.fromkeys(
        (f"campaigns.{page}" for page in (
            "shared_picture", "poster", "widget", "feed", "place_feed", "campaign_feed",
        )),
        EVERYBODY,
    ),
    "campaigns.shared_preview": EVERYBODY,  # whoever was given the link
    "campaigns.history": EVERYBODY, "campaigns.reopen": HOLDER,
    "campaigns.mine": SIGNED_IN, "campaigns.new": EVERYBODY, "campaigns.start": SIGNED_IN,
    "campaigns.preview": PREVIEWERS,
    **dict.fromkeys(
        (f"campaigns.{page}" for page in (
            "desk", "edit", "edit_by_number", "preview_text", "reward", "remove_reward", "submit", "withdraw", "appeal",
            "choose_opening", "fulfil", "team", "invite", "change_role", "remove_member", "end_invitation", "close_out",
            "duplicate", "add_story_picture",
        )),
        HOLDER,
    ),
    "campaigns.accept_invitation": SIGNED_IN,  # the signed key of a mail
    "mentions.change": HOLDER, "mentions.prepare": RECORD_TEAM,
}  # fmt: skip
MAY_BE_MISSING = {"campaigns.picture"}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A member who is the holder, and an invitation that waits."""
    at, campaign_id = clock.now(), int(str(shared["campaign_id"]))
    with transaction():
        invitation = CampaignInvitation(
            campaign_id=campaign_id, email="elsewhere@example.org", role="editor", invited_by_id=ids["holder"],
            invited_at=at, expires_at=at + timedelta(days=14),
        )  # fmt: skip
        db.session.add(invitation)
        db.session.flush()
        members = select(CampaignMember.id).where(CampaignMember.campaign_id == campaign_id)
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
