"""Who may look at money, and who may let it move. The right alone opens nothing: the second factor goes with it."""

from __future__ import annotations

from typing import Any

from app.accounts.policy import is_treasurer_with_factor
from app.core.access import Role, Viewer
from app.treasury.queries import Case


def works_here(viewer: Viewer, _subject: object = None) -> bool:
    """A treasurer: sees the whole desk."""
    return is_treasurer_with_factor(viewer)


def may_prepare(viewer: Viewer, case: Case[Any]) -> bool:
    """A treasurer who has no interest in this campaign."""
    return works_here(viewer) and viewer.user_id not in case.interested


def approves(viewer: Viewer, _subject: object = None) -> bool:
    """Treasurers, and whoever leads an organisation: the page then shows what waits for them alone."""
    return works_here(viewer) or (viewer.has(Role.ORGANISATION_LEAD) and viewer.second_factor_ok)


def may_approve(viewer: Viewer, case: Case[Any]) -> bool:
    """A treasurer, or the lead of the organisation that reviewed the campaign; neither with an interest in it."""
    leads = (
        case.organisation_id is not None
        and viewer.has(Role.ORGANISATION_LEAD, organisation_id=case.organisation_id)
        and viewer.second_factor_ok
    )
    return (works_here(viewer) or leads) and viewer.user_id not in case.interested


def may_see_proposal(viewer: Viewer, case: Case[Any]) -> bool:
    """A treasurer sees every proposal; a lead those that they may approve."""
    return works_here(viewer) or may_approve(viewer, case)
