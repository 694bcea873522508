"""Open every page of the table and keep what was answered.

Four states of a page: `usual` (the scene of tests/access), `empty` (accounts and nothing else), `error` (its forms sent
back empty, then overfull), `long` (every name, title and text as long as its column holds, many of everything); and the
states of campaigns, contributions and records by their own names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from flask import Flask, template_rendered
from jinja2 import Template
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import Client

from app.campaigns.rules import CampaignState
from app.core.database import db
from tests.a11y import afterwards, failures, links, mails, states, wordy
from tests.a11y.forms import forms_of
from tests.a11y.table import MORE, PRESSED, STEPS, VISITOR, pages, people_of
from tests.access.scene import Browser, build
from tests.support.databases import Database

# What differs at each request and changes nothing for the eye.
FLEETING = re.compile(r'(name="(?:csrf_token|form_key|once)"[^>]*value=")[^"]*|[0-9A-F]{8}(?=</strong></p>)')

MAIL = "emails."


@dataclass(frozen=True)
class Seen:
    """One page as somebody saw it. `state`: « endpoint · state »."""

    state: str
    who: str
    path: str
    html: str

    @property
    def is_mail(self) -> bool:
        """Mail programs know an older HTML, which the checker of today's would refuse."""
        return self.state.startswith(MAIL)

    @property
    def is_overfull(self) -> bool:
        """Words that do not break, or many of everything: such a page must still not scroll sideways."""
        return " · long" in self.state or "overfull" in self.state

    def __str__(self) -> str:
        return f"{self.state} ({self.who}, {self.path})"


