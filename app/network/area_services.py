"""Verbs about the places that the network draws itself: QPV and custom areas. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from app.accounts.models import User
from app.core.database import db
from app.core.journal import record
from app.network.area_rules import AreaLine
from app.network.areas import OWN_KINDS, known_places
from app.network.errors import AreaCodeTaken, AreaIsEmpty, BadPeriod, UnknownPlaces
from app.network.models import Territory, TerritoryKind, TerritoryPart
from app.network.rules import search_form, typographic


def save_area(line: AreaLine, *, by: int, at: datetime) -> bool:
    """Draw an area, or draw it anew under its code; True when it is new. Offers on it follow at once.

    Errors: AreaIsEmpty, BadPeriod, UnknownPlaces, AreaCodeTaken (an official place has this code).
    """
    if not line.parts:
        raise AreaIsEmpty
    if line.starts_on and line.ends_on and line.ends_on < line.starts_on:
        raise BadPeriod
    missing = sorted(set(line.parts) - known_places(line.parts))
    if missing:
        raise UnknownPlaces(missing)
    area = db.session.get(Territory, line.code, with_for_update=True)
    if area is not None and area.kind not in OWN_KINDS:
        raise AreaCodeTaken
    is_new = area is None
    area = area or Territory(code=line.code, postal_codes=[])
    area.kind, area.name = TerritoryKind(line.kind), typographic(line.name)
    area.search_name = search_form(line.name)[:160]
    area.starts_on, area.ends_on = line.starts_on, line.ends_on
    db.session.add(area)
    db.session.flush()
    db.session.execute(delete(TerritoryPart).where(TerritoryPart.territory_code == line.code))
    db.session.add_all(TerritoryPart(territory_code=line.code, part_code=part) for part in sorted(set(line.parts)))
    _note("area.drawn" if is_new else "area.changed", line.code, len(set(line.parts)), by=by, at=at)
    return is_new


def import_areas(lines: Sequence[AreaLine], *, by: int, at: datetime) -> tuple[int, int]:
    """Draw every area of a file, all or none; (new, drawn anew). Errors: those of `save_area`."""
    new = sum(save_area(line, by=by, at=at) for line in lines)
    return new, len(lines) - new


def _note(action: str, code: str, places: int, *, by: int, at: datetime) -> None:
    """A place has a code and no number: its line hangs on the person who drew it."""
    record(action, on=db.session.get_one(User, by), by=by, at=at, area=code, places=places)
