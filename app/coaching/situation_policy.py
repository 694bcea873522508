"""Who says and reads a situation: the person their own, and those of the team who read what is confidential."""

from __future__ import annotations

from app.coaching.file_queries import RecordFile
from app.coaching.policy import may_write, relation
from app.core.access import Viewer


def may_see(viewer: Viewer, file: RecordFile) -> bool:
    """Staff with a second factor only, as for notes."""
    tie = relation(viewer, file)
    return bool(tie.person_ids) or (tie.sees_restricted and viewer.second_factor_ok)


def may_say(viewer: Viewer, file: RecordFile) -> bool:
    tie = relation(viewer, file)
    return bool(tie.person_ids) or (may_see(viewer, file) and may_write(viewer, file) and not tie.has_broken_glass)


def may_read_for_work(viewer: Viewer, file: RecordFile) -> bool:
    """By an act that the journal keeps."""
    tie = relation(viewer, file)
    return tie.sees_restricted and viewer.second_factor_ok


def speaks_for(viewer: Viewer, file: RecordFile) -> frozenset[int]:
    """Whose situation this viewer may say: their own, or that of everybody of the record."""
    tie = relation(viewer, file)
    return tie.person_ids if tie.is_holder else frozenset(one.person_id for one in file.holders)
