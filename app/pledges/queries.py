"""Reads about pledges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import String, bindparam, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import selectinload

from app.campaigns import milestones
from app.campaigns.milestones import Milestone
from app.campaigns.models import Campaign, Reward
from app.core.database import db
from app.core.errors import NotFound
from app.core.outbox import OutboxMail
from app.payments import outages
from app.payments.models import StripeObject
from app.pledges import rules
from app.pledges.backers import Backer as Backer
from app.pledges.backers import public_backers as public_backers
from app.pledges.locks import lock_campaign as lock_campaign
from app.pledges.locks import lock_campaign_of as lock_campaign_of
from app.pledges.models import Pledge
from app.pledges.rules import COUNTING, OPEN_AFTER_VERDICT, PledgeState

_REWARD = select(Reward).where(Reward.id == bindparam("wanted"), Reward.campaign_id == bindparam("of"))
_BY_FORM_KEY = select(Pledge.id).where(Pledge.form_key == bindparam("wanted"))
ALIVE = OPEN_AFTER_VERDICT | {PledgeState.DRAFT, PledgeState.AUTHORISED}
_WITH_CAMPAIGN = (selectinload(Pledge.campaign), selectinload(Pledge.reward))


def get(pledge_id: int) -> Pledge:
    """The row as this session sees it; it must exist."""
    return db.session.get_one(Pledge, pledge_id)


def get_by_public_id(public_id: str) -> Pledge:
    """Errors: NotFound."""
    found = db.session.scalar(select(Pledge).where(Pledge.public_id == public_id).options(*_WITH_CAMPAIGN))
    if found is None:
        raise NotFound
    return found


def find_by_form_key(form_key: str) -> Pledge | None:
    """The pledge that this very form has already made, if any."""
    known = db.session.scalar(_BY_FORM_KEY, {"wanted": form_key})  # there is none, almost always
    return None if known is None else get(known)


def find_by_stripe_id(stripe_id: str) -> int | None:
    """The id of the pledge that an id of Stripe belongs to."""
    return db.session.scalar(
        select(StripeObject.subject_id).where(
            StripeObject.stripe_id == stripe_id, StripeObject.subject_kind == Pledge.__tablename__
        )
    )


def mine(user_id: int | None, email: str) -> list[Pledge]:
    """What one person has promised, newest first: by account, or by an address they have proved to own."""
    same = Pledge.email == email.lower()
    who = same if user_id is None else or_(same, Pledge.user_id == user_id)
    return list(
        db.session.scalars(select(Pledge).where(who).options(*_WITH_CAMPAIGN).order_by(Pledge.id.desc()).limit(200))
    )


def customer_of(user_id: int, psp_env: str) -> str | None:
    """The Stripe customer that this account already has in this environment."""
    return db.session.scalar(
        select(Pledge.customer)
        .join(StripeObject, StripeObject.stripe_id == Pledge.customer)
        .where(Pledge.user_id == user_id, StripeObject.psp_env == psp_env)
        .order_by(Pledge.id)
        .limit(1)
    )


def of_campaign(campaign_id: int, limit: int = 1000) -> list[Pledge]:
    """For the holder's eyes: every promise that counts or is being repaired, newest first."""
    return list(
        db.session.scalars(
            select(Pledge)
            .where(Pledge.campaign_id == campaign_id, Pledge.state.in_(COUNTING))
            .options(selectinload(Pledge.reward))
            .order_by(Pledge.id.desc())
            .limit(limit)
        )
    )


def totals(campaign_id: int) -> tuple[int, int]:
    """(cents, persons) that count: what the stored total of the campaign must be."""
    row = db.session.execute(
        select(
            func.coalesce(func.sum(Pledge.amount_cents - Pledge.refunded_cents), 0),
            func.count(func.distinct(Pledge.email)),
        ).where(Pledge.campaign_id == campaign_id, Pledge.state.in_(COUNTING))
    ).one()
    return int(row[0]), int(row[1])


def cents_by_state(campaign_id: int) -> dict[str, tuple[int, int]]:
    """state → (how many, cents) of a campaign."""
    rows = db.session.execute(
        select(Pledge.state, func.count(), func.sum(Pledge.amount_cents - Pledge.refunded_cents))
        .where(Pledge.campaign_id == campaign_id)
        .group_by(Pledge.state)
    )
    return {str(state): (int(count), int(cents or 0)) for state, count, cents in rows}


def promises_by_day(campaign_id: int) -> list[tuple[datetime, int]]:
    """(instant, cents) of each promise or gift that counts, oldest first: the curve of the holder's desk."""
    since = func.coalesce(Pledge.authorised_at, Pledge.paid_at)  # a gift is paid at once
    rows = db.session.execute(
        select(since, Pledge.amount_cents)
        .where(Pledge.campaign_id == campaign_id, Pledge.state.in_(COUNTING), since.is_not(None))
        .order_by(since)
    )
    return [(at, cents) for at, cents in rows if at is not None]


def has_other_of_same_person(pledge: Pledge) -> bool:
    """Whether the same address already counts in this campaign through another pledge."""
    other = (
        select(Pledge.id)
        .where(
            Pledge.campaign_id == pledge.campaign_id, Pledge.email == pledge.email, Pledge.id != pledge.id,
            Pledge.state.in_(COUNTING),
        )
        .limit(1)
    )  # fmt: skip
    return db.session.scalar(other) is not None


