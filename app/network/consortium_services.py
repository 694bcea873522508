"""Verbs about consortia: found one, change it, let an organisation in or out. The caller commits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.core.database import db
from app.core.journal import record
from app.core.text import slugify
from app.network.consortium_queries import organisation_ids_of
from app.network.errors import (
    AlreadyMember,
    BadPeriod,
    LeadIsNoMember,
    MembershipEnded,
    OverwriteRefused,
    SlugTaken,
)
from app.network.models import Consortium, ConsortiumMember
from app.network.rules import overlap


def found_consortium(*, name: str, by: int, at: datetime, **about: Any) -> Consortium:
    """A new group without members yet; its lead comes after they do. Errors: SlugTaken, BadPeriod."""
    slug = slugify(name, 80)
    if db.session.scalar(select(Consortium.id).where(Consortium.slug == slug)) is not None:
        raise SlugTaken
    _check_days(about.get("starts_on"), about.get("ends_on"))
    group = Consortium(slug=slug, name=name, **about)
    db.session.add(group)
    record("consortium.founded", on=group, by=by, at=at)
    return group


def change_consortium(group: Consortium, *, version: int, on: date, by: int, at: datetime, **about: Any) -> None:
    """Save what was edited from `version`. `on`: today in Paris.

    Errors: OverwriteRefused, BadPeriod, LeadIsNoMember (on the group's last day, if it is over).
    """
    if group.version != version:
        raise OverwriteRefused
    _check_days(about["starts_on"], about["ends_on"])
    lead = about["lead_organisation_id"]
    day = min(on, about["ends_on"] or on)
    if lead is not None and lead not in organisation_ids_of(group.id, day):
        raise LeadIsNoMember
    for name, value in about.items():
        setattr(group, name, value)
    record("consortium.changed", on=group, by=by, at=at, lead=lead)


def add_member(
    group: Consortium, *, organisation_id: int, starts_on: date | None, ends_on: date | None, source: str,
    by: int, at: datetime,
) -> ConsortiumMember:  # fmt: skip
    """An organisation belongs from a day to a day (None: not known). Errors: BadPeriod, AlreadyMember."""
    _check_days(starts_on, ends_on)
    twins = select(ConsortiumMember).where(
        ConsortiumMember.consortium_id == group.id, ConsortiumMember.organisation_id == organisation_id
    )
    mine = (starts_on or date.min, ends_on)
    if any(overlap((m.starts_on or date.min, m.ends_on), mine) for m in db.session.scalars(twins)):
        raise AlreadyMember
    member = ConsortiumMember(
        consortium_id=group.id, organisation_id=organisation_id, starts_on=starts_on, ends_on=ends_on, source=source
    )
    db.session.add(member)
    record("consortium.joined", on=group, by=by, at=at, organisation=organisation_id)
    return member


def end_membership(member: ConsortiumMember, *, last_day: date, by: int, at: datetime) -> None:
    """The last day in the group (included); a lead that left leads no more (`led_by`).

    Errors: BadPeriod, MembershipEnded (an end that is written is history).
    """
    if member.ends_on is not None:
        raise MembershipEnded
    _check_days(member.starts_on, last_day)
    member.ends_on = last_day
    record("consortium.left", on=member.consortium, by=by, at=at, organisation=member.organisation_id)


def _check_days(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise BadPeriod
