"""The doors of settlement: a line per route."""

from __future__ import annotations

from tests.access.objects import CAMPAIGN, CAMPAIGN_MANAGE, PLATFORM, PLEDGE, PLEDGE_OWN, Door, doors
from tests.access.people import EVERYBODY

WHO: dict[str, Door] = {
    **doors(
        "settlement",
        Door(PLEDGE, PLEDGE_OWN),
        "repair confirm repaired give_up given take_back attestation renounce confirm_renounce",
    ),
    **doors("settlement", Door(CAMPAIGN, CAMPAIGN_MANAGE), "money statement"),
    "settlement.of_year": Door(PLATFORM, EVERYBODY),
}

# a sheet of paper is set in half a second, and says the same
QUERY = {"settlement.of_year": {"format": "csv"}, "settlement.statement": {"format": "csv"}}
