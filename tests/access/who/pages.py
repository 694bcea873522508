"""The doors of pages: a line per route."""

from __future__ import annotations

from tests.access.objects import PLATFORM, Door, doors
from tests.access.people import EVERYBODY, NOBODY_AT_ALL

WHO: dict[str, Door] = {
    **doors(
        "pages",
        Door(PLATFORM, EVERYBODY),
        """
        home how help rules fees legal privacy accessibility set_language health robots favicon security_contact
        territories territory theme sitemap security about contract never_twice
    """,
    ),
    "pages.gallery": Door(PLATFORM, NOBODY_AT_ALL),  # served in development only
}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    return {("pages.territory", "code"): "21", ("pages.theme", "code"): "food"}