class Album:
    """`whole`: everybody who may open a page does, and what only repeats another page word for word is kept once.
    Otherwise each state of each template once."""

    def __init__(self, app: Flask, database: Database, *, whole: bool):
        self.app, self.database, self.whole = app, database, whole
        self.looked = 0
        self.roles: set[str] = set()
        self.templates: set[str] = set()
        self.broken: list[str] = []
        self._seen: dict[str, Seen] = {}
        self._states: set[str] = set()
        self._marks: set[tuple[str, str]] = set()
        self._shown = ""  # the template of the page that was answered last

    @property
    def seen(self) -> list[Seen]:
        return list(self._seen.values())

    @property
    def states(self) -> set[str]:
        return set(self._states)

    @property
    def routes(self) -> set[str]:
        """The endpoints of which a page was kept."""
        return {state.split(" · ")[0] for state in self._states if " · " in state}

    def never_shown(self) -> list[str]:
        return sorted({rule.endpoint for rule in pages(self.app)} - self.routes)

    def fill(self) -> Album:
        with template_rendered.connected_to(self._note, self.app):
            self._nothing_there()
            self._usual()
            self._sent_back()
            self._by_state()
            self._refusals()
            self._long()
        return self

    def _note(self, _app: Flask, template: Template, **_: object) -> None:
        self._shown = str(template.name)
        self.templates.add(self._shown)

    # -- keeping ---------------------------------------------------------------------------------

    def keep(self, state: str, who: str, path: str, html: str) -> None:
        self.looked += 1
        if "." in who:
            self.roles.add(who.partition(".")[0])
        mark = (state, self._shown)  # the same state of two templates is two
        if not self.whole and mark in self._marks:
            return
        self._marks.add(mark)
        self._states.add(state)
        self._seen.setdefault(FLEETING.sub(r"\1", html).replace(f">{who}<", "><"), Seen(state, who, path, html))

    def look(self, client: Client | Browser, who: str, path: str, state: str) -> bool:
        """A page of ours is kept: True. What leads on or is no page is not; what breaks is told."""
        answer = client.get(path)
        if answer.status_code >= 500:
            self.broken.append(f"{state}: {who} GET {path}: {answer.status_code}")
        is_page = answer.mimetype == "text/html" and answer.status_code in {200, 402, 409, 422}
        if is_page:
            self.keep(state, who, path, answer.get_data(as_text=True))
        return is_page

    def open(self, clients: Mapping[str, Browser], rule: Rule, path: str, state: str) -> None:
        """By all who may; or by the first of them who is shown a page."""
        for who in (name for name in people_of(rule.endpoint) if name in clients):
            if self.look(clients[who], who, path, f"{rule.endpoint} · {state}") and not self.whole:
                return

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def restore(self, name: str = "a11y") -> None:
        self.close()
        self.database.go_back(name)

    def remember(self, name: str = "a11y") -> None:
        self.close()
        self.database.keep(name)

    # -- the states ------------------------------------------------------------------------------

    def _nothing_there(self) -> None:
        clients = wordy.only_accounts(self.app)
        for rule in pages(self.app):
            if not rule.arguments:
                self.open(clients, rule, rule.rule, "empty")
        self.close()
        self.database.renew()

    def _usual(self) -> None:
        self.world = build(self.app)
        self.spots = links.make(self.app, self.world)
        self.remember()
        self._open_all("usual")

    def _open_all(self, state: str) -> None:
        for rule in pages(self.app):
            for path, name in self.addresses(rule, state):
                self.open(self.world.clients, rule, path, name)
        for who, client, path in self.spots:
            self.look(client, who, path, f"{self.endpoint_of(path)} · {state}")

    def addresses(self, rule: Rule, state: str) -> Iterator[tuple[str, str]]:
        path = self.world.path(rule)
        if rule.endpoint == "campaigns.edit":
            yield from ((f"{path.rpartition('/')[0]}/{step}", f"{state} {step}") for step in STEPS)
            return
        yield path, state
        for name, query in MORE.get(rule.endpoint, ()):
            yield path + query, name if name != state else f"{state} {query}"

    def _sent_back(self) -> None:
        """Each form of each page, by the first who is shown it; a campaign’s also while it is a draft, and live."""
        sent: set[tuple[str, str, str]] = set()
        for state in (None, CampaignState.DRAFT, CampaignState.LIVE):
            if state:
                self.restore()
                states.set_campaign(self.app, str(self.world.values["slug"]), state)
                self.remember("as sent")
            back = "as sent" if state else "a11y"
            for rule in pages(self.app):
                if state is None or "slug" in rule.arguments:
                    for path, name in self.addresses(rule, "usual"):
                        for who in people_of(rule.endpoint):
                            if self._forms(self.world.clients[who], who, path, (rule.endpoint, name), sent, back):
                                break
            for who, client, path in self.spots:
                self._forms(client, who, path, (path, ""), sent, back)
        self.restore()

    def _forms(
        self,
        client: Client | Browser,
        who: str,
        path: str,
        page: tuple[str, str],
        sent: set[tuple[str, str, str]],
        back: str,
    ) -> bool:
        answer = client.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            return False
        for form in forms_of(answer.get_data(as_text=True)):
            target = urlsplit(urljoin(f"http://x{path}", form.action)).path
            act = self._act(target)
            if act and (form.typed or act in PRESSED) and (act, *page) not in sent:
                sent.add((act, *page))
                self._send(client, who, (path, target, act, back), form.ways)
        return True

    def _act(self, path: str) -> str:
        try:
            return str(self.app.url_map.bind("localhost").match(path, method="POST")[0])
        except HTTPException:
            return ""

    def _send(
        self,
        client: Client | Browser,
        who: str,
        about: tuple[str, str, str, str],
        ways: list[tuple[str, dict[str, str]]],
    ) -> None:
        page, target, act, back = about
        token = {"csrf_token": client.token} if isinstance(client, Browser) and client.token else {}
        for name, content in ways:
            answer = client.post(target, data={**token, **content}, headers={"Referer": f"http://localhost{page}"})
            state = f"{act} · {name}"
            if answer.status_code >= 500:
                self.broken.append(f"{state}: {who} POST {target}: {answer.status_code}")
            elif answer.mimetype == "text/html" and (answer.status_code == 200 or answer.status_code >= 400):
                self.keep(state, who, target, answer.get_data(as_text=True))
            if answer.status_code < 400:
                self.restore(back)

    def _by_state(self) -> None:
        for state, pairs in states.each(self.app, self.world):
            for who, path in pairs:
                self.look(self.world.clients[who], who, path, f"{self.endpoint_of(path)} · {state}")
        self.restore()

    def endpoint_of(self, path: str) -> str:
        return str(self.app.url_map.bind("localhost").match(path, method="GET")[0])

    def _refusals(self) -> None:
        for name, html in failures.pages(self.app):
            self.keep(f"errors.{name}", VISITOR, "/", html)
        for name, html in afterwards.pages(self.app):
            self.keep(f"afterwards.{name}", VISITOR, "/", html)
        for name, html in mails.pages(self.app):
            self.keep(f"{MAIL}{name}", VISITOR, "", html)

    def _long(self) -> None:
        others = wordy.lengthen(self.app)
        self._open_all("long")
        for who, client in others.items():
            for rule in pages(self.app):
                if not rule.arguments and client.get(rule.rule).status_code == 200:
                    self.look(client, f"crowd {who}", rule.rule, f"{rule.endpoint} · long list")
        for who, path in wordy.about(self.world, others):
            client = others.get(who) or self.world.clients[who]
            self.look(client, f"crowd {who}", path, f"{self.endpoint_of(path.split('?')[0])} · long list")


def gather(app: Flask, database: Database, *, whole: bool) -> Album:
    """`app` and `database` as their fixtures give them: fresh."""
    return Album(app, database, whole=whole).fill()
