"""Reads about territories, organisations, routing and rights."""

from __future__ import annotations

from sqlalchemy import or_, select

from app.core import clock
from app.core.access import Role
from app.core.database import db
from app.network.models import Organisation, Right


def rights_of(user_id: int) -> frozenset[tuple[Role, int | None]]:
    """The rights in force now, as (role, organisation id) pairs; none from an inactive organisation."""
    at = clock.real_now()
    rows = db.session.execute(
        select(Right.role, Right.organisation_id)
        .outerjoin(Organisation, Organisation.id == Right.organisation_id)
        .where(
            Right.user_id == user_id,
            Right.starts_at <= at,
            or_(Right.ends_at.is_(None), Right.ends_at > at),
            or_(Right.organisation_id.is_(None), Organisation.is_active),
        )
    )
    return frozenset((Role(role), organisation_id) for role, organisation_id in rows)
