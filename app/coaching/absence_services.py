"""« I am away »: a colleague sees what is mine, until I come back."""

from __future__ import annotations

from datetime import date, datetime

from app.accounts.models import User
from app.coaching.errors import NotYourColleague, SameHands
from app.coaching.relay_models import Absence
from app.coaching.relay_services import works_at
from app.core.access import Role
from app.core.database import db
from app.core.journal import record as journal
from app.network.queries import rights_of


def go_away(user: User, *, covered_by_id: int, starts_on: date, ends_on: date, at: datetime) -> Absence:
    """A colleague of one of my organisations covers. Errors: NotYourColleague, SameHands."""
    if covered_by_id == user.id or ends_on < starts_on:
        raise SameHands
    mine = {at_ for role, at_ in rights_of(user.id) if role in {Role.COACH, Role.ORGANISATION_LEAD}}
    if not any(organisation and works_at(covered_by_id, organisation) for organisation in mine):
        raise NotYourColleague
    away = Absence(user_id=user.id, covered_by_id=covered_by_id, starts_on=starts_on, ends_on=ends_on)
    db.session.add(away)
    db.session.flush()
    journal("coach.away", on=away, by=user.id, at=at, covered_by=covered_by_id)
    return away


def come_back(away: Absence, *, by: int, at: datetime) -> None:
    """Earlier than planned. Errors: NotYourColleague."""
    if away.user_id != by:
        raise NotYourColleague
    journal("coach.back", on=away, by=by, at=at)
    db.session.delete(away)
