"""One thread for a record: what happened and what was written about it, as this viewer may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.coaching import note_queries, queries
from app.coaching.levels import Relation
from app.coaching.models import Activity
from app.coaching.note_queries import Noted
from app.core.clock import paris_day


@dataclass(frozen=True)
class Moment:
    """An activity with its notes, or a note that stands alone (`activity` None)."""

    on: date
    activity: Activity | None
    author: str
    notes: tuple[Noted, ...]

    @property
    def kind(self) -> str:
        """To filter by: the kind of the activity, or `note`."""
        return str(self.activity.kind) if self.activity else "note"


def of_record(record_id: int, relation: Relation) -> list[Moment]:
    """Newest first. Two statements."""
    notes = note_queries.by_activity(note_queries.notes_of(record_id, relation))
    moments = [
        Moment(activity.happened_on, activity, author, tuple(notes.get(activity.id, ())))
        for activity, author in queries.activities_of(record_id, relation)
    ]
    moments += [Moment(paris_day(note.created_at).date(), None, note.author, (note,)) for note in notes.get(None, ())]
    return sorted(moments, key=lambda one: one.on, reverse=True)
