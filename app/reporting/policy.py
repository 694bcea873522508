"""Who may look at the figures, and who may open the list behind one. Pure."""

from __future__ import annotations

from app.core.access import Role, Viewer

READS = (
    Role.COACH, Role.MODERATOR, Role.ORGANISATION_LEAD, Role.NETWORK_LEAD, Role.OBSERVER, Role.PLATFORM_ADMIN,
)  # fmt: skip
OPENS = (Role.COACH, Role.ORGANISATION_LEAD)  # those who could open the records of their organisation anyway


def reads_figures(viewer: Viewer) -> bool:
    return viewer.has(*READS)


def opens_lists(viewer: Viewer) -> bool:
    """Somewhere; of which organisations, the query says (`opened_to`)."""
    return viewer.has(*OPENS)


def opened_to(viewer: Viewer) -> frozenset[int]:
    """The organisations whose records this viewer works on."""
    return viewer.organisation_ids(*OPENS)
