"""A live campaign with three contributors, its holder, and strangers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.campaigns.models import Campaign, CampaignMember
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.core.text import public_id
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from tests.builders import Visitor, a_campaign, a_user, sign_in


@dataclass
class Square:
    """Around one campaign: `ana` has the reward, `bob` none, `eve` withdrew."""

    app: Flask
    holder: Visitor
    stranger: Visitor
    visitor: FlaskClient
    slug: str
    campaign_id: int
    reward_id: int

    def page(self, rest: str = "") -> str:
        return f"/mes-campagnes/{self.slug}/{rest}"

    def shown(self) -> str:
        return self.app.test_client().get(f"/campagnes/{self.slug}").get_data(as_text=True)

    def read(self, look: Callable[[], object]) -> object:
        with self.app.app_context():
            return look()

    def mails(self, to: str = "") -> list[OutboxMail]:
        with self.app.app_context():
            found = db.select(OutboxMail).order_by(OutboxMail.id)
            return list(db.session.scalars(found.where(OutboxMail.to_address == to) if to else found))

    def member(self, role: str) -> Visitor:
        with self.app.app_context():
            user = a_user()
            visitor = sign_in(self.app, user)
            with transaction():
                db.session.add(CampaignMember(campaign_id=self.campaign_id, user_id=visitor.user_id, role=role))
        return visitor

    def move(self, state: CampaignState) -> None:
        with self.app.app_context(), transaction():
            db.session.get_one(Campaign, self.campaign_id).state = state


def a_pledge(campaign_id: int, email: str, *, reward_id: int | None = None, **more: object) -> int:
    """A promise that counts, as a row. Inside an app context."""
    values = {
        "public_id": public_id(), "form_key": public_id(), "campaign_id": campaign_id, "reward_id": reward_id,
        "email": email, "name": email.partition("@")[0].capitalize(), "amount_cents": 2500,
        "state": PledgeState.AUTHORISED, "consent_version": "1", "created_at": clock.now(),
        "authorised_at": clock.now(), **more,
    }  # fmt: skip
    with transaction():
        pledge = Pledge(**values)
        db.session.add(pledge)
        db.session.flush()
        return pledge.id


@pytest.fixture
def square(app: Flask) -> Square:
    with app.app_context():
        holder, stranger = a_user("Camille Fontbelle", "camille@example.org"), a_user()
        campaign = a_campaign(holder, state=CampaignState.LIVE)
        slug, campaign_id, reward_id = campaign.slug, campaign.id, campaign.rewards[0].id
        a_pledge(campaign_id, "ana@example.org", reward_id=reward_id)
        a_pledge(campaign_id, "bob@example.org")
        a_pledge(campaign_id, "eve@example.org", state=PledgeState.WITHDRAWN)
        seats = sign_in(app, holder), sign_in(app, stranger)
    return Square(app, *seats, app.test_client(), slug, campaign_id, reward_id)


def link_in(text: str, part: str) -> str:
    """The path of the first link of a mail that holds `part`."""
    found = re.search(rf"https?://[^\s/]+(?=\S*{re.escape(part)})(/\S+)", text)
    assert found, text
    return found.group(1)


def form_values(client: FlaskClient, path: str) -> dict[str, str]:
    """The hidden values of a page's form."""
    html = client.get(path).get_data(as_text=True)
    tags = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input [^>]*>", html)]
    return {tag["name"]: tag.get("value", "") for tag in tags if tag.get("type") == "hidden" and "name" in tag}
