"""The doors of pledges: a line per route."""

from __future__ import annotations

from tests.access.objects import PLATFORM, PLEDGE, PLEDGE_OWN, Door, doors
from tests.access.people import EVERYBODY

WHO: dict[str, Door] = {
    **doors("pledges", Door(PLATFORM, EVERYBODY), "contribute mine mail_link"),
    **doors("pledges", Door(PLEDGE, PLEDGE_OWN), "show thanks card change withdraw"),
}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    return {("pledges.contribute", "slug"): shared["live_slug"]}
