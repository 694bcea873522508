"""The doors of coaching that lead to a request for coaching and to an invitation: a line per route."""

from __future__ import annotations

from app.coaching import request_services
from app.core import clock
from app.core.database import transaction
from tests.access.objects import ACCOUNT, COACHES, DESK, ORGANISATION, PLATFORM, RECORD, RECORD_WRITE, Door, doors
from tests.access.people import EVERYBODY, SIGNED_IN, people

WHO: dict[str, Door] = {
    **doors("requests", Door(PLATFORM, EVERYBODY), "ask asked withdraw confirm"),  # whoever was given the address
    "requests.waiting": Door(DESK, COACHES),
    **doors("requests", Door(ORGANISATION, people("coach.same lead.same/*")), "take send_on"),
    "invitations.invite": Door(RECORD, RECORD_WRITE),
    "invitations.accept": Door(ACCOUNT, SIGNED_IN),  # its link is the key
}


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
