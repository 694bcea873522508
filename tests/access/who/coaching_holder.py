"""The doors of coaching for the person coached and their rights: a line per route."""

from __future__ import annotations

from app.coaching import privacy_services
from app.coaching.models import CoachingRecord
from app.core import clock
from app.core.database import db, transaction
from tests.access.objects import ACCOUNT, ALL_LEADS, COACHES, DESK, HOLDERS, LEADS, RECORD, Door, doors
from tests.access.people import SIGNED_IN, people

WHO: dict[str, Door] = {
    "mine.index": Door(ACCOUNT, SIGNED_IN),
    **doors(
        "mine",
        Door(RECORD, HOLDERS),
        """
        consents consent add_action write object_to end_objection add_objective
    """,
    ),
    **doors("privacy", Door(RECORD, HOLDERS), "rights export ask"),
    **doors("privacy", Door(RECORD, people("holder.own")), "full_export withdraw"),  # who asked for it
    "privacy.handle": Door(RECORD, LEADS | people("coach.own")),
    "privacy.listed": Door(DESK, COACHES),
    "retention.shown": Door(DESK, ALL_LEADS),
}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A request for access of the holder."""
    at = clock.now()
    with transaction():
        record = db.session.get_one(CoachingRecord, shared["record_id"])
        asked = privacy_services.ask(record, "access", words="", by=ids["holder.own"], at=at)
        db.session.flush()
        return {
            "public_id": asked.public_id, "what": "effacement",
            ("mine.end_objection", "user_id"): ids["lead.same/code"],
        }  # fmt: skip
