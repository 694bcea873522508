"""The doors of the holder's desk: a line per route."""

from __future__ import annotations

from tests.access.objects import CAMPAIGN, CAMPAIGN_CARE, PLEDGE, PLEDGE_OWN, Door, doors

WHO: dict[str, Door] = {
    **doors(
        "desk",
        Door(CAMPAIGN, CAMPAIGN_CARE),
        """
        people export write deliveries mark packing deliveries_export
    """,
    ),
    "desk.address": Door(PLEDGE, PLEDGE_OWN),
}
