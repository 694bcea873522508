"""The doors of coaching that lead to a request for coaching and to an invitation: a line per route."""

from __future__ import annotations

from app.coaching import request_services
from app.core import clock
from app.core.database import transaction
from tests.access.people import COACHES, EVERYBODY, RECORD_TEAM, SIGNED_IN

WHO: dict[str, frozenset[str]] = {
    "requests.ask": EVERYBODY,
    "requests.asked": EVERYBODY, "requests.withdraw": EVERYBODY,
    "requests.confirm": EVERYBODY,  # whoever was given the address
    "requests.waiting": COACHES, "requests.take": RECORD_TEAM, "requests.send_on": RECORD_TEAM,
    "invitations.invite": RECORD_TEAM, "invitations.accept": SIGNED_IN,  # its link is the key
}  # fmt: skip


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A request that waits where the referent and the lead of the scene work."""
    with transaction():
        request = request_services.ask(
            name="Ada", email="ada@example.org", commune_code="21373", need="Un four", programme_code="pulsactions",
            once="scene", locale="fr", at=clock.now(),
        )  # fmt: skip
        reference = request.record.reference
        found = {"key": request.key, ("requests.take", "reference"): reference}
        return {**found, ("requests.send_on", "reference"): reference}
