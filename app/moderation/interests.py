"""What the platform itself knows about a person's links with a campaign."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    Text,
    cast,
    exists,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.coaching.models import Person, ProjectMember
from app.core import clock, prints
from app.core.database import db
from app.moderation import contact_prints, interest_rules
from app.moderation.interest_rules import Facts, Hit
from app.moderation.models import InterestDeclaration
from app.moderation.queries import Case
from app.network.models import Right
from app.network.queries import in_force
from app.pledges.models import Pledge
from app.pledges.rules import WITHOUT_CARD

OF_PRINT = {
    prints.Kind.PHONE: Hit.SAME_PHONE,
    prints.Kind.ADDRESS: Hit.SAME_ADDRESS,
    prints.Kind.NAME: Hit.SAME_ACCOUNT,
}


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
        mine.user_id == User.id, theirs.user_id.in_(holder_ids(campaign)),
        mine.organisation_id == theirs.organisation_id,
        mine.starts_at <= at, or_(mine.ends_at.is_(None), mine.ends_at > at),
        theirs.starts_at <= at, or_(theirs.ends_at.is_(None), theirs.ends_at > at),
    )  # fmt: skip
    near, nothing, me = case.team_ids | case.near_ids, literal(""), User.id == user_id
    declared = select(
        literal("declared"), InterestDeclaration.user_id, cast(InterestDeclaration.names, Text),
        cast(InterestDeclaration.year, String),
    ).where(InterestDeclaration.user_id == user_id)  # fmt: skip
    everything: CompoundSelect[*tuple[Any, ...]] = union_all(
        *contact_prints.sources(user_id, {user_id, *near}, campaign.project_id),
        select(literal("email"), User.id, User.email, nothing).where(me),
        select(literal("backer"), User.id, nothing, nothing).where(me, backs),
        select(literal("house"), User.id, nothing, nothing).where(me, shares),
        declared,
    )
    rows: list[Any] = [tuple(row) for row in db.session.execute(everything)]
    said = {kind: words for kind, _whose, words, _more in rows}
    lists = [(year, names) for kind, _whose, names, year in rows if kind == "declared"]
    known, theirs_known = contact_prints.of_both(rows, user_id)
    return Facts(
        user_id=user_id,
        email=said["email"],
        holder_email=campaign.owner.email,
        team_ids=near,
        coach_ids=case.coach_ids,
        earlier_ids=case.earlier_ids,
        is_backer="backer" in said,
        shares_house="house" in said,
        declared=tuple(json.loads(max(lists)[1] or "[]")) if lists else (),
        in_common=frozenset(OF_PRINT[kind] for kind in prints.shared(known, theirs_known)),
        campaign_words=(
            f"{campaign.search_text} {campaign.story_markdown} {campaign.owner.name} {campaign.identity.name} "
            f"{campaign.identity.representative}"
        ),
    )


def declaration_of(user_id: int) -> InterestDeclaration | None:
    """The one of this year."""
    year = clock.paris_day(clock.now()).year
    return db.session.scalar(
        select(InterestDeclaration).where(InterestDeclaration.user_id == user_id, InterestDeclaration.year == year)
    )


def is_reachable(user_id: int) -> bool:
    """True when a telephone or an address was declared, kept as fingerprints."""
    found = select(InterestDeclaration.id).where(
        InterestDeclaration.user_id == user_id, InterestDeclaration.prints.is_not(None)
    )
    return db.session.scalar(found.limit(1)) is not None


def organisations_of(user_id: int) -> frozenset[int]:
    """Every organisation where a person has any right now."""
    return _houses(Right.user_id == user_id)


def holder_ids(campaign: Campaign) -> Select[int]:
    """Whose campaign it is: its owner, and everybody who carries its project now, by account or by a proven address.

    Three short lists, found by their indexes: asked as one OR, SQLite reads every account for it.
    """
    carriers = select(ProjectMember.person_id).where(
        ProjectMember.project_id == campaign.project_id, ProjectMember.ended_at.is_(None)
    )
    by_account = select(Person.user_id).where(Person.id.in_(carriers), Person.user_id.is_not(None))
    by_address = (
        select(User.id).join(Person, User.email == Person.email).where(Person.id.in_(carriers), ~Person.is_unconfirmed)
    )
    return select(User.id).where(User.id.in_(union_all(select(literal(campaign.owner_id)), by_account, by_address)))


def holder_houses(campaign: Campaign) -> frozenset[int]:
    """Every organisation where one of them has any right now: whatever they send, another one must decide on it."""
    return _houses(Right.user_id.in_(holder_ids(campaign)))


def _houses(whose: ColumnElement[bool]) -> frozenset[int]:
    rows = db.session.scalars(
        select(Right.organisation_id).where(whose, Right.organisation_id.is_not(None), in_force(clock.now()))
    )
    return frozenset(one for one in rows if one)
