"""The words of a reviewer about one point of the list, kept inside or meant for the holder. The caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.core.database import db
from app.moderation.models import ChecklistNote, Review
from app.moderation.queries import notes_of
from app.moderation.rules import Answer


@dataclass(frozen=True)
class Words:
    """About one point: for who reviews, for who holds. "" when nothing is said."""

    inside: str = ""
    to_holder: str = ""


def write(review: Review, words: Mapping[str, Words], *, by: int, at: datetime) -> None:
    """Each point's words as they stand in the form; a point that is not in `words` keeps its own."""
    known = notes_of(review.id)
    for code, said in words.items():
        note = known.get(code)
        if note is None and not (said.inside or said.to_holder):
            continue
        if note is None:
            note = ChecklistNote(review_id=review.id, code=code, told="")
            db.session.add(note)
        if (note.inside, note.to_holder) != (said.inside, said.to_holder):
            note.inside, note.to_holder, note.by_id, note.at = said.inside, said.to_holder, by, at


def tell(review: Review) -> dict[str, str]:
    """From now on the holder reads what is meant for them on the points still to mend: point → words."""
    told = {}
    for note in notes_of(review.id).values():
        if note.to_holder and review.checklist.get(note.code) == Answer.TO_FIX:
            note.told = told[note.code] = note.to_holder
    return told
