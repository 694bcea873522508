"""Reads about consortia (groupements) and who belonged to them when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core.database import db
from app.core.errors import NotFound
from app.network.models import Consortium, ConsortiumMember


def consortia() -> Sequence[Consortium]:
    """By name, with their lead."""
    query = select(Consortium).options(joinedload(Consortium.lead_organisation)).order_by(Consortium.name)
    return db.session.scalars(query).all()


def get_consortium(slug: str) -> Consortium:
    """Errors: NotFound."""
    found = db.session.scalar(select(Consortium).where(Consortium.slug == slug)) if slug.isprintable() else None
    if found is None:
        raise NotFound
    return found


def get_member(slug: str, member_id: int) -> ConsortiumMember:
    """A membership of this consortium. Errors: NotFound."""
    found = db.session.get(ConsortiumMember, member_id)
    if found is None or found.consortium_id != get_consortium(slug).id:
        raise NotFound
    return found


def members_of(consortium_id: int) -> Sequence[ConsortiumMember]:
    """Every membership, those that have not ended first, then by start."""
    return db.session.scalars(
        select(ConsortiumMember)
        .options(joinedload(ConsortiumMember.organisation))
        .where(ConsortiumMember.consortium_id == consortium_id)
        .order_by(ConsortiumMember.ends_on.is_not(None), ConsortiumMember.starts_on, ConsortiumMember.id)
    ).all()


def memberships_of(organisation_id: int) -> Sequence[ConsortiumMember]:
    """The consortia of an organisation, past ones too."""
    return db.session.scalars(
        select(ConsortiumMember)
        .options(joinedload(ConsortiumMember.consortium))
        .where(ConsortiumMember.organisation_id == organisation_id)
        .order_by(ConsortiumMember.ends_on.is_not(None), ConsortiumMember.starts_on, ConsortiumMember.id)
    ).all()


def organisation_ids_of(consortium_id: int, on: date) -> frozenset[int]:
    """Who belongs to a consortium on a day; an unknown start or end counts as open."""
    return frozenset(
        db.session.scalars(
            select(ConsortiumMember.organisation_id).where(
                ConsortiumMember.consortium_id == consortium_id,
                or_(ConsortiumMember.starts_on.is_(None), ConsortiumMember.starts_on <= on),
                or_(ConsortiumMember.ends_on.is_(None), ConsortiumMember.ends_on >= on),
            )
        )
    )


def led_by(organisation_ids: frozenset[int], on: date) -> frozenset[int]:
    """Organisations whose consortium is led on a day by one of `organisation_ids`: a lead (mandataire) must belong
    to it that day.
    """
    led = db.session.execute(
        select(Consortium.id, Consortium.lead_organisation_id).where(
            Consortium.lead_organisation_id.in_(organisation_ids),
            or_(Consortium.starts_on.is_(None), Consortium.starts_on <= on),
            or_(Consortium.ends_on.is_(None), Consortium.ends_on >= on),
        )
    )
    found: set[int] = set()
    for consortium_id, lead_id in led.all():
        members = organisation_ids_of(consortium_id, on)
        found |= members if lead_id in members else set()
    return frozenset(found)
