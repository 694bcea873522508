"""What the worker remembers of a drawn curve. The caller commits."""

from __future__ import annotations

from datetime import datetime

from app.core.database import db
from app.desk.models import Curve


def remember(campaign_id: int, *, drawn_for: str, names: dict[str, str], at: datetime) -> list[str]:
    """The new files; returns the names that nothing shows any more."""
    curve = db.session.get(Curve, campaign_id)
    if curve is None:
        db.session.add(Curve(campaign_id=campaign_id, drawn_for=drawn_for, names=names, drawn_at=at))
        return []
    gone = list(curve.names.values())
    curve.drawn_for, curve.names, curve.drawn_at = drawn_for, names, at
    return gone


def looked_at(campaign_id: int, *, at: datetime) -> None:
    """It is still right: nothing to draw."""
    curve = db.session.get(Curve, campaign_id)
    if curve is not None:
        curve.drawn_at = at
