"""The doors of coaching that lead to messages, documents and opinions: a line per route."""

from __future__ import annotations

from app.accounts.models import User
from app.coaching import document_services, message_services, opinion_services
from app.coaching.levels import Level
from app.coaching.models import CoachingRecord
from app.core import clock
from app.core.database import db, transaction
from app.core.text import public_id
from tests.access.objects import (
    CIRCLE,
    COACHES,
    DESK,
    HOLDERS,
    RECORD,
    RECORD_MESSAGES,
    RECORD_READ,
    RECORD_REFERENT,
    RECORD_RESTRICTED,
    RECORD_WRITE,
    Door,
    doors,
)  # fmt: skip
from tests.access.people import people
from tests.coaching.papers import a_pdf

WHO: dict[str, Door] = {
    # a lead has no part in this record: reads by an act that is journalled, writes nothing
    **doors("messages", Door(RECORD, RECORD_MESSAGES), "thread read_as_lead"),
    "messages.send": Door(RECORD, HOLDERS | CIRCLE),
    "messages.take_back": Door(RECORD, people("holder.own")),  # whose message it is
    **doors("documents", Door(RECORD, RECORD_READ), "listed add download"),
    "documents.open_restricted": Door(RECORD, RECORD_RESTRICTED),
    "documents.remove": Door(RECORD, RECORD_REFERENT),
    **doors("opinions", Door(RECORD, RECORD_WRITE), "listed ask"),
    "opinions.revoke": Door(RECORD, RECORD_REFERENT),
    **doors("opinions", Door(RECORD, people("coach.other")), "show answer"),  # who was asked
    "opinions.mine": Door(DESK, COACHES | people("expert.own expert.none")),
}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A message of the holder, a document for both sides, a confidential one, and a question to the other coach."""
    at, names = clock.now(), dict[str | tuple[str, str], object]()
    with transaction():
        key = document_services.key_for(db.session.get_one(CoachingRecord, shared["record_id"]), at=at)
    stored = [document_services.store(a_pdf(), key) for _ in range(2)]
    with transaction():
        record = db.session.get_one(CoachingRecord, shared["record_id"])
        message = message_services.send(record, text="Bonjour", by=ids["holder.own"], at=at)
        names["messages.take_back", "public_id"] = message.public_id
        for file, level in zip(stored, (Level.HOLDER, Level.RESTRICTED), strict=True):
            document = document_services.add(
                record, file, title="Devis", visibility=level, by=ids["coach.own"], at=at
            )  # fmt: skip
            route = "documents.open_restricted" if level == Level.RESTRICTED else "documents.download"
            names[route, "public_id"] = document.public_id
        names["documents.remove", "public_id"] = names["documents.download", "public_id"]
        opinion = opinion_services.ask(
            record, db.session.get_one(User, ids["coach.other"]).id, question="Que faire ?", shares_record=False,
            due_on=None, name=public_id(), by=ids["coach.own"], at=at,
        )  # fmt: skip
        return {**names, "name": opinion.name}
