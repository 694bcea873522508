"""What the person coached may do in their own record."""

from __future__ import annotations

from app.coaching.file_queries import RecordFile
from app.coaching.policy import is_holder
from app.core.access import Viewer


def holds(viewer: Viewer, subject: tuple[RecordFile, int]) -> bool:
    return is_holder(viewer, subject[0])
