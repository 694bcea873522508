"""What a campaign says at an instant, kept whole: plain values, so that two of them can be compared."""

from __future__ import annotations

from dataclasses import astuple
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.campaigns.models import Campaign, Snapshot
from app.core.database import db

Content = dict[str, Any]


def content_of(campaign: Campaign) -> Content:
    """By field: texts, amounts in cents, lists of lines. Only what JSON can hold; no total, no state."""
    picture = campaign.picture
    return {
        "title": campaign.title,
        "tagline": campaign.tagline,
        "commune": campaign.commune.name if campaign.commune else "",
        "theme": campaign.theme,
        "holder": list(astuple(campaign.identity)) if campaign.identity.is_given else [],
        "story": campaign.story_markdown,
        "if_missed": campaign.if_missed,
        "picture": [str(picture.renditions[0]["name"]) if picture.renditions else "", picture.alternative]
        if picture
        else [],
        "values": [[str(value.value), value.argument] for value in campaign.values],
        "goal": [str(campaign.kind), campaign.goal_cents, campaign.optimum_cents],
        "budget": [[str(line.side), line.label, line.amount_cents] for line in campaign.budget_lines],
        "rewards": [
            [
                reward.title, reward.description, str(reward.nature), reward.amount_cents, reward.stock_total,
                reward.delivery_month.isoformat() if reward.delivery_month else "",
                # only where it is said: a campaign approved before it was asked for has not changed since
                *([str(reward.postage), reward.postage_words or ""] if reward.postage else []),
            ]
            for reward in sorted(campaign.rewards, key=lambda one: (one.amount_cents, one.id or 0))
        ],
        "calendar": [
            campaign.duration_days,
            campaign.earliest_start_on.isoformat() if campaign.earliest_start_on else "",
        ],
    }  # fmt: skip


def take(campaign: Campaign, occasion: str, *, at: datetime) -> Snapshot:
    """Keep what it says now. `occasion`: submitted, appealed or approved."""
    db.session.flush()
    made = Snapshot(campaign_id=campaign.id, occasion=occasion, content=content_of(campaign), taken_at=at)
    db.session.add(made)
    return made


def before(campaign_id: int, at: datetime | None) -> Snapshot | None:
    """What reviewers saw last before an instant; None at the first submission."""
    if at is None:
        return None
    return db.session.scalar(
        select(Snapshot)
        .where(Snapshot.campaign_id == campaign_id, Snapshot.taken_at < at)
        .order_by(Snapshot.taken_at.desc(), Snapshot.id.desc())
        .limit(1)
    )


MINOR_FIELDS = frozenset({"story", "if_missed", "picture"})  # may be corrected after approval, and the page says so


def has_changed_since_approval(campaign: Campaign) -> bool:
    """True when something was changed that the public must not see before two persons have read it."""
    known = approved(campaign.id)
    if known is None:  # approved before snapshots were taken
        return campaign.edited_at is not None and campaign.edited_at > (campaign.approved_at or campaign.edited_at)
    now = content_of(campaign)
    # A field that came later than the snapshot stood empty then; one that still does has not changed.
    was = {field: known.content.get(field, type(now[field])()) for field in now}
    return any(now[field] != was[field] for field in now if field not in MINOR_FIELDS)


def approved(campaign_id: int) -> Snapshot | None:
    """What two persons approved last."""
    return db.session.scalar(
        select(Snapshot)
        .where(Snapshot.campaign_id == campaign_id, Snapshot.occasion == "approved")
        .order_by(Snapshot.id.desc())
        .limit(1)
    )
