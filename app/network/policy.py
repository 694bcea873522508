"""Who may change the network: the platform administrator, who reads no coaching record for all that."""

from __future__ import annotations

from app.core.access import Viewer


def administers(viewer: Viewer, _subject: object = None) -> bool:
    return viewer.is_admin
