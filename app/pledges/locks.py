"""The lock that every verb of the money takes first: the row of its campaign."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import defer

from app.campaigns.models import Campaign
from app.core.database import db, kept
from app.pledges.models import Pledge

# Its words are read when they are needed: no verb of the money needs the whole story.
_WORDS = (
    Campaign.tagline, Campaign.story_markdown, Campaign.story_html, Campaign.if_missed, Campaign.theme,
    Campaign.search_text, Campaign.search_title, Campaign.search_summary, Campaign.routing_reason,
    Campaign.no_record_reason, Campaign.appeal_words, Campaign.closing_markdown, Campaign.closing_html,
)  # fmt: skip
_FOR_UPDATE = (
    select(Campaign)
    .options(*(defer(words) for words in _WORDS))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_LOCKED = _FOR_UPDATE.where(Campaign.id == bindparam("locked"))
_CAMPAIGN_OF = select(Pledge.campaign_id).where(Pledge.id == bindparam("pledge"))
_LOCKED_OF = _FOR_UPDATE.where(Campaign.id == _CAMPAIGN_OF.scalar_subquery())


def lock_campaign(campaign_id: int) -> Campaign:
    """The campaign, read again and kept from other writers until the commit.

    Every verb that may change a total takes this first, so that two never wait for each other.
    """
    held = _held()
    if campaign_id not in held:
        held[campaign_id] = db.session.scalars(_LOCKED, {"locked": campaign_id}).one()
    return held[campaign_id]


def lock_campaign_of(pledge_id: int) -> Campaign:
    """The same for the campaign of a pledge, which never changes: both are asked in one statement."""
    found = db.session.scalars(_LOCKED_OF, {"pledge": pledge_id}).one()
    return _held().setdefault(found.id, found)


def _held() -> dict[int, Campaign]:
    held: dict[int, Campaign] = kept().setdefault("locked campaigns", {})
    return held
