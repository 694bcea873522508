"""The scene of tests/test_access.py: one submitted campaign with its record and review, one live one with a pledge."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from app.accounts.models import AccountSession, User
from app.campaigns.queries import preview_key
from app.campaigns.rules import CampaignState
from app.coaching.models import ActionItem
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.texts import set_text
from app.moderation.models import ChangeRequest, Review
from app.network.models import Offer, Right
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from tests.access.people import PEOPLE, SECONDS
from tests.access.who import ROOMS
from tests.builders import (
    a_campaign,
    a_record,
    a_user,
    an_organisation,
    fallback,
    give,
    sign_in,
    with_second_factor,
)


@dataclass
class World:
    """One submitted campaign with its record and review, one live one with a pledge, and everybody."""

    app: Flask
    values: dict[str, object]
    of_rooms: dict[str, dict[str | tuple[str, str], object]]
    clients: dict[str, FlaskClient]

    def path(self, rule: Rule) -> str:
        """The address of a route, about the objects of the scene."""
        values = self.values_of(rule.endpoint)
        with self.app.test_request_context():
            return self.app.url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})

    def values_of(self, endpoint: str) -> dict[str, object]:
        """The shared values, then those of the room in whose file the route stands, then those of the route alone."""
        room = next((name for name, found in ROOMS.items() if endpoint in found.WHO), "")
        more = self.of_rooms.get(room, {})
        shared = self.values | {name: value for name, value in more.items() if isinstance(name, str)}
        return shared | {name[1]: more[name] for name in more if not isinstance(name, str) and name[0] == endpoint}

    def rules(self, method: str) -> list[Rule]:
        return [rule for rule in self.app.url_map.iter_rules() if rule.endpoint != "static" and method in rule.methods]


def build(app: Flask) -> World:
    with app.app_context():
        here, elsewhere, at = an_organisation(), an_organisation("active-71"), clock.now()
        here_id, elsewhere_id = here.id, elsewhere.id
        ids = {name: a_user(name.capitalize(), f"{name}@example.org").id for name in PEOPLE if name != "nobody"}
        roles = {
            "referent": (Role.COACH, here_id), "coach_elsewhere": (Role.COACH, elsewhere_id),
            "moderator": (Role.MODERATOR, here_id), "moderator_elsewhere": (Role.MODERATOR, elsewhere_id),
            "lead": (Role.ORGANISATION_LEAD, here_id), "admin": (Role.PLATFORM_ADMIN, None),
            "treasurer": (Role.TREASURER, None), "other_treasurer": (Role.TREASURER, None),
        }  # fmt: skip
        for name in SECONDS:
            with_second_factor(db.session.get_one(User, ids[name]))
        for name, (role, organisation_id) in roles.items():
            organisation = {here_id: an_organisation(), elsewhere_id: an_organisation("active-71")}.get(
                organisation_id or 0
            )
            give(db.session.get_one(User, ids[name]), role, organisation)
        record = a_record("Holder", "holder@example.org", referent=db.session.get_one(User, ids["referent"]))
        reference, record_id = record.reference, record.id
        campaign = a_campaign(db.session.get_one(User, ids["holder"]), state=CampaignState.SUBMITTED, record=record)
        campaign_id, slug, reward_id, key = campaign.id, campaign.slug, campaign.rewards[0].id, preview_key(campaign)
        live = a_campaign(db.session.get_one(User, ids["lead"]), state=CampaignState.LIVE, organisation=fallback())
        live_id, live_slug = live.id, live.slug
        with transaction():
            review = Review(campaign_id=campaign_id, organisation_id=here_id, checklist_version=1, created_at=at)
            db.session.add(review)
            db.session.flush()
            request = ChangeRequest(
                review_id=review.id, field="title", reason="incomplete", text="?", asked_by_id=ids["moderator"],
                asked_at=at, sent_at=at,
            )  # fmt: skip
            action = ActionItem(record_id=record_id, text="Écrire", owner="holder", created_at=at)
            pledge = Pledge(
                public_id="pledge-of-the-scene", form_key="f", campaign_id=live_id, user_id=ids["contributor"],
                name="C", email="contributor@example.org", amount_cents=2500, state=PledgeState.AUTHORISED,
                consent_version="1", created_at=at,
            )  # fmt: skip
            db.session.add_all([request, action, pledge])
            set_text("contact_email", "contact@example.org", by=ids["admin"], at=at)
            db.session.flush()
            request_id, action_id, review_id = request.id, action.id, review.id
        clients = {
            name: sign_in(app, db.session.get_one(User, user_id), proved=name in SECONDS).client
            for name, user_id in ids.items()
        }
        clients["nobody"] = app.test_client()
        sign_in(app, db.session.get_one(User, ids["holder"]))  # the holder's other browser
        session_id = db.session.scalars(
            select(AccountSession.id).where(AccountSession.user_id == ids["holder"])
        ).first()
        values: dict[str, object] = {
            "slug": slug, "reference": reference, "record_id": record_id, "reward_id": reward_id,
            "request_id": request_id,
            "action_id": action_id, "public_id": "pledge-of-the-scene", "session_id": session_id, "key": key,
            "token": "unknown", "step": 2, "year": 2026, "name": "unknown.webp", "verb": "fermer",
            "user_id": ids["stranger"],
            "offer_id": db.session.scalars(select(Offer.id)).first(),
            "right_id": db.session.scalars(select(Right.id).where(Right.user_id == ids["moderator"])).one(),
            "live_slug": live_slug, "live_id": live_id, "campaign_id": campaign_id, "review_id": review_id,
            "organisation_id": here_id,
        }  # fmt: skip
        of_rooms = {name: room.values(ids, values) for name, room in ROOMS.items() if hasattr(room, "values")}
    return World(app, values, of_rooms, clients)
