"""Who adds, reads and removes the documents of a record."""

from __future__ import annotations

from app.coaching.document_models import RecordDocument
from app.coaching.file_queries import RecordFile
from app.coaching.levels import Level, may_read_item
from app.coaching.policy import may_read, may_write, relation
from app.core.access import Viewer

Subject = tuple[RecordFile, RecordDocument]


def may_list(viewer: Viewer, file: RecordFile) -> bool:
    return may_read(viewer, file)


def may_add(viewer: Viewer, file: RecordFile) -> bool:
    """The holder at level `holder` only (the form offers no other), the team at theirs."""
    return relation(viewer, file).is_holder or may_write(viewer, file)


def may_open(viewer: Viewer, subject: Subject) -> bool:
    """Level first; what needs an act of its own, which is journalled, does not open by its address."""
    return _reads(viewer, subject) and not needs_act(viewer, subject)


def may_open_restricted(viewer: Viewer, subject: Subject) -> bool:
    return _reads(viewer, subject) and needs_act(viewer, subject)


def needs_act(viewer: Viewer, subject: Subject) -> bool:
    """A confidential one for everybody; one that came with a message for a lead without a part, as the message."""
    file, document = subject
    tie = relation(viewer, file)
    is_outsider = document.is_exchange and not (tie.is_holder or tie.is_in_team)
    return document.visibility == Level.RESTRICTED or is_outsider


def _reads(viewer: Viewer, subject: Subject) -> bool:
    file, document = subject
    return document.removed_at is None and may_read_item(relation(viewer, file), document)


def may_remove(viewer: Viewer, subject: Subject) -> bool:
    """Who added it, or the referent, as long as they read it."""
    tie = relation(viewer, subject[0])
    return _reads(viewer, subject) and (tie.is_referent or viewer.user_id == subject[1].author_id)
