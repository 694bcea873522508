"""What the platform itself knows about a person's links with a campaign."""

from __future__ import annotations

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core import clock
from app.core.database import db
from app.moderation import interest_rules
from app.moderation.interest_rules import Facts, Hit
from app.moderation.models import InterestDeclaration
from app.moderation.queries import Case
from app.network.models import Right
from app.network.queries import in_force
from app.pledges.models import Pledge
from app.pledges.rules import WITHOUT_CARD


def found(case: Case, user_id: int) -> frozenset[Hit]:
    """Every link the platform finds between this person and this campaign. One statement."""
    return interest_rules.hits(facts(case, user_id))


def facts(case: Case, user_id: int) -> Facts:
    campaign, at = case.campaign, clock.now()
    mine, theirs = aliased(Right), aliased(Right)
    backs = exists().where(
        Pledge.campaign_id == campaign.id,
        or_(Pledge.user_id == User.id, Pledge.email == User.email),
        Pledge.state.not_in(WITHOUT_CARD),
    )
    shares = exists().where(
        mine.user_id == User.id, theirs.user_id == campaign.owner_id, mine.organisation_id == theirs.organisation_id,
        mine.starts_at <= at, or_(mine.ends_at.is_(None), mine.ends_at > at),
        theirs.starts_at <= at, or_(theirs.ends_at.is_(None), theirs.ends_at > at),
    )  # fmt: skip
    declared = (
        select(InterestDeclaration.names)
        .where(InterestDeclaration.user_id == User.id)
        .order_by(InterestDeclaration.year.desc())
        .limit(1)
        .correlate(User)
        .scalar_subquery()
    )
    email, is_backer, shares_house, names = db.session.execute(
        select(User.email, backs, shares, declared).where(User.id == user_id)
    ).one()
    return Facts(
        user_id=user_id,
        email=email,
        holder_email=campaign.owner.email,
        team_ids=case.team_ids | case.near_ids,
        coach_ids=case.coach_ids,
        earlier_ids=case.earlier_ids,
        is_backer=bool(is_backer),
        shares_house=bool(shares_house),
        declared=tuple(names or ()),
        campaign_words=f"{campaign.search_text} {campaign.story_markdown} {campaign.owner.name}",
    )


def declaration_of(user_id: int) -> InterestDeclaration | None:
    """The one of this year."""
    year = clock.paris_day(clock.now()).year
    return db.session.scalar(
        select(InterestDeclaration).where(InterestDeclaration.user_id == user_id, InterestDeclaration.year == year)
    )


def organisations_of(user_id: int) -> frozenset[int]:
    """Every organisation where a person has any right now."""
    rows = db.session.scalars(
        select(Right.organisation_id).where(
            Right.user_id == user_id, Right.organisation_id.is_not(None), in_force(clock.now())
        )
    )
    return frozenset(one for one in rows if one)


def holder_works_at(owner_id: int, organisation_id: int | None) -> bool:
    """The reviewing organisation's own campaign: another one must decide."""
    return organisation_id in organisations_of(owner_id)
