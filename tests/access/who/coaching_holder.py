"""The doors of coaching for the person coached and their rights: a line per route."""

from __future__ import annotations

from app.coaching import privacy_services
from app.coaching.models import CoachingRecord
from app.core import clock
from app.core.database import db, transaction
from tests.access.people import COACHES, HOLDER, RECORD_TEAM, SIGNED_IN

WHO: dict[str, frozenset[str]] = {
    "mine.index": SIGNED_IN, "mine.consents": HOLDER, "mine.consent": HOLDER, "mine.add_action": HOLDER,
    "mine.write": HOLDER, "mine.object_to": HOLDER, "mine.end_objection": HOLDER,
    "mine.add_objective": HOLDER,
    "privacy.rights": HOLDER, "privacy.export": HOLDER, "privacy.full_export": HOLDER, "privacy.ask": HOLDER,
    "privacy.withdraw": HOLDER,
    "privacy.listed": COACHES, "privacy.handle": RECORD_TEAM,
    "retention.shown": frozenset({"lead"}),
}  # fmt: skip


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A request for access of the holder."""
    at = clock.now()
    with transaction():
        record = db.session.get_one(CoachingRecord, shared["record_id"])
        asked = privacy_services.ask(record, "access", words="", by=ids["holder"], at=at)
        db.session.flush()
        return {
            "public_id": asked.public_id, "what": "effacement",
            ("mine.end_objection", "user_id"): ids["lead"],
        }  # fmt: skip
