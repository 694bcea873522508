"""What stands beside a review, in one statement: what happened to the file, the sentences kept to be used again,
the words about each point of the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import cast, literal, null, select, union_all

from app.core.database import UtcDateTime, db
from app.core.journal import JournalEntry
from app.moderation.models import ChecklistNote, Phrase
from app.moderation.point_services import Words
from app.moderation.queries import MOST_MILESTONES


@dataclass(frozen=True)
class Passed:
    """One line of the journal about the campaign."""

    action: str
    at: datetime


@dataclass(frozen=True)
class Kept:
    """A phrase of the viewer's organisations."""

    id: int
    title: str
    text: str


@dataclass(frozen=True)
class Asides:
    """`history` newest first, `phrases` by title, `notes` by point of the list."""

    history: list[Passed]
    phrases: list[Kept]
    notes: dict[str, Words]


def of_review(campaign_id: int, review_id: int, organisation_ids: frozenset[int]) -> Asides:
    """`review_id`: the open one, or 0. `organisation_ids`: whose phrases; none for who does not work on the file."""
    happened = (
        select(
            literal("passed").label("what"), JournalEntry.id.label("id"), JournalEntry.action.label("title"),
            literal("").label("words"), JournalEntry.at.label("at"),
        )
        .where(
            JournalEntry.subject_kind == "campaigns", JournalEntry.subject_id == campaign_id,
            JournalEntry.action.like("campaign.%"),
        )
        .order_by(JournalEntry.id.desc())
        .limit(MOST_MILESTONES)
        .subquery()
    )  # fmt: skip
    kept = (
        select(literal("kept").label("what"), Phrase.id, Phrase.title, Phrase.text, cast(null(), UtcDateTime()))
        .where(Phrase.organisation_id.in_(organisation_ids), Phrase.ended_at.is_(None))
        .order_by(Phrase.title, Phrase.id)
        .limit(100)
        .subquery()
    )
    no_instant, of_it = cast(null(), UtcDateTime()), ChecklistNote.review_id == review_id
    inside = select(literal("inside"), ChecklistNote.id, ChecklistNote.code, ChecklistNote.inside, no_instant)
    meant = select(literal("meant"), ChecklistNote.id, ChecklistNote.code, ChecklistNote.to_holder, no_instant)
    everything = union_all(select(happened), select(kept), inside.where(of_it), meant.where(of_it))
    rows: list[Any] = list(db.session.execute(everything))
    said = {(row.what, row.title): row.words for row in rows if row.what in {"inside", "meant"}}
    passed = sorted((row for row in rows if row.what == "passed"), key=lambda row: -row.id)
    phrases = sorted((row for row in rows if row.what == "kept"), key=lambda row: (row.title, row.id))
    return Asides(
        [Passed(row.title, row.at) for row in passed],
        [Kept(row.id, row.title, row.words) for row in phrases],
        {code: Words(words, said["meant", code]) for (what, code), words in said.items() if what == "inside"},
    )
