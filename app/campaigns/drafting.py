"""What a campaign's team types, step by step. A draft may be incomplete; the caller commits.

After the opening only the story and the photograph may change: the page then says « modifiée le ».
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.campaigns import rules, search, services
from app.campaigns.errors import KindLocked, NotEditable, TooMany
from app.campaigns.identity_rules import HolderKind, Identity, fitting
from app.campaigns.models import BudgetLine, Campaign, CampaignValue, Picture, Reward
from app.campaigns.rules import AddedValue, BudgetSide, FundingKind, Postage, RewardNature
from app.campaigns.story import story_html
from app.core.database import db
from app.core.differences import changed_share
from app.core.journal import record as journal
from app.network.communes import get_commune


def save_project(
    campaign: Campaign, *, title: str, tagline: str, commune_code: str, theme: str, identity: Identity | None = None,
    by: int, at: datetime,
) -> None:  # fmt: skip
    """`identity` None: that of the row stays. Errors: NotEditable, NotFound (commune)."""
    _change(campaign, "projet", by, at)
    commune = get_commune(commune_code)
    campaign.title, campaign.tagline, campaign.theme = title, tagline, theme
    campaign.commune_code, campaign.departement_code = commune.code, commune.departement_code
    if identity is not None:
        set_identity(campaign, identity)
    search.refresh(campaign)


def set_identity(campaign: Campaign, identity: Identity) -> None:
    """Into its columns, without what this kind of holder has not."""
    said = fitting(identity)
    campaign.holder_kind = HolderKind(said.kind) if said.kind else None
    campaign.legal_name, campaign.legal_form = said.name or None, said.form or None
    campaign.registration, campaign.representative = said.number or None, said.representative or None


def save_story(campaign: Campaign, *, story_markdown: str, if_missed: str, by: int, at: datetime) -> None:
    """The HTML is made and cleaned once, here. Rewritten after approval it goes back to review. Errors: NotEditable."""
    _check(campaign, "histoire")
    before, now = f"{campaign.story_markdown}\n{campaign.if_missed}", f"{story_markdown}\n{if_missed}"
    if rules.is_major(campaign.state, changed_share(before, now)):
        services.reopen_review(campaign, by=by, at=at)  # first: what two persons will read is no correction
    _change(campaign, "histoire", by, at, is_seen=before != now)
    campaign.story_markdown, campaign.story_html = story_markdown, story_html(story_markdown)
    campaign.if_missed = if_missed
    search.refresh(campaign)


def save_picture(
    campaign: Campaign,
    *,
    alternative: str,
    renditions: list[dict[str, int | str]] | None,
    by: int,
    at: datetime,
) -> list[str]:
    """A new photograph (`renditions`: [{name, width, height}] already stored) or only its words (None).

    Returns the names of the files that nothing shows any more. Errors: NotEditable.
    """
    words = campaign.picture.alternative if campaign.picture else ""
    _change(campaign, "image", by, at, is_seen=renditions is not None or alternative != words)
    if renditions is None:
        if campaign.picture is not None:
            campaign.picture.alternative = alternative
        elif alternative:  # the words may come before the photograph
            campaign.pictures = [Picture(alternative=alternative, renditions=[], created_at=at)]
        return []
    gone = [str(rendition["name"]) for picture in campaign.pictures for rendition in picture.renditions]
    campaign.pictures = [Picture(alternative=alternative, renditions=renditions, created_at=at)]
    return gone


def save_values(campaign: Campaign, *, arguments: Mapping[AddedValue, str], by: int, at: datetime) -> None:
    """The values claimed, each with its sentence. Errors: NotEditable."""
    _change(campaign, "valeur-ajoutee", by, at)
    known = {str(value.value): value for value in campaign.values}
    for value, argument in arguments.items():
        if not argument:
            continue
        row = known.pop(value.value, None)
        if row is None:
            campaign.values.append(CampaignValue(value=value, argument=argument))
        else:
            row.argument = argument
    for row in known.values():
        campaign.values.remove(row)
    search.refresh(campaign)


def save_budget(
    campaign: Campaign,
    *,
    kind: FundingKind,
    goal_cents: int | None,
    optimum_cents: int | None,
    uses: Sequence[tuple[str, int]],
    resources: Sequence[tuple[str, int]],
    by: int,
    at: datetime,
) -> None:
    """Lines are (words, cents); in a draft either may be missing.

    The kind is chosen before the first submission. Errors: NotEditable, TooMany, KindLocked.
    """
    _change(campaign, "budget", by, at)
    if campaign.submitted_at is not None and kind != campaign.kind:
        raise KindLocked
    if max(len(uses), len(resources)) > rules.MAX_BUDGET_LINES:
        raise TooMany
    campaign.kind = kind
    campaign.goal_cents, campaign.optimum_cents = goal_cents, optimum_cents
    sides = ((BudgetSide.USE, uses), (BudgetSide.RESOURCE, resources))
    campaign.budget_lines = [
        BudgetLine(side=side, label=label, amount_cents=cents, position=position)
        for side, lines in sides
        for position, (label, cents) in enumerate(lines)
    ]


def add_reward(campaign: Campaign, *, by: int, at: datetime, **values: Any) -> Reward:
    """A second click on the same form adds nothing. Values as in `change_reward`. Errors: NotEditable, TooMany."""
    _change(campaign, "contreparties", by, at)
    wanted = _reward_values(**values)
    for reward in campaign.rewards:
        if all(getattr(reward, name) == value for name, value in wanted.items()):
            return reward
    if len(campaign.rewards) >= rules.MAX_REWARDS:
        raise TooMany
    reward = Reward(**wanted)
    campaign.rewards.append(reward)
    return reward


def change_reward(reward: Reward, *, by: int, at: datetime, **values: Any) -> None:
    """`title`, `description`, `nature`, `amount_cents`, `stock` (None: unlimited), `delivery_month`, `postage` (None:
    not said), `postage_words`.

    Errors: NotEditable.
    """
    _change(reward.campaign, "contreparties", by, at, saved=saved_key(reward))
    for name, value in _reward_values(**values).items():
        setattr(reward, name, value)


def remove_reward(reward: Reward, *, by: int, at: datetime) -> None:
    """Errors: NotEditable."""
    _change(reward.campaign, "contreparties", by, at)
    db.session.delete(reward)


def _reward_values(
    *, title: str, description: str, nature: RewardNature, amount_cents: int, stock: int | None,
    delivery_month: date | None, postage: Postage | None = None, postage_words: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Before the opening nothing is taken: what is left is the whole stock."""
    return {
        "title": title, "description": description, "nature": nature, "amount_cents": amount_cents,
        "stock_total": stock, "stock_left": stock, "delivery_month": delivery_month,
        "postage": postage, "postage_words": postage_words or None,
    }  # fmt: skip


