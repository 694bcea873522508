"""Who may change the network: the platform administrator, who reads no coaching record for all that."""

from __future__ import annotations

from app.core.access import Role, Viewer


def administers(viewer: Viewer, _subject: object = None) -> bool:
    return viewer.is_admin


def sees_coverage(viewer: Viewer, _subject: object = None) -> bool:
    """Whoever works in the network: a hole on the map is everybody's business."""
    return viewer.is_admin or viewer.is_staff or viewer.has(Role.NETWORK_LEAD, Role.COMMUNICATOR)
