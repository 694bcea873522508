"""The scene of the matrix: one project with its record, its campaigns, their review, contributions and money; and
somebody in every seat of tests/access/people.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.accounts import services as account_services
from app.accounts.models import AccountSession, SuspensionMotive, User
from app.accounts.session_services import start_session
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.network.models import Right
from tests.access.file_of_scene import Ids, build_file
from tests.access.people import LATER, NOW
from tests.access.who import QUERY, ROOMS
from tests.builders import a_user, an_organisation, give, with_second_factor

ROLES = {
    "coach": Role.COACH, "moderator": Role.MODERATOR, "communicator": Role.COMMUNICATOR, "lead": Role.ORGANISATION_LEAD,
    "network_lead": Role.NETWORK_LEAD, "expert": Role.EXPERT, "observer": Role.OBSERVER, "treasurer": Role.TREASURER,
    "admin": Role.PLATFORM_ADMIN, "recused": Role.MODERATOR,
}  # fmt: skip
PLACES = {"same": "pes-21", "other": "active-71", "third": "fdfr-89"}
BEGINS_TOMORROW = {"coach", "moderator", "communicator", "lead", "network_lead"}
OF_THE_PLATFORM = {"treasurer", "admin"}
AT_A_THIRD = {"coach.team", "moderator.team", "recused.team"}  # asked for help, from an organisation of their own


class Browser:
    """One person's cookies, sent as they are with each request: nothing that an answer says changes them."""

    def __init__(self, app: Flask, cookie: str = ""):
        self.client = app.test_client(use_cookies=False)
        self.headers = {"Cookie": cookie} if cookie else {}
        self.token = ""

    def open(self, path: str, method: str = "GET", **kwargs: Any) -> TestResponse:
        return self.client.open(path, method=method, headers=self.headers | kwargs.pop("headers", {}), **kwargs)

    def get(self, path: str) -> TestResponse:
        return self.open(path)

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open(path, "POST", **kwargs)

    def take_token(self, page: str) -> None:
        """Keep the form token of a page, and the cookie that goes with it."""
        answer = self.get(page)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.get_data(as_text=True))
        assert found is not None, page
        self.token = found[1]
        visit = answer.headers["Set-Cookie"].split(";")[0]
        self.headers = {"Cookie": "; ".join(filter(None, (self.headers.get("Cookie"), visit)))}


@dataclass
class World:
    """The addresses of the scene's objects and everybody's browser."""

    app: Flask
    ids: Ids
    values: dict[str, Any]
    of_rooms: dict[str, dict[str | tuple[str, str], Any]]
    clients: dict[str, Browser]

    def path(self, rule: Rule) -> str:
        """The address of a route, about the objects of the scene."""
        values = self.values_of(rule.endpoint)
        with self.app.test_request_context():
            asked: dict[str, Any] = {name: values[name] for name in rule.arguments} | QUERY.get(rule.endpoint, {})
            return self.app.url_for(rule.endpoint, **asked)

    def values_of(self, endpoint: str) -> dict[str, Any]:
        """The shared values, then those of the room in whose file the route stands, then those of the route alone."""
        room = next((name for name, found in ROOMS.items() if endpoint in found.WHO), "")
        more = self.of_rooms.get(room, {})
        shared = self.values | {name: value for name, value in more.items() if isinstance(name, str)}
        return shared | {name[1]: more[name] for name in more if not isinstance(name, str) and name[0] == endpoint}

    def rules(self, method: str = "", room: str = "") -> list[Rule]:
        return [
            rule
            for rule in self.app.url_map.iter_rules()
            if rule.endpoint != "static"
            and (not method or method in (rule.methods or ()))
            and (not room or rule.endpoint in ROOMS[room].WHO)
        ]


def build(app: Flask) -> World:
    with app.app_context():
        at = clock.now()
        here = {name: an_organisation(slug).id for name, slug in PLACES.items()}
        ids: Ids = {}
        for name in NOW:
            if name != "visitor.none":
                user = a_user(name, f"{re.sub('[^a-z]', '-', name)}@example.org")
                ids[name] = user.id
                give_rights(name, user)
        values = build_file(ids, here, at)
        of_rooms = {name: room.values(ids, values) for name, room in ROOMS.items() if hasattr(room, "values")}
        clients = browsers(app, ids)
        values["session_id"] = db.session.scalars(
            select(AccountSession.id).where(AccountSession.user_id == ids["holder.own"]).order_by(AccountSession.id)
        ).first()
        own = browsers(app, {"holder.own": ids["holder.own"]})  # the other browser: the one above is not in use
    world = World(app, ids, values, of_rooms, clients | own)
    world.clients["visitor.none"] = Browser(app)
    for name, browser in world.clients.items():
        browser.take_token("/connexion" if name == "visitor.none" else "/compte/adresse")
    return world


def give_rights(name: str, user: User) -> None:
    """The right that the seat speaks of; without a word about it, of the organisation that has the file."""
    role, relation = name.split("/")[0].split(".")
    if role not in ROLES:
        return
    user_id, at = user.id, clock.now()
    if not name.endswith("/no_code"):
        with_second_factor(user)
    where = "third" if name in AT_A_THIRD else "other" if relation == "other" else "same"
    is_nowhere = role in OF_THE_PLATFORM or name == "observer.none"
    organisation = None if is_nowhere else an_organisation(PLACES[where])
    begins = at + timedelta(days=1) if relation == "none" and role in BEGINS_TOMORROW else None
    role_given = Role.ORGANISATION_LEAD if name == "recused.own" else ROLES[role]
    give(db.session.get_one(User, user_id), role_given, organisation, starts_at=begins)


def browsers(app: Flask, ids: Ids, *, is_proved: bool = True) -> dict[str, Browser]:
    """One signed-in browser a person, that has just given a code where there is a second factor, if `is_proved`."""
    at, made = clock.real_now(), {}
    with transaction():
        for name, user_id in ids.items():
            token = start_session(user_id, device="test", at=at, second_factor_at=at if is_proved else None)
            made[name] = Browser(app, f"session={token}")
    return made


def a_week_later(world: World) -> None:
    """The accounts of some are suspended, the rights of others have run out; and their browsers had stayed open."""
    was_at = {later: world.ids[name] for later, name in LATER.items()}
    with world.app.app_context():
        at = clock.now()
        with transaction():
            for name, user_id in was_at.items():
                if name.startswith("suspended"):
                    user = db.session.get_one(User, user_id)
                    account_services.suspend(user, motive=SuspensionMotive.MISUSE, by=None, at=at)
            ended = [user_id for name, user_id in was_at.items() if name.startswith("former")]
            db.session.execute(update(Right).where(Right.user_id.in_(ended)).values(ends_at=at))
        open_still = browsers(world.app, was_at)  # harder than it can be: a session that the suspension forgot
    for name, browser in open_still.items():
        browser.headers = {"Cookie": f"{browser.headers['Cookie']}; {_visit(world.clients[LATER[name]])}"}
        browser.token = world.clients[LATER[name]].token
    world.clients = open_still


def _visit(browser: Browser) -> str:
    return browser.headers["Cookie"].split("; ")[-1]
