"""The doors of payments: a line per route."""

from __future__ import annotations

from tests.access.objects import ACCOUNT, PLATFORM, Door, doors
from tests.access.people import EVERYBODY, SIGNED_IN

WHO: dict[str, Door] = {
    "payments.webhook": Door(PLATFORM, EVERYBODY),  # its signature is its login
    **doors("payments", Door(ACCOUNT, SIGNED_IN), "open_account account_returned"),
}
