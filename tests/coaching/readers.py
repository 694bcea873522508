"""Readers of mails: what they were sent, and whether its links open for them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import queries as accounts
from app.coaching import mails
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from tests.builders import a_user, sign_in, with_second_factor

SITE = "http://127.0.0.1:8000"


def links(mail: OutboxMail) -> set[str]:
    found = re.findall(r"https?://[^\s\"'<>]+", f"{mail.text} {mail.html}".replace("&amp;", "&"))
    assert all(one.startswith(SITE) for one in found), "a mail of ours leads to us"
    return {one.removeprefix(SITE) for one in found}


def mailed(to: str = "") -> list[OutboxMail]:
    query = select(OutboxMail).order_by(OutboxMail.id)
    return list(db.session.scalars(query.where(OutboxMail.to_address == to) if to else query))


class Readers:
    """Whoever reads the mail of an address: signed in with its account, a new one when there is none."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.browsers: dict[str, FlaskClient] = {}
        self.seen: set[str] = set()  # endpoints

    def of(self, address: str) -> FlaskClient:
        if address not in self.browsers:
            with self.app.app_context():
                user = accounts.find_by_email(address) or a_user("Quelqu’un", address)
                with_second_factor(user)
                self.browsers[address] = sign_in(self.app, accounts.find_by_email(address), proved=True).client
        return self.browsers[address]

    def dead(self) -> list[tuple[str, str, str, int]]:
        """(address, subject, link, status) of each link that does not open. Forgets the mails."""
        with self.app.app_context():
            read = {(one.to_address, one.subject, link) for one in mailed() for link in links(one)}
            with transaction():
                for one in mailed():
                    db.session.delete(one)
        assert read
        urls = self.app.url_map.bind("127.0.0.1")
        self.seen |= {urls.match(link.split("?")[0])[0] for _address, _subject, link in read}
        opened = [(*one, self.of(one[0]).get(one[2], follow_redirects=True).status_code) for one in sorted(read)]
        return [one for one in opened if one[3] != 200]


def linked_from_mails() -> set[str]:
    """Every page that a mail of this room links to, as written in its code."""
    found: set[str] = set()
    for path in Path(mails.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                said = node.args[:1] if name == "external_url" else []
                said += [word.value for word in node.keywords if name == "way_in" and word.arg == "endpoint"]
                found |= {one.value for one in said if isinstance(one, ast.Constant)}
    return found | {"coaching.show"}  # where `way_in` leads when nothing else is said
