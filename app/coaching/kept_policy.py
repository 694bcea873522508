"""Who reads what an organisation keeps after it passed a record on."""

from __future__ import annotations

from app.coaching.kept_queries import KeptFile
from app.coaching.policy import relation
from app.core.access import Viewer


def may_read_kept(viewer: Viewer, kept: KeptFile) -> bool:
    """Coaches and leads there; `levels` says which notes. Never the holder, nor who was recused or refused."""
    tie = relation(viewer, kept.file)
    return bool(kept.left_ids & tie.works_at) and not tie.is_holder and not tie.is_excluded
