"""The end of a campaign in words, and a new one that starts from it. The caller commits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts.models import User
from app.campaigns import services
from app.campaigns.errors import NothingToTellYet
from app.campaigns.models import BudgetLine, Campaign, CampaignValue, Picture, Reward
from app.campaigns.rules import CampaignState
from app.campaigns.story import story_html
from app.campaigns.totals import touch
from app.core.journal import record as journal

TELLABLE = frozenset({CampaignState.SETTLED, CampaignState.FULFILLED})


def tell_end(campaign: Campaign, *, words: str, by: int, at: datetime) -> None:
    """What happened, on the public page; may be corrected later. Errors: NothingToTellYet."""
    if campaign.state not in TELLABLE:
        raise NothingToTellYet
    if words != campaign.closing_markdown:
        campaign.closing_markdown, campaign.closing_html, campaign.closing_at = words, story_html(words), at
        journal("campaign.end_told", on=campaign, by=by, at=at)
        touch(campaign.id)


def duplicate(campaign: Campaign, *, by: User, title: str, pictures: list[dict[str, Any]], at: datetime) -> Campaign:
    """A new draft with the texts, holder, budget, values and rewards of an old campaign; no money and no calendar.

    `pictures`: copies of the photograph's renditions, already stored. A second click gives the same draft, which
    has its own copies.
    """
    made = services.start_campaign(
        by=by, title=title, commune_code=str(campaign.commune_code), at=at, project=campaign.project
    )
    if made.story_markdown or made.budget_lines or made.tagline:
        return made
    for name in ("tagline", "story_markdown", "story_html", "if_missed", "theme", "kind", "goal_cents", "optimum_cents",
                 "duration_days", "holder_kind", "legal_name", "legal_form", "registration",
                 "representative"):  # fmt: skip
        setattr(made, name, getattr(campaign, name))
    made.budget_lines = [
        BudgetLine(side=line.side, label=line.label, amount_cents=line.amount_cents, position=line.position)
        for line in campaign.budget_lines
    ]
    made.values = [CampaignValue(value=value.value, argument=value.argument) for value in campaign.values]
    made.rewards = [
        Reward(
            title=reward.title, description=reward.description, nature=reward.nature, amount_cents=reward.amount_cents,
            stock_total=reward.stock_total, stock_left=reward.stock_total, delivery_month=None,
            postage=reward.postage, postage_words=reward.postage_words,
        )
        for reward in campaign.rewards
    ]  # fmt: skip
    if campaign.picture is not None:
        made.pictures = [Picture(alternative=campaign.picture.alternative, renditions=pictures, created_at=at)]
    journal("campaign.duplicated", on=made, by=by.id, at=at, source=campaign.id)
    return made
