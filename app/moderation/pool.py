"""Who is free to be the second person: in the organisation itself, or in the pool of the whole network, by turns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import func, select

from app.accounts.models import User, UserState
from app.core import clock
from app.core.access import Role
from app.core.database import db
from app.moderation import interests, rules
from app.moderation.errors import NotAnotherOrganisation
from app.moderation.models import Review, ReviewPhase, Verdict
from app.moderation.queries import Case
from app.network.models import Organisation, Right
from app.network.queries import in_force


@dataclass(frozen=True)
class Reviewer:
    """A person who may be asked. `organisation_id`: where they review."""

    user_id: int
    email: str
    locale: str
    organisation_id: int


def reviewers(*, except_ids: frozenset[int] = frozenset()) -> dict[int, list[Reviewer]]:
    """Moderators and leads of the active organisations, by organisation. One statement."""
    rows = db.session.execute(
        select(User.id, User.email, User.locale, Right.organisation_id)
        .join(Right, Right.user_id == User.id)
        .join(Organisation, Organisation.id == Right.organisation_id)
        .where(
            Right.role.in_([Role.MODERATOR, Role.ORGANISATION_LEAD]),
            in_force(clock.now()),
            User.state == UserState.ACTIVE,
            Organisation.is_active,
        )
        .distinct()
        .order_by(Right.organisation_id, User.id)
    )
    found: dict[int, list[Reviewer]] = defaultdict(list)
    for user_id, email, locale, organisation_id in rows:
        if organisation_id is not None and user_id not in except_ids:
            found[organisation_id].append(Reviewer(user_id, email, locale, organisation_id))
    return dict(found)


def why_cross(case: Case) -> str:
    """Why one of both must belong to another organisation; "" when it need not."""
    campaign, review = case.campaign, case.review
    return rules.why_cross(
        campaign.goal_cents or 0,
        from_cents=current_app.config["SETTINGS"].cross_review_from_cents,
        is_flagged=bool(review and review.risk_reason),
        holder_works_here=campaign.organisation_id in interests.holder_houses(campaign),
    )


@dataclass(frozen=True)
class Second:
    """Who is asked to decide: people, and their organisation when it is not the reviewing one (None: it is)."""

    organisation_id: int | None
    people: list[Reviewer]
    is_cross: bool


def find_second(case: Case, *, first_id: int, cross: str) -> Second:
    """The organisation's own free people; another organisation when it must be one, or when nobody is free here."""
    free = reviewers(except_ids=case.never_decide | _first_house(case) | {first_id})
    here = case.campaign.organisation_id or 0
    if not cross and free.get(here):
        return Second(None, free[here], False)
    return _elsewhere(case, free, here, bool(cross))


def _elsewhere(case: Case, free: dict[int, list[Reviewer]], here: int, is_cross: bool) -> Second:
    """The organisation that was asked least lately; nobody who also works here, never the one appealed against nor a
    house of who holds the campaign."""
    ours = {one.user_id for one in free.get(here, [])} | _people_of(here)
    barred = {here, _first_organisation(case), *interests.holder_houses(case.campaign)}
    open_to = {
        organisation_id: [one for one in people if one.user_id not in ours]
        for organisation_id, people in free.items()
        if organisation_id not in barred
    }
    turns = _last_asked()
    wanted = [organisation_id for organisation_id, people in open_to.items() if people]
    if not wanted:
        return Second(None, [], is_cross)
    chosen = min(wanted, key=lambda one: (turns.get(one, 0), one))
    return Second(chosen, open_to[chosen], is_cross)


def next_reviewing(case: Case) -> int | None:
    """The organisation that can take a file which nobody here may read any more."""
    free = reviewers(except_ids=case.never_decide | _first_house(case))
    found = _elsewhere(case, free, case.campaign.organisation_id or 0, False)
    return found.organisation_id


def _first_organisation(case: Case) -> int | None:
    """The organisation whose refusal is appealed; also before anybody has taken the appeal."""
    review = case.review
    if review is None or case.campaign.appealed_at is None:
        return None
    if review.earlier_id is not None:
        return db.session.get_one(Review, review.earlier_id).organisation_id
    is_refusal = review.phase == ReviewPhase.DECIDED and review.proposal == Verdict.REFUSE
    return review.organisation_id if is_refusal else None


def _first_house(case: Case) -> frozenset[int]:
    """Who has any right in that organisation, wherever else they review."""
    first = _first_organisation(case)
    return frozenset(_people_of(first)) if first is not None else frozenset()


def check_appeal(case: Case, user_id: int) -> None:
    """An appeal is decided by others of another organisation. Errors: NotAnotherOrganisation."""
    if user_id in _first_house(case):
        raise NotAnotherOrganisation


def _people_of(organisation_id: int) -> set[int]:
    statement = select(Right.user_id).where(Right.organisation_id == organisation_id, in_force(clock.now()))
    return set(db.session.scalars(statement))


def _last_asked() -> dict[int | None, int]:
    """organisation → the id of the last review it was asked for: the pool goes round."""
    rows = db.session.execute(
        select(Review.second_organisation_id, func.max(Review.id))
        .where(Review.second_organisation_id.is_not(None))
        .group_by(Review.second_organisation_id)
    )
    return {row[0]: row[1] for row in rows}
