"""Who asks, reads, answers and takes back an opinion."""

from __future__ import annotations

from app.coaching.file_queries import RecordFile
from app.coaching.levels import Level, may_read
from app.coaching.opinion_models import RecordOpinion
from app.coaching.policy import may_write, relation
from app.core.access import Role, Viewer

Subject = tuple[RecordFile, RecordOpinion]


def may_list(viewer: Viewer, file: RecordFile) -> bool:
    """Work among colleagues: level `team`, and written by those who write in the record."""
    tie = relation(viewer, file)
    return may_write(viewer, file) and may_read(
        tie, visibility=Level.TEAM, organisation_id=tie.owner_id, author_id=None
    )  # fmt: skip


def may_answer(viewer: Viewer, subject: Subject) -> bool:
    """The colleague asked, while they still work in the network; not after it was taken back, nor when excluded."""
    file, opinion = subject
    works = viewer.has(Role.COACH, Role.ORGANISATION_LEAD, Role.EXPERT)
    tie = relation(viewer, file)
    return works and viewer.user_id == opinion.asked_to_id and opinion.revoked_at is None and not (
        tie.is_excluded or tie.is_holder
    )  # fmt: skip


def may_revoke(viewer: Viewer, subject: Subject) -> bool:
    file, opinion = subject
    return may_list(viewer, file) and (viewer.user_id == opinion.asked_by_id or relation(viewer, file).is_referent)


def works_in_network(viewer: Viewer) -> bool:
    return viewer.has(Role.COACH, Role.ORGANISATION_LEAD, Role.EXPERT)
