"""The SQL statements that pages send: counted, so that no page grows with the data behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.campaigns.kept import KeptPages
from app.core.database import db
from tests.support.crowd import Crowd, browser_of

# The development clock is read by time (twice a second at most), not by request; never in production.
NOT_A_READ = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")
DEVELOPMENT_ONLY = "FROM clock_offset"


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements sent inside, in order; transaction control left out."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(NOT_A_READ) and DEVELOPMENT_ONLY not in statement:
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@dataclass(frozen=True)
class Page:
    """One page as one person opens it. `most`: statements allowed, with those that say who is asking."""

    name: str
    address: Callable[[Crowd], str]
    reader: str  # the person of the crowd; "" for a visitor without account
    most: int
    is_kept: bool = False  # seen once before


PAGES = (
    Page("pages.home", lambda crowd: "/", "", 4),
    Page("campaigns.catalogue", lambda crowd: "/campagnes", "", 4),
    Page("campaigns.show", lambda crowd: f"/campagnes/{crowd.slug}", "", 7),
    Page("campaigns.show, kept", lambda crowd: f"/campagnes/{crowd.slug}", "", 1, is_kept=True),
    Page("campaigns.desk", lambda crowd: f"/mes-campagnes/{crowd.slug}", "holder", 8),
    Page("campaigns.desk, draft", lambda crowd: f"/mes-campagnes/{crowd.draft_slug}", "holder", 8),
    Page("campaigns.mine", lambda crowd: "/mes-campagnes", "holder", 8),
    Page("settlement.money", lambda crowd: f"/mes-campagnes/{crowd.slug}/argent", "holder", 8),
    Page("desk.people", lambda crowd: f"/mes-campagnes/{crowd.slug}/contributeurs", "holder", 8),
    Page("desk.deliveries", lambda crowd: f"/mes-campagnes/{crowd.slug}/remises-a-faire", "holder", 8),
    Page("threads.news_list", lambda crowd: f"/mes-campagnes/{crowd.slug}/nouvelles", "holder", 8),
    Page("threads.questions", lambda crowd: f"/mes-campagnes/{crowd.slug}/questions", "holder", 8),
    Page("moderation.queue", lambda crowd: "/moderation", "moderator", 8),
    Page("moderation.review", lambda crowd: f"/moderation/{crowd.reviewed_slug}", "moderator", 8),
    Page("moderation.holder_review", lambda crowd: f"/mes-campagnes/{crowd.reviewed_slug}/relecture", "holder", 8),
    Page("coaching.show", lambda crowd: f"/accompagnement/dossiers/{crowd.reference}", "coach", 8),
    Page("coaching.show, holder", lambda crowd: f"/accompagnement/dossiers/{crowd.reference}", "holder", 8),
    Page("coaching.morning", lambda crowd: "/accompagnement", "coach", 8),
    Page("coaching.morning, holder", lambda crowd: "/accompagnement", "holder", 8),
    Page("pledges.mine", lambda crowd: "/contributions", "backer", 8),
)


def count(app: Flask, crowd: Crowd, page: Page) -> list[str]:
    """The statements of one GET in a process that has served this page before.

    Errors: AssertionError when the page does not answer 200.
    """
    client, address = browser_of(app, crowd, page.reader), page.address(crowd)
    _open(client, address)
    if not page.is_kept:
        app.extensions["kept_pages"] = KeptPages()
    with statements(app) as sent:
        _open(client, address)
    return sent


def _open(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address} answered {answer.status_code}"
