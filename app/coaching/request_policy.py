"""Who may take requests and accept invitations."""

from __future__ import annotations

from app.coaching.request_queries import RequestFile
from app.core.access import Role, Viewer


def answers_requests(viewer: Viewer) -> bool:
    return viewer.is_coach


def may_take(viewer: Viewer, file: RequestFile) -> bool:
    """Coaches and leads of the organisation that has the request, but those it is closed to; nobody takes their own."""
    asks_oneself = viewer.user_id == file.person_user_id or viewer.email == file.person_email
    return (
        not asks_oneself
        and viewer.user_id not in file.excluded_ids
        and viewer.has(Role.COACH, Role.ORGANISATION_LEAD, organisation_id=file.request.record.organisation_id)
    )


def may_send_on(viewer: Viewer, file: RequestFile) -> bool:
    """Also who has just done so: a second click is told that it is done."""
    return may_take(viewer, file) or (viewer.is_coach and viewer.user_id in file.sent_on_by)
