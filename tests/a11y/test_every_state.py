"""Each state of each template once: axe, the Nu HTML checker, nothing beyond the edge at 320 pixels.

The whole table (everybody, light and dark, wide and narrow) is `make a11y`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.a11y import mails
from tests.a11y.gather import gather
from tests.a11y.inspect import inspect
from tests.a11y.table import NOT_PAGES, SHOWN_ELSEWHERE, page_templates, pages
from tests.access.who import WHO
from tests.support.databases import Database


def test_every_route_is_a_page_of_the_table_or_says_why_not(app: Flask) -> None:
    """A new page is found by itself: it needs its line in tests/access/who. What answers no HTML is named here."""
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} - {"static"}
    assert set(NOT_PAGES) <= routes, "the table excludes a route that is gone"
    assert all(NOT_PAGES.values())
    assert {rule.endpoint for rule in pages(app)} == routes - set(NOT_PAGES)
    assert [endpoint for endpoint in routes - set(NOT_PAGES) if endpoint not in WHO] == []


def test_every_mail_template_has_its_line() -> None:
    assert mails.names() == set(mails.VALUES)


@pytest.mark.browser
def test_every_state_of_every_template_is_accessible_and_valid(app: Flask, database: Database, tmp_path: Path) -> None:
    album = gather(app, database, whole=False)
    assert album.broken == []
    assert album.never_shown() == [], "a route of the table that never answered a page: exclude it with a word why"
    unseen = sorted(page_templates() - album.templates - SHOWN_ELSEWHERE.keys())
    found = inspect(album, tmp_path, every_look=False).found
    assert found == [], "\n\n".join(map(str, found))
    assert unseen == [], "templates that nobody was shown"
