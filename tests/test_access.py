"""What holds at every door: tokens, other sites, made up addresses. Who may open which one is tests/test_matrix.py."""

from __future__ import annotations

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
from tests.access.content import content
from tests.access.knock import FILLED, sent_to_sign_in
from tests.access.scene import World, browsers
from tests.access.who import WHO
from tests.builders import give, sign_in, token_of


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


@pytest.mark.machine
def test_no_act_happens_without_the_form_token_of_the_person(world: World):
    """Nobody’s, a made up one, somebody else’s: in turn, so that each act meets each of them."""
    foreign = token_of(world.app.test_client(), "/connexion")
    tokens = cycle(({}, {"csrf_token": "x" * 40}, {"csrf_token": foreign}))

    def knock(rule: Rule) -> None:
        for _token, who in zip(range(3), cycle(sorted(WHO[rule.endpoint].may & world.clients.keys())), strict=False):
            world.clients[who].post(world.path(rule), data={**FILLED, **next(tokens)})

    assert doors_that_write(world.app, world.rules("POST"), knock) == []


@pytest.mark.machine
def test_no_act_happens_for_a_page_of_another_site(world: World):
    for rule in world.rules("POST"):
        if rule.endpoint == "payments.webhook":
            continue
        path = world.path(rule)
        for headers in ({"Origin": "https://mal.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert world.clients["holder.own"].post(path, headers=headers).status_code == 403, path


@pytest.mark.machine
def test_looking_changes_nothing(world: World):
    def knock(rule: Rule) -> None:
        for who in sorted(WHO[rule.endpoint].may & {"holder.own", "lead.same/code", "admin.none", "contributor.own"}):
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


def test_a_made_up_address_is_never_an_error_of_ours(world: World):
    """Every part of every address, replaced by what people and robots type; in turn by each kind of person."""
    wrong, turn = (
        [],
        cycle(("visitor.none", "holder.own", "lead.same/code", "admin.none", "holder.own")),
    )  # five, with eleven words: no fixed pairs
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


def test_somebody_elses_object_answers_like_one_that_does_not_exist(world: World):
    stranger = world.clients["contributor.none"]
    for real, unknown in [
        (f"/mes-campagnes/{world.values['slug']}", "/mes-campagnes/inconnue"),
        (f"/accompagnement/dossiers/{world.values['reference']}", "/accompagnement/dossiers/2026-21-9999"),
        (f"/moderation/{world.values['slug']}", "/moderation/inconnue"),
        ("/contributions/pledge-of-the-scene", "/contributions/unknown"),
    ]:
        mine, none = stranger.get(real), stranger.get(unknown)
        assert mine.status_code == none.status_code == 404, real


def test_a_visitor_cannot_tell_what_exists_from_what_does_not(world: World):
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


def test_a_right_acts_and_ends_at_once_and_every_older_key_dies(world: World):
    stranger = world.clients["contributor.none"]
    assert stranger.get("/administration").status_code == 403
    with world.app.app_context():
        person = db.session.scalars(select(User).where(User.email == "contributor-none@example.org")).one()
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
def test_a_password_without_its_code_opens_what_a_visitor_opens_and_no_more(world: World):
    """Once a second factor is on, a browser that never gave a code is nobody: at every page and every act."""
    wrong, people = [], ("treasurer.none/code", "lead.same/code", "coach.own")
    turn = cycle((*people, "lead.same/code"))
    with world.app.app_context():
        without = browsers(world.app, {name: world.ids[name] for name in people}, is_proved=False)
    for rule in world.app.url_map.iter_rules():
        if rule.endpoint in {"static", "accounts.sign_in_code"}:  # the second is the page that asks for the code
            continue
        path = world.path(rule)
        for method in sorted(rule.methods & {"GET", "POST"}):
            theirs = world.clients["visitor.none"].open(path, method)
            name = next(turn)
            mine = without[name].open(path, method)
            if (mine.status_code, mine.location) != (theirs.status_code, theirs.location):
                wrong.append(f"{name} {method} {path}: {mine.status_code} {mine.location}, not {theirs.status_code}")
    assert wrong == []


def test_a_right_that_runs_out_acts_no_longer(world: World):
    """Nobody ended it: its last instant passed."""
    admin = world.clients["admin.none"]
    assert admin.get("/administration").status_code == 200
    with world.app.app_context(), transaction():
        db.session.scalars(select(Right).where(Right.user_id == world.ids["admin.none"])).one().ends_at = clock.now()
    assert admin.get("/administration").status_code == 403


def test_the_tokens_that_the_matrix_knocks_with_are_good_ones(world: World):
    """Or else a door that forgets to ask who is there would be closed by the form, and look well guarded."""
    for who, page, form in [
        ("visitor.none", "/mot-de-passe-oublie", {"email": "personne@exemple.fr"}),
        ("holder.own", "/compte", {"name": "Un autre nom", "locale": "fr"}),
        ("lead.same/code", "/compte", {"name": "Un autre nom", "locale": "fr"}),
    ]:
        browser = world.clients[who]
        assert browser.post(page, data={**form, "csrf_token": "x" * 40}).status_code in {403, 422}
        assert browser.post(page, data={**form, "csrf_token": browser.token}).status_code == 303, who
