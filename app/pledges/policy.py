"""Who may see and change a pledge. Pure: the door says how the visitor came."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.access import Viewer
from app.pledges.models import Pledge


@dataclass(frozen=True)
class Visit:
    """A pledge and the way to it: `has_key` when the link of a mail, or of this browser's own form, is valid."""

    pledge: Pledge
    has_key: bool
    key: str  # "" when the visitor came by account


def may_see(viewer: Viewer, visit: Visit) -> bool:
    """The link we mailed, the account that promised, or an account with the same proven address."""
    if visit.has_key:
        return True
    if not viewer.is_signed_in:
        return False
    return viewer.user_id == visit.pledge.user_id or viewer.email == visit.pledge.email
