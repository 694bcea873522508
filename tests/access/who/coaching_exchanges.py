"""The doors of coaching that lead to messages, documents and opinions: a line per route."""

from __future__ import annotations

from app.accounts.models import User
from app.coaching import document_services, message_services, opinion_services
from app.coaching.levels import Level
from app.coaching.models import CoachingRecord
from app.core import clock
from app.core.database import db, transaction
from app.core.text import public_id
from tests.access.people import COACHES, HOLDER, RECORD_READERS, RECORD_TEAM
from tests.coaching.papers import a_pdf

REFERENT = frozenset({"referent"})
ASKED = frozenset({"coach_elsewhere"})

WHO: dict[str, frozenset[str]] = {
    # the lead has no part in this record: reads by an act that is journalled, writes nothing
    "messages.thread": RECORD_READERS, "messages.read_as_lead": RECORD_READERS,
    "messages.send": REFERENT | HOLDER, "messages.take_back": HOLDER,  # the message of the scene is the holder's
    "documents.listed": RECORD_READERS, "documents.add": RECORD_READERS, "documents.download": RECORD_READERS,
    "documents.open_restricted": REFERENT, "documents.remove": REFERENT,
    "opinions.listed": RECORD_TEAM, "opinions.ask": RECORD_TEAM, "opinions.revoke": REFERENT,
    "opinions.mine": COACHES, "opinions.show": ASKED, "opinions.answer": ASKED,
}  # fmt: skip


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A message of the holder, a document for both sides, a confidential one, and a question to the other coach."""
    at, names = clock.now(), dict[str | tuple[str, str], object]()
    with transaction():
        key = document_services.key_for(db.session.get_one(CoachingRecord, shared["record_id"]), at=at)
    stored = [document_services.store(a_pdf(), key) for _ in range(2)]
    with transaction():
        record = db.session.get_one(CoachingRecord, shared["record_id"])
        message = message_services.send(record, text="Bonjour", by=ids["holder"], at=at)
        names["messages.take_back", "public_id"] = message.public_id
        for file, level in zip(stored, (Level.HOLDER, Level.RESTRICTED), strict=True):
            document = document_services.add(
                record, file, title="Devis", visibility=level, by=ids["referent"], at=at
            )  # fmt: skip
            route = "documents.open_restricted" if level == Level.RESTRICTED else "documents.download"
            names[route, "public_id"] = document.public_id
        names["documents.remove", "public_id"] = names["documents.download", "public_id"]
        opinion = opinion_services.ask(
            record, db.session.get_one(User, ids["coach_elsewhere"]).id, question="Que faire ?", shares_record=False,
            due_on=None, name=public_id(), by=ids["referent"], at=at,
        )  # fmt: skip
        return {**names, "name": opinion.name}