def get_reward(campaign_id: int, reward_id: int) -> Reward:
    """A reward of this campaign, which the form has just offered. Errors: NotFound."""
    found = db.session.scalar(_REWARD, {"wanted": reward_id, "of": campaign_id})
    if found is None:
        raise NotFound
    return found


def window_end(pledge: Pledge) -> datetime | None:
    """The end of the repair window of a pledge whose charge was refused; None while none was. The one value
    for pages, mails and jobs: time in which our worker or Stripe was down does not count."""
    first = pledge.first_declined_at
    if first is None:
        return None
    return rules.repair_until(first, current_app.config["SETTINGS"].repair_hours, outages.lost_since(first))


def ids_of_drafts(campaign_id: int) -> list[int]:
    """Promises still waiting for a card."""
    return list(
        db.session.scalars(
            select(Pledge.id).where(Pledge.campaign_id == campaign_id, Pledge.state == PledgeState.DRAFT)
        )
    )


def unfinished(campaign_id: int, *, email: str | None = None, public_ids: Sequence[str] = ()) -> list[Pledge]:
    """Promises of a campaign that wait for a card: of an address, or named one by one."""
    return list(
        db.session.scalars(
            select(Pledge)
            .where(
                Pledge.campaign_id == campaign_id,
                Pledge.state == PledgeState.DRAFT,
                or_(Pledge.email == email, Pledge.public_id.in_(public_ids)),
            )
            .options(*_WITH_CAMPAIGN)
            .order_by(Pledge.id)
        )
    )


def ids_of_stale_drafts(at: datetime, limit: int = 200) -> list[int]:
    """Promises whose Checkout Session should be over."""
    return list(
        db.session.scalars(
            select(Pledge.id)
            .where(Pledge.state == PledgeState.DRAFT, Pledge.session_expires_at < at)
            .order_by(Pledge.id)
            .limit(limit)
        )
    )


def ids_to_warn_of_card(at: datetime, repair_hours: int) -> list[int]:
    """Promises whose card ends too early, made before the last two weeks that their campaign now is in, and
    whose owner has not been told about this card."""
    ending = db.session.execute(
        select(Campaign.id, Campaign.closes_at).where(
            Campaign.state.in_(rules.STILL_CHANGEABLE),
            Campaign.closes_at > at,
            Campaign.closes_at <= at + rules.WARN_OF_CARD_BEFORE,
        )
    ).all()
    found: list[int] = []
    for campaign_id, closes_at in ending:
        assert closes_at is not None
        last_month = (closes_at + timedelta(hours=repair_hours)).strftime("%Y-%m")
        occasion = literal("pledge:") + cast(Pledge.id, String) + f":{rules.CARD_EXPIRES}:" + Pledge.payment_method
        found += db.session.scalars(
            select(Pledge.id)
            .where(
                Pledge.campaign_id == campaign_id,
                Pledge.state == PledgeState.AUTHORISED,
                Pledge.card_exp > "",
                Pledge.card_exp < last_month,
                Pledge.authorised_at < closes_at - rules.WARN_OF_CARD_BEFORE,
                ~select(OutboxMail.id).where(OutboxMail.occasion == occasion).exists(),
            )
            .order_by(Pledge.id)
        )
    return found


def count_open() -> int:
    """Promises whose card lives at the Stripe account of today."""
    return int(db.session.scalar(select(func.count()).where(Pledge.state.in_(ALIVE))) or 0)


def alive() -> list[Pledge]:
    """The same promises, for the verb that closes them as test data."""
    return list(db.session.scalars(select(Pledge).where(Pledge.state.in_(ALIVE)).order_by(Pledge.id)))


SHARES = (25, 50, 100)  # per cent of the goal


def campaigns_of_record(record_id: int) -> tuple[list[Campaign], list[Milestone]]:
    """The campaigns on a coaching record, newest first, and what they lived, oldest first. One statement.

    Beside the journal: when the promises that count reached a share of the goal.
    """
    at = func.coalesce(Pledge.authorised_at, Pledge.created_at)
    running = func.sum(Pledge.amount_cents).over(partition_by=Pledge.campaign_id, order_by=(at, Pledge.id))
    steps = (
        select(
            Pledge.campaign_id, Campaign.goal_cents, Pledge.authorised_at, Pledge.created_at, running.label("so_far")
        )
        .join(Campaign, Campaign.id == Pledge.campaign_id)
        .where(Campaign.coaching_record_id == record_id, Pledge.state.in_(COUNTING), Campaign.goal_cents > 0)
        .subquery()
    )
    when = func.min(func.coalesce(steps.c.authorised_at, steps.c.created_at))
    parts = [
        select(steps.c.campaign_id, literal(f"share.{share}"), when)
        .where(steps.c.so_far * 100 >= steps.c.goal_cents * share)
        .group_by(steps.c.campaign_id)
        for share in SHARES
    ]
    lived = union_all(milestones.entries(record_id), *parts).subquery()
    found: dict[int, Campaign] = {}
    moments = []
    for campaign, action, moment in db.session.execute(
        select(Campaign, lived.c[1], lived.c[2])
        .outerjoin(lived, lived.c[0] == Campaign.id)
        .where(Campaign.coaching_record_id == record_id)
        .order_by(Campaign.id.desc())
        .limit(1000)
    ):
        found[campaign.id] = campaign
        if action is not None:
            moments.append(Milestone(campaign.id, action, moment))
    return list(found.values()), sorted(moments, key=lambda one: one.at)
