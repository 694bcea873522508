"""Reads for the page of the person coached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.coaching.consent_words import CONSENT_TEXTS
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.models import Consent, RecordExclusion
from app.core.database import db


@dataclass(frozen=True)
class ConsentLine:
    """One purpose as its page shows it. `given`: the row in force."""

    purpose: str
    title: Any
    words: Any
    given: Consent | None


def consents_of(record_id: int, user_id: int) -> list[ConsentLine]:
    """Each purpose with the consent in force. The public mention has its own place. One statement."""
    rows = db.session.scalars(
        select(Consent).where(
            Consent.record_id == record_id, Consent.user_id == user_id, Consent.withdrawn_at.is_(None)
        )
    )
    given = {str(one.purpose): one for one in rows}
    return [ConsentLine(purpose, text.title, text.words, given.get(purpose)) for purpose, text in CONSENT_TEXTS.items()]


def objections_of(record_id: int) -> list[tuple[RecordExclusion, str]]:
    """(objection in force, whom it is about)."""
    rows = db.session.execute(
        select(RecordExclusion, User.name)
        .join(User, User.id == RecordExclusion.user_id)
        .where(
            RecordExclusion.record_id == record_id, RecordExclusion.ended_at.is_(None),
            RecordExclusion.kind == "objection",
        )
        .order_by(RecordExclusion.id)
    )  # fmt: skip
    return [(one, name) for one, name in rows]


def get_file_and_person(reference: str, user_id: int) -> tuple[RecordFile, int]:
    """The record and somebody it is about to speak of. Errors: NotFound."""
    return get_file(reference), user_id
