"""Who may open which door: an independent copy of the table, and everybody tried at every door.

A route without its line in tests/access/who/<room>.py fails. The words of the table are people of the scene, not
roles, so that it can be read aloud: « the record's page opens for its holder, its referent and the lead ».
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from itertools import cycle, islice

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from app.accounts.models import User
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.network.models import Right
from app.network.services import end_right
from tests.access.scene import World, build
from tests.access.who import MAY_BE_MISSING, WHO
from tests.builders import give, sign_in, token_of, with_second_factor


@pytest.fixture
def world(app: Flask) -> World:
    return build(app)


def sent_to_sign_in(answer) -> bool:
    return answer.status_code in {302, 303} and answer.location.startswith("/connexion?next=")


def is_refused(answer, who: str) -> bool:
    """A visitor is sent to sign in; a person hears 403, or 404 when it is about an object."""
    return sent_to_sign_in(answer) if who == "nobody" else answer.status_code in {403, 404}


def test_every_route_is_in_the_table_and_the_table_knows_no_other(app):
    routes = {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}
    assert routes == set(WHO)


def test_every_page_opens_for_whom_it_should_and_for_nobody_else(world):
    wrong = []
    for rule in world.rules("GET"):
        path = world.path(rule)
        for who, client in world.clients.items():
            answer = client.get(path)
            refused = is_refused(answer, who)
            missing = answer.status_code == 404 and rule.endpoint in MAY_BE_MISSING
            if answer.status_code >= 500 and rule.endpoint != "pages.health":
                wrong.append(f"{who} GET {path}: {answer.status_code}")
            elif (
                not missing
                and refused is (who in WHO[rule.endpoint])
                and not (who == "nobody" and answer.status_code == 404)
            ):
                wrong.append(f"{who} GET {path} ({rule.endpoint}): {answer.status_code} {answer.location or ''}")
    assert wrong == []


def content(app: Flask) -> dict[str, str]:
    """A fingerprint of every table but those that only say that somebody was here."""
    left_out = {"account_sessions", "limit_hits", "territories", "worker_beats"}
    with app.app_context():
        return {
            name: hashlib.sha256(repr(db.session.execute(select(table)).all()).encode()).hexdigest()
            for name, table in db.metadata.tables.items()
            if name not in left_out
        }


def doors_that_write(app: Flask, rules: Iterable[Rule], knock: Callable[[Rule], None]) -> list[str]:
    """Knock at each; which ones left something in the database. Looked at a dozen at a time."""
    rules, wrong, before = iter(rules), [], content(app)
    while dozen := list(islice(rules, 12)):
        for rule in dozen:
            knock(rule)
        if (after := content(app)) != before:
            changed = [name for name in before if before[name] != after[name]]
            wrong.append(f"one of {[rule.endpoint for rule in dozen]}: {changed}")
            before = after
    return wrong


@pytest.mark.machine  # who may enter is decided in Python
def test_every_act_is_refused_to_whom_it_is_not_for(world):
    wrong = []
    for rule in world.rules("POST"):
        path = world.path(rule)
        for who, client in world.clients.items():
            answer = client.post(path)
            if answer.status_code >= 500:
                wrong.append(f"{who} POST {path}: {answer.status_code}")
            elif who in WHO[rule.endpoint]:
                if answer.status_code == 404 or sent_to_sign_in(answer):
                    wrong.append(f"{who} POST {path} ({rule.endpoint}) may: {answer.status_code}")
            elif not is_refused(answer, who):
                wrong.append(f"{who} POST {path} ({rule.endpoint}) may not: {answer.status_code}")
    assert wrong == []


@pytest.mark.machine
def test_no_act_happens_without_the_form_token_of_the_person(world):
    """Nobody’s, a made up one, somebody else’s: in turn, so that each act meets each of them."""
    foreign = token_of(world.app.test_client(), "/connexion")
    tokens = cycle(({}, {"csrf_token": "x" * 40}, {"csrf_token": foreign}))
    filled = {"agrees": "yes", "verb": "ok", "reason": "parce que", "cents": "100"}

    def knock(rule: Rule) -> None:
        for _token, who in zip(range(3), cycle(sorted(WHO[rule.endpoint])), strict=False):
            world.clients[who].post(world.path(rule), data={**filled, **next(tokens)})

    assert doors_that_write(world.app, world.rules("POST"), knock) == []


@pytest.mark.machine
def test_no_act_happens_for_a_page_of_another_site(world):
    for rule in world.rules("POST"):
        if rule.endpoint == "payments.webhook":
            continue
        path = world.path(rule)
        for headers in ({"Origin": "https://mal.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert world.clients["holder"].post(path, headers=headers).status_code == 403, path


@pytest.mark.machine
def test_looking_changes_nothing(world):
    def knock(rule: Rule) -> None:
        for who in sorted(WHO[rule.endpoint] & {"holder", "lead", "admin", "contributor"}):
            world.clients[who].get(world.path(rule))

    assert doors_that_write(world.app, world.rules("GET"), knock) == []


MADE_UP = [
    "inconnu",
    "0",
    "-1",
    "999999999",
    "99999999999999999999",
    "%00",
    "%F0%9F%8C%B1",
    "..%2f..",
    "a" * 3000,
    "%E2%80%AE",
    "1e3",
]


def test_a_made_up_address_is_never_an_error_of_ours(world):
    """Every part of every address, replaced by what people and robots type; in turn by each kind of person."""
    wrong, turn = [], cycle(("nobody", "holder", "lead", "admin", "holder"))  # five, with eleven words: no fixed pairs
    for rule in world.rules("GET"):
        good = world.path(rule)
        for name in rule.arguments:
            real = str({**world.values_of(rule.endpoint), "slug": None}.get(name) or "")
            parts = good.split("/")
            spot = next((n for n, part in enumerate(parts) if part and part == real), len(parts) - 1)
            if name == "slug":
                spot = 2
            for made_up in MADE_UP:
                path = "/".join([*parts[:spot], made_up, *parts[spot + 1 :]])
                who = next(turn)
                answer = world.clients[who].get(path)
                if answer.status_code >= 500:
                    wrong.append(f"{who} GET {path[:80]} ({rule.endpoint}): {answer.status_code}")
    assert wrong == []


def test_somebody_elses_object_answers_like_one_that_does_not_exist(world):
    stranger = world.clients["stranger"]
    for real, unknown in [
        (f"/mes-campagnes/{world.values['slug']}", "/mes-campagnes/inconnue"),
        (f"/accompagnement/dossiers/{world.values['reference']}", "/accompagnement/dossiers/2026-21-9999"),
        (f"/moderation/{world.values['slug']}", "/moderation/inconnue"),
        ("/contributions/pledge-of-the-scene", "/contributions/unknown"),
    ]:
        mine, none = stranger.get(real), stranger.get(unknown)
        assert mine.status_code == none.status_code == 404, real


def test_a_visitor_cannot_tell_what_exists_from_what_does_not(world):
    """Records, drafts of campaigns and accounts are private: neither a guessed address nor a guessed act tells."""
    nobody = world.app.test_client()
    for real, unknown in [
        (f"/mes-campagnes/{world.values['slug']}", "/mes-campagnes/inconnue"),
        (f"/accompagnement/dossiers/{world.values['reference']}", "/accompagnement/dossiers/2026-21-9999"),
        (f"/moderation/{world.values['slug']}", "/moderation/inconnue"),
        (f"/administration/personnes/{world.values['user_id']}", "/administration/personnes/999999"),
        ("/contributions/pledge-of-the-scene", "/contributions/unknown"),
    ]:
        there, missing = nobody.get(real), nobody.get(unknown)
        assert sent_to_sign_in(there), real
        assert sent_to_sign_in(missing), unknown
        assert missing.location == there.location.replace(real, unknown)
    real, unknown = (f"/accompagnement/dossiers/{name}/actions" for name in (world.values["reference"], "2026-21-9999"))
    there, missing = nobody.post(real), nobody.post(unknown)
    assert (there.status_code, there.location) == (missing.status_code, missing.location)
    assert nobody.get("/campagnes/inconnue").status_code == 404, "a page for everybody says that it is missing"


def test_a_right_acts_and_ends_at_once_and_every_older_key_dies(world):
    stranger = world.clients["stranger"]
    assert stranger.get("/administration").status_code == 403
    with world.app.app_context():
        person = db.session.scalars(select(User).where(User.email == "stranger@example.org")).one()
        again = sign_in(world.app, give(person, Role.PLATFORM_ADMIN))
    assert sent_to_sign_in(stranger.get("/administration")), "a key taken before does not grow with the role"
    assert again.get("/administration").status_code == 200
    with world.app.app_context():
        with transaction():
            right = db.session.scalars(select(Right).where(Right.user_id == again.user_id)).one()
            end_right(right, by=None, at=clock.now())
        last = sign_in(world.app, db.session.get_one(User, again.user_id))
    assert sent_to_sign_in(again.get("/administration"))
    assert last.get("/administration").status_code == 403


@pytest.mark.machine
def test_a_password_without_its_code_opens_what_a_visitor_opens_and_no_more(world):
    """Once a second factor is on, a browser that never gave a code is nobody: at every page and every act."""
    wrong, people = [], ("admin", "lead", "holder")
    turn = cycle((*people, "lead"))
    with world.app.app_context():
        for name in people:
            with_second_factor(db.session.scalars(select(User).where(User.email == f"{name}@example.org")).one())
    for rule in world.app.url_map.iter_rules():
        if rule.endpoint in {"static", "accounts.sign_in_code"}:  # the second is the page that asks for the code
            continue
        path = world.path(rule)
        for method in sorted(rule.methods & {"GET", "POST"}):
            theirs = world.clients["nobody"].open(path, method=method)
            name = next(turn)
            mine = world.clients[name].open(path, method=method)
            if (mine.status_code, mine.location) != (theirs.status_code, theirs.location):
                wrong.append(f"{name} {method} {path}: {mine.status_code} {mine.location}, not {theirs.status_code}")
    assert wrong == []


def test_a_right_that_runs_out_acts_no_longer(world):
    """Nobody ended it: its last instant passed."""
    admin = world.clients["admin"]
    assert admin.get("/administration").status_code == 200
    with world.app.app_context(), transaction():
        db.session.scalars(select(Right).where(Right.role == Role.PLATFORM_ADMIN)).one().ends_at = clock.now()
    assert admin.get("/administration").status_code == 403
