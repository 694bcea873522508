"""A platform with as much on it as asked: around one campaign, one review and one coaching record."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from app.accounts.models import User
from app.campaigns.models import Campaign, CampaignMember, Reward
from app.campaigns.rules import CampaignState, FundingKind
from app.coaching import member_services as members
from app.coaching import services as coaching
from app.coaching.levels import MemberRole
from app.coaching.models import CoachingRecord
from app.coaching.rules import ActivityKind
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.text import public_id
from app.moderation.models import ChangeRequest, Review
from app.moderation.rules import CHECKLIST_VERSION
from app.network.models import Territory, TerritoryKind
from app.pledges.models import Pledge
from app.pledges.rules import CONSENT_VERSIONS, PledgeState
from tests.builders import a_campaign, a_record, a_user, an_organisation, give, sign_in
from tests.support.days import day_of

AMOUNTS_CENTS = (10_00, 12_50, 25_00, 50_00, 100_00)


@dataclass(frozen=True)
class Crowd:
    """Names in addresses, and the account ids of those who open them."""

    slug: str  # live, with pledges, « accompagné par … »
    draft_slug: str
    reviewed_slug: str  # taken by the moderator, with changes asked
    other_slugs: tuple[str, ...]  # live too
    reference: str
    people: dict[str, int]  # holder, coach, moderator, backer → user id


def gather(size: int, seed: int = 1, pledges: int | None = None) -> Crowd:
    """`size` of everything a list can hold, `pledges` (default: size) on the main campaign.

    Each thing in a list has its own commune and people: a row loaded by chance for a neighbour must
    not hide a query. Inside an app context, in an empty platform with territories and organisations.
    """
    dice = random.Random(seed)
    communes = _communes(dice, 4 * size + 1)
    organisation_id = an_organisation().id
    people = {name: a_user(name=name.capitalize()).id for name in ("holder", "coach", "moderator", "backer")}
    give(_user(people["coach"]), Role.COACH, an_organisation())
    give(_user(people["moderator"]), Role.MODERATOR, an_organisation())
    reference, record_id = _main_record(size, people)
    main = _campaign(people["holder"], CampaignState.LIVE, communes.pop(), record_id=record_id)
    crowd = Crowd(
        slug=_slug(main),
        draft_slug=_slug(_campaign(people["holder"], CampaignState.DRAFT, communes.pop())),
        reviewed_slug=_reviewed(size, people, communes, organisation_id),
        other_slugs=tuple(_others(size, people, communes, dice)),
        reference=reference,
        people=people,
    )
    promise(main, size if pledges is None else pledges, dice)
    return crowd


def browser_of(app: Flask, crowd: Crowd, name: str) -> FlaskClient:
    """A browser signed in as one of `crowd.people`; "" = a visitor without account."""
    if not name:
        return app.test_client()
    with app.app_context():
        return sign_in(app, _user(crowd.people[name])).client


def promise(campaign_id: int, number: int, dice: random.Random, user_id: int | None = None) -> None:
    """`number` promises whose card is known, as rows; the campaign's totals follow."""
    at = clock.now()
    rewards = list(db.session.scalars(select(Reward.id).where(Reward.campaign_id == campaign_id)))
    email = db.session.get_one(User, user_id).email if user_id else ""
    rows = [
        {
            "public_id": public_id(), "form_key": public_id(), "campaign_id": campaign_id, "user_id": user_id,
            "reward_id": dice.choice([*rewards, None]), "email": email or f"don{campaign_id}-{n}@exemple.invalid",
            "name": f"Personne {n}", "is_anonymous": dice.random() < 0.3, "hides_amount": dice.random() < 0.2,
            "message": "Bravo à toute l’équipe." if dice.random() < 0.3 else "",
            "amount_cents": dice.choice(AMOUNTS_CENTS), "state": PledgeState.AUTHORISED, "version": 1,
            "consent_version": CONSENT_VERSIONS[FundingKind.ALL_OR_NOTHING],
            "created_at": at - timedelta(minutes=n), "authorised_at": at,
        }
        for n in range(number)
    ]  # fmt: skip
    with transaction():
        if rows:
            db.session.execute(insert(Pledge), rows)
        db.session.execute(
            update(Campaign)
            .where(Campaign.id == campaign_id)
            .values(
                raised_cents=Campaign.raised_cents + sum(int(str(row["amount_cents"])) for row in rows),
                backers_count=Campaign.backers_count + number,
                page_version=Campaign.page_version + 1,
            )
        )


