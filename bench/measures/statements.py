"""SQL statements of one view, counted where they are sent; the pages and limits are those of the tests."""

from __future__ import annotations

from collections.abc import Iterator

from bench.registry import Figure, Ground, measure
from tests.support.statements import PAGES, count


@measure("statements", goals="5")
def statements(ground: Ground) -> Iterator[Figure]:
    """Sign-in and rights of the reader included."""
    site = ground.site
    for page in PAGES:
        sent = len(count(site.app, site.crowd, page))
        yield Figure("5", f"SQL statements, {page.name}", sent, at_most=page.most)