def save_calendar(
    campaign: Campaign, *, duration_days: int | None, earliest_start_on: date | None, by: int, at: datetime
) -> None:
    """Errors: NotEditable."""
    _change(campaign, "calendrier", by, at)
    campaign.duration_days, campaign.earliest_start_on = duration_days, earliest_start_on


def _check(campaign: Campaign, step: str) -> None:
    """Errors: NotEditable."""
    if not rules.may_change(campaign.state, step, is_reopened=campaign.reopened_at is not None):
        raise NotEditable


def saved_key(reward: Reward) -> str:
    """The name of a reward in `Campaign.saved_by`."""
    return f"reward:{reward.id}"


def _change(campaign: Campaign, step: str, by: int, at: datetime, *, is_seen: bool = True, saved: str = "") -> None:
    """May this step change now? If so the page gets a new version, and a change the public sees is journalled.

    `is_seen` False: saved as it was. `saved`: the part of the step that is saved alone. Errors: NotEditable.
    """
    _check(campaign, step)
    campaign.saved_by = {**(campaign.saved_by or {}), saved or step: by}
    campaign.page_version = Campaign.page_version + 1
    if is_seen and campaign.state not in rules.EDITABLE and campaign.reopened_at is None:
        campaign.edited_at = at
        journal("campaign.edited", on=campaign, by=by, at=at, step=step)