def _communes(dice: random.Random, number: int) -> list[str]:
    codes = db.session.scalars(
        select(Territory.code).where(Territory.kind == TerritoryKind.COMMUNE).order_by(Territory.code)
    )
    return dice.sample(list(codes), number + 1)


def _user(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def _slug(campaign_id: int) -> str:
    return db.session.get_one(Campaign, campaign_id).slug


def _campaign(
    owner_id: int, state: CampaignState, commune: str, *, record_id: int | None = None, title: str = "Le four"
) -> int:
    record = db.session.get_one(CoachingRecord, record_id) if record_id else None
    made = a_campaign(
        _user(owner_id),
        state=state,
        commune=commune,
        record=record,
        title=title,
        reward_stock=None,
        organisation=an_organisation(),
    )
    return made.id


def _main_record(size: int, people: dict[str, int]) -> tuple[str, int]:
    """(reference, id): the holder's record, with activities, actions and colleagues who may read it."""
    holder, at = _user(people["holder"]), clock.now()
    record_id = a_record(holder.name, holder.email, referent=_user(people["coach"])).id
    colleagues = [give(a_user(), Role.COACH, an_organisation()).id for _ in range(size)]
    with transaction():
        record = db.session.get_one(CoachingRecord, record_id)
        person = coaching.person_for(_user(people["holder"]), at=at)
        assert person.user_id == people["holder"]
        for n in range(size):
            coaching.add_activity(
                record, kind=ActivityKind.CALL, happened_on=day_of(at), duration_min=30,
                summary="Un point d’étape.", by=colleagues[n], at=at,
            )  # fmt: skip
            coaching.add_action(
                record, text="Demander un devis.", owner="holder", due_on=None, by=people["coach"], at=at
            )
            members.add_member(record, _user(colleagues[n]), role=MemberRole.CO_COACH, by=people["coach"], at=at)
        coaching.give_public_mention(record, by=people["holder"], at=at)
    return db.session.get_one(CoachingRecord, record_id).reference, record_id


def _reviewed(size: int, people: dict[str, int], communes: list[str], organisation_id: int) -> str:
    """The slug of the campaign under review; behind it a queue, some of it taken by other moderators."""
    at, first = clock.now(), _campaign(people["holder"], CampaignState.SUBMITTED, communes.pop())
    ids = [first] + [
        _campaign(a_user().id, CampaignState.SUBMITTED, communes.pop(), title=f"Dépôt {n}") for n in range(size)
    ]
    takers = [people["moderator"]] + [give(a_user(), Role.MODERATOR, an_organisation()).id for _ in range(0, size, 2)]
    with transaction():
        for campaign_id, taker_id in zip(ids, takers, strict=False):
            review = Review(
                campaign_id=campaign_id, organisation_id=organisation_id, taken_by_id=taker_id, taken_at=at,
                checklist_version=CHECKLIST_VERSION, created_at=at,
            )  # fmt: skip
            asked = size if campaign_id == first else 1
            review.requests += [
                ChangeRequest(
                    field="title", reason="incomplete", text=f"Précisez ({n}).", asked_by_id=taker_id, asked_at=at
                )
                for n in range(asked)
            ]
            db.session.add(review)
    return _slug(first)


def _others(size: int, people: dict[str, int], communes: list[str], dice: random.Random) -> Sequence[str]:
    """Live campaigns of other people, each with a promise of the backer, a record of the coach and one of
    a colleague; the holder helps on each."""
    colleague_id, slugs = give(a_user(), Role.COACH, an_organisation()).id, []
    for n in range(size):
        owner_id = a_user().id
        for referent_id in (people["coach"], colleague_id):
            record = a_record(
                f"Porteuse {n}", f"p{n}-{referent_id}@exemple.invalid", referent=_user(referent_id), title=f"Idée {n}"
            )
            record_id, project_id, commune = record.id, record.project_id, communes[n]
            with transaction():
                db.session.get_one(CoachingRecord, record_id).project.commune_code = commune
        assert project_id
        campaign_id = _campaign(owner_id, CampaignState.LIVE, communes.pop(), record_id=record_id, title=f"Projet {n}")
        with transaction():
            db.session.add(CampaignMember(campaign_id=campaign_id, user_id=people["holder"], role="manager"))
        promise(campaign_id, 1, dice, user_id=people["backer"])
        slugs.append(_slug(campaign_id))
    return slugs
