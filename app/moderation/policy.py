"""Who may review. A recused person and the project's own people are out, wherever their rights are."""

from __future__ import annotations

from app.core.access import Role, Viewer
from app.moderation.models import ChangeRequest
from app.moderation.queries import Case


def moderates_somewhere(viewer: Viewer) -> bool:
    return viewer.is_moderator


def may_review(viewer: Viewer, case: Case) -> bool:
    """Moderator or lead of the organisation the campaign was sent to, not of its team, not recused."""
    organisation_id = case.campaign.organisation_id
    return (
        organisation_id is not None
        and viewer.has(Role.MODERATOR, Role.ORGANISATION_LEAD, organisation_id=organisation_id)
        and viewer.user_id not in case.team_ids
        and viewer.user_id not in case.recused_ids
    )


def may_review_request(viewer: Viewer, subject: tuple[Case, ChangeRequest]) -> bool:
    return may_review(viewer, subject[0])


def holds(viewer: Viewer, case: Case) -> bool:
    """The team of the campaign."""
    return viewer.is_signed_in and viewer.user_id in case.team_ids


def holds_request(viewer: Viewer, subject: tuple[Case, ChangeRequest]) -> bool:
    return holds(viewer, subject[0])
