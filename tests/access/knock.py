"""One person at one door: the request that says most about it, and what the answer means."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.access.objects import Door
from tests.access.scene import World
from tests.access.who import MAY_BE_MISSING, WHO

FILLED = {"agrees": "yes", "verb": "ok", "reason": "parce que", "cents": "100", "words": "x", "text": "x", "yes": "yes"}
NOBODY = ("visitor", "suspended")


def sent_to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code in {302, 303} and answer.location.startswith("/connexion?next=")


def sent_to_second_factor(answer: TestResponse) -> bool:
    return answer.status_code in {302, 303} and answer.location.startswith("/compte/double-verification?next=")


def said(answer: TestResponse) -> str:
    """open, sign in, code, or the number of an error."""
    if sent_to_sign_in(answer):
        return "sign in"
    if sent_to_second_factor(answer):
        return "code"
    return str(answer.status_code) if answer.status_code in {403, 404, 409} or answer.status_code >= 500 else "open"


def expected(endpoint: str, door: Door, who: str, rule: Rule, method: str) -> set[str]:
    """What this person must hear. Who may and sends nothing may hear that a form is needed."""
    is_nobody = who.startswith(NOBODY)
    if who in door.may:
        if door.code and who.endswith("/no_code"):
            return {"code"}
        if who in door.late:
            return {"open", "409"}
        form_is_missing = {"403"} if method == "POST" else set()
        missing = {"404"} if endpoint in MAY_BE_MISSING else set()
        broken = {"503"} if endpoint == "pages.health" else set()
        return {"open", "409"} | form_is_missing | missing | broken
    if not door.may:
        return {"404", "sign in", "403"} if is_nobody else {"404"}
    if is_nobody:
        return {"sign in"} | ({"403"} if method == "POST" and who.startswith("suspended") else set())
    return {"404"} if door.kind.has_objects else {"403", "404"} if rule.arguments else {"403"}


@contextmanager
def short_refusals(app: Flask) -> Iterator[None]:
    """The pages that say no without their frame: what they look like is tested elsewhere, and ten thousand of them are
    a third of the time. Nothing else is left out: routing, session, rights, objects, policies, database."""
    cache, loader = app.jinja_env.cache, weakref.ref(app.jinja_env.loader)
    names = [(loader, f"errors/{code}.html") for code in (403, 404)]
    before = {name: cache.get(name) for name in names}
    for name in names:
        cache[name] = app.jinja_env.from_string("{{ message }}")
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        for name in names:
            if before[name] is None:
                del cache[name]
            else:
                cache[name] = before[name]


def knock_at_all(world: World, room: str, names: Iterable[str]) -> tuple[int, list[str]]:
    """(people tried, what was heard and should not have been).

    Who may looks, or sends a form without its token; who may not sends one with the token, where one can be sent.
    """
    tried, wrong = 0, []
    names = [name for name in names if name in world.clients]
    for rule in world.rules(room=room):
        endpoint, path = rule.endpoint, world.path(rule)
        door = WHO[endpoint]
        for who in names:
            if who not in door.kind.asked:
                continue
            browser, tried = world.clients[who], tried + 1
            acts = who not in door.may or who in door.late
            method = "POST" if "POST" in rule.methods and (acts or "GET" not in rule.methods) else "GET"
            form = {**FILLED, "csrf_token": browser.token} if acts and method == "POST" else None
            heard = said(browser.open(path, method, data=form))
            if heard not in expected(endpoint, door, who, rule, method):
                wrong.append(f"{who} {method} {path} ({endpoint}): {heard}, {'may' if who in door.may else 'may not'}")
    return tried, wrong
