"""Who may open and change a coaching record. The platform admin has no right here."""

from __future__ import annotations

from app.coaching.models import ActionItem
from app.coaching.queries import RecordFile
from app.core.access import Role, Viewer


def coaches_somewhere(viewer: Viewer) -> bool:
    return viewer.is_coach


def is_holder(viewer: Viewer, file: RecordFile) -> bool:
    """By account, or by the verified e-mail a coach wrote down before the account existed."""
    return viewer.is_signed_in and (viewer.user_id in file.holder_ids or viewer.email in file.holder_emails)


def is_team(viewer: Viewer, file: RecordFile) -> bool:
    """Referent, member, or coach or lead of the organisation that owns the record."""
    return viewer.user_id in file.member_ids or viewer.has(
        Role.COACH, Role.ORGANISATION_LEAD, organisation_id=file.record.organisation_id
    )


def may_read(viewer: Viewer, file: RecordFile) -> bool:
    return is_holder(viewer, file) or is_team(viewer, file)


def may_write(viewer: Viewer, file: RecordFile) -> bool:
    """The team, but never on one's own project."""
    return is_team(viewer, file) and not is_holder(viewer, file)


def may_tick(viewer: Viewer, subject: tuple[RecordFile, ActionItem]) -> bool:
    """The team any action, the holder those given to them (the verb refuses the others)."""
    return may_read(viewer, subject[0])
