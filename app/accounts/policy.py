"""Who may do what here. Pure."""

from __future__ import annotations

from app.accounts.models import AccountSession
from app.core.access import Viewer


def may_end_session(viewer: Viewer, session: AccountSession) -> bool:
    """Only one's own: somebody else's does not exist for the viewer."""
    return viewer.user_id is not None and session.user_id == viewer.user_id
