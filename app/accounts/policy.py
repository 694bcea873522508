"""Who may do what here, and what other rooms ask about the second factor. Pure."""

from __future__ import annotations

from app.accounts.models import AccountSession
from app.core.access import Role, Viewer


def may_end_session(viewer: Viewer, session: AccountSession) -> bool:
    """Only one's own: somebody else's does not exist for the viewer."""
    return viewer.user_id is not None and session.user_id == viewer.user_id


def is_treasurer_with_factor(viewer: Viewer, _subject: object = None) -> bool:
    """The right alone moves no money: who holds it has signed in with a code too."""
    return viewer.has(Role.TREASURER) and viewer.second_factor_ok
