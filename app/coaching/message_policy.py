"""Who reads and writes the thread of a record: its holders and its team; a lead by an act that is journalled."""

from __future__ import annotations

from app.coaching.file_queries import RecordFile
from app.coaching.levels import Level, MemberRole, may_read
from app.coaching.message_models import RecordMessage
from app.coaching.policy import relation
from app.core.access import Viewer


def may_read_thread(viewer: Viewer, file: RecordFile) -> bool:
    """As `levels.may_read` says of an exchange."""
    tie = relation(viewer, file)
    return may_read(
        tie, visibility=Level.HOLDER, organisation_id=tie.owner_id, author_id=None, is_exchange=True
    )  # fmt: skip


def has_a_part(viewer: Viewer, file: RecordFile) -> bool:
    """Reads without being noted: who writes here too. A lead who has no part in the record is noted."""
    tie = relation(viewer, file)
    return tie.is_holder or tie.is_in_team


def may_send(viewer: Viewer, file: RecordFile) -> bool:
    tie = relation(viewer, file)
    return tie.is_holder or (tie.is_in_team and tie.member_role != MemberRole.OBSERVER)


def may_take_back(viewer: Viewer, subject: tuple[RecordFile, RecordMessage]) -> bool:
    """Its author, as long as they take part; the verb looks at the clock."""
    file, message = subject
    return viewer.user_id == message.author_id and may_send(viewer, file)
