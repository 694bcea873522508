"""The right alone opens nothing at the money desk, and an old code moves nothing: every route, every method."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import AccountSession, SecondFactor, User
from app.accounts.second_factor_rules import PROOF_MINUTES
from app.core import clock
from app.core.database import db, transaction
from tests.access.scene import World, build
from tests.builders import sign_in

# A task ends with words; no money moves by it, and the code of the sign-in is enough.
AN_OLD_CODE_IS_ENOUGH = {"treasury.close_task"}
# What was typed stays on the page while the code is asked.
ASKED_ON_THE_PAGE = {"treasury.propose_refund", "treasury.propose_cancellation"}
DESK = ("treasurer.none/code", "lead.same/code")


@pytest.fixture
def world(app: Flask) -> World:
    return build(app)


def routes(world: World, *methods: str) -> Iterator[tuple[str, str, str]]:
    """(endpoint, method, path) of every route of the desk."""
    found = [
        (rule.endpoint, method, world.path(rule))
        for method in methods
        for rule in world.rules(method)
        if rule.endpoint.startswith("treasury.")
    ]
    assert len(found) >= 14 * len(methods)
    yield from found


def browser(world: World, name: str) -> FlaskClient:
    """Signed in anew, with a password only."""
    with world.app.app_context():
        return sign_in(world.app, db.session.get_one(User, world.ids[name])).client


@pytest.mark.parametrize("who", DESK)
def test_the_right_without_a_second_factor_opens_no_page_and_no_act(world: World, who: str) -> None:
    with world.app.app_context(), transaction():
        mine = SecondFactor.user_id == world.ids[who]
        db.session.delete(db.session.scalars(select(SecondFactor).where(mine)).one())
    client, open_doors = browser(world, who), []
    with world.app.test_request_context():
        switch_on = url_for("accounts.second_factor")
    for endpoint, method, path in routes(world, "GET", "POST"):
        answer = client.open(path, method=method)
        led_there = answer.status_code == 303 and answer.location.startswith(switch_on)
        if answer.status_code not in {403, 404} and not led_there:
            open_doors.append(f"{method} {endpoint}: {answer.status_code}")
    assert open_doors == []


@pytest.mark.parametrize("who", DESK)
def test_an_old_code_moves_no_money(world: World, who: str) -> None:
    with world.app.app_context(), transaction():
        for one in db.session.scalars(select(AccountSession).where(AccountSession.second_factor_at.is_not(None))):
            one.second_factor_at = clock.real_now() - timedelta(minutes=PROOF_MINUTES + 1)
    client, wrong = world.clients[who], []
    with world.app.test_request_context():
        prove = url_for("accounts.prove")
    for endpoint, method, path in routes(world, "POST"):
        answer = client.open(path, method=method)
        refused = answer.status_code in {403, 404}  # not of this person at all
        asked = answer.status_code == 303 and answer.location.startswith(prove)
        asked |= endpoint in ASKED_ON_THE_PAGE and "Donnez d’abord un code" in answer.get_data(as_text=True)
        if not (refused or asked or endpoint in AN_OLD_CODE_IS_ENOUGH):
            wrong.append(f"{endpoint}: {answer.status_code} {answer.location}")
    assert wrong == []
