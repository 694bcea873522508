"""Small builders of rows and visitors, shared by all tests. Each commits what it makes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts import second_factor_rules, second_factor_services, totp
from app.accounts.models import User
from app.accounts.services import user_for_demo
from app.accounts.session_services import start_session
from app.campaigns.models import BudgetLine, Campaign, CampaignMember, CampaignValue, Reward
from app.campaigns.rules import AddedValue, BudgetSide, CampaignState
from app.coaching import services as coaching
from app.coaching.models import CoachingRecord
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.network import queries as network
from app.network import services as network_services
from app.network.models import Organisation
from tests.support.days import day_of

PASSWORD = "un mot de passe de test"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Visitor:
    """A signed-in browser and who sits there."""

    client: FlaskClient
    user_id: int
    email: str

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.client.get(path, **kwargs)

    def post(
        self, path: str, data: dict[str, object] | None = None, *, page: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Post a form with the token that `page` (default: the path) carries."""
        return post_form(self.client, path, data or {}, page=page, **kwargs)


def token_of(client: FlaskClient, page: str) -> str:
    """The form token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).get_data(as_text=True))
    assert found, f"{page} has no form"
    return found.group(1)


def post_form(
    client: FlaskClient, path: str, data: dict[str, object], *, page: str | None = None, **kwargs: Any
) -> TestResponse:
    return client.post(path, data={"csrf_token": token_of(client, page or path), **data}, **kwargs)


def a_user(name: str = "", email: str = "") -> User:
    """A confirmed account. Inside an app context."""
    n = next(_numbers)
    with transaction():
        return user_for_demo(email or f"personne{n}@example.org", name or f"Personne {n}", PASSWORD, clock.now())


def an_organisation(slug: str = "pes-21") -> Organisation:
    return (
        db.session.scalars(select(Organisation).where(Organisation.slug.startswith(slug))).first()
        or network.organisations()[0]
    )


def fallback() -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.is_fallback)).one()


def give(
    user: User, role: Role, organisation: Organisation | None = None, *, starts_at: datetime | None = None
) -> User:
    """A right from now on, or from `starts_at`."""
    user_id, organisation_id = user.id, organisation.id if organisation else None
    with transaction():
        network_services.give_right(
            user_id, role, organisation_id, None, clock.now() - timedelta(seconds=1), starts_at=starts_at
        )
    return db.session.get_one(User, user_id)


def sign_in(app: Flask, user: User, *, proved: bool = False) -> Visitor:
    """A browser signed in as `user`, by a real session row. Inside an app context.

    `proved`: it has just given a code of the second factor (`with_second_factor`).
    """
    user_id, email, at = user.id, user.email, clock.real_now()
    with transaction():
        token = start_session(user_id, device="test", at=at, second_factor_at=at if proved else None)
    client = app.test_client()
    client.set_cookie("session", token)
    return Visitor(client, user_id, email)


def with_second_factor(user: User) -> Callable[[], str]:
    """Switch a second factor on; gives what the telephone shows. Inside an app context.

    Each call gives a code that was not given before, as no code is taken twice: two within 30 s, then time must pass.
    """
    user_id, secret = user.id, totp.new_secret()
    with transaction():
        second_factor_services.for_demo(db.session.get_one(User, user_id), secret, at=clock.now())
    given: list[int] = []

    def code() -> str:
        now = second_factor_rules.step_of(clock.real_now())
        step = max([now, *(earlier + 1 for earlier in given)])
        assert step <= now + 1, "two codes in 30 s are all there are: move the time"
        given.append(step)
        return totp.code_at(secret, step)

    return code


def a_campaign(
    owner: User,
    *,
    state: CampaignState = CampaignState.DRAFT,
    title: str = "Le four du village",
    commune: str = "21373",
    goal_cents: int = 100_000,
    organisation: Organisation | None = None,
    at: datetime | None = None,
    record: CoachingRecord | None = None,
    reward_stock: int | None = 10,
) -> Campaign:
    """A complete campaign in any state, with one reward of 25 € and a balanced budget."""
    at, owner_id = at or clock.now(), owner.id
    organisation_id = (organisation or an_organisation()).id
    record_id = record.id if record else None
    with transaction():
        person = coaching.person_for(db.session.get_one(User, owner_id), at=at)
        project = coaching.create_project(title=title, commune_code=commune, themes=[], person=person, at=at)
        live = state not in {CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.CHANGES_REQUESTED}
        campaign = Campaign(
            slug=f"campagne-{next(_numbers)}", project_id=project.id, owner_id=owner_id, state=state, title=title,
            tagline="Une boulangerie partagée.", story_markdown="Bonjour.", story_html="<p>Bonjour.</p>",
            if_missed="Une fournée par mois.", commune_code=commune, departement_code=commune[:2], theme="food",
            goal_cents=goal_cents, duration_days=30, earliest_start_on=day_of(at), created_at=at,
            opens_at=at if live else None, closes_at=clock.end_of_paris_day(at, days_later=30) if live else None,
            organisation_id=None if state is CampaignState.DRAFT else organisation_id, routing_reason="parce que",
            submitted_at=None if state is CampaignState.DRAFT else at, approved_at=at if live else None,
            coaching_record_id=record_id, search_text="four village", holder_kind="person",
            legal_name=db.session.get_one(User, owner_id).name,
        )  # fmt: skip
        campaign.members.append(CampaignMember(user_id=owner_id, role="holder"))
        campaign.budget_lines.append(BudgetLine(side=BudgetSide.USE, label="Four", amount_cents=goal_cents))
        campaign.values.append(CampaignValue(value=AddedValue.SOCIAL, argument="Un lieu pour tous."))
        campaign.rewards.append(
            Reward(title="Une miche", amount_cents=2_500, stock_total=reward_stock, stock_left=reward_stock)
        )
        db.session.add(campaign)
    return campaign


def a_record(
    holder_name: str = "Camille Fontbelle", holder_email: str = "camille@example.org",
    *, referent: User, organisation: Organisation | None = None, title: str = "Le four du village",
) -> CoachingRecord:  # fmt: skip
    """A coaching record opened by its referent before any campaign."""
    organisation_id, referent_id, at = (organisation or an_organisation()).id, referent.id, clock.now()
    with transaction():
        person = coaching.person_met(name=holder_name, email=holder_email, at=at)
        project = coaching.create_project(title=title, commune_code="21373", themes=[], person=person, at=at)
        return coaching.open_record(
            project=project, programme=network.get_programme("pulsactions"),
            organisation=db.session.get_one(Organisation, organisation_id),
            referent=db.session.get_one(User, referent_id), since=day_of(at), step="Idée", by=referent_id, at=at,
        )  # fmt: skip
