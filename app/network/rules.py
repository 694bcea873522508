"""Pure rules of the network: how a place is searched and written, and who answers there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.core.access import Role
from app.core.text import fold

# Spelled as people type them; both the stored names and the typed text go through `search_form`.
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def search_form(text: str) -> str:
    """« St-Jean s/ Bœuf » → "saintjeansurboeuf": folded, abbreviations opened, without spaces."""
    words = fold(text).split()
    opened = [_SHORT.get(word, word) for word in words]
    return "".join("sur" if word == "s" and 0 < i < len(opened) - 1 else word for i, word in enumerate(opened))


def typographic(name: str) -> str:
    """A name as printed: « Côte-d’Or », with the curved apostrophe."""
    return name.replace("'", "’")


# The others may be held in one organisation or for the whole platform.
ALWAYS_IN_AN_ORGANISATION = frozenset(Role) - {Role.PLATFORM_ADMIN, Role.TREASURER, Role.OBSERVER}


def role_fits(role: Role, *, has_organisation: bool) -> bool:
    """An administrator is nobody's; a coach, moderator or lead is somebody's."""
    if has_organisation:
        return role is not Role.PLATFORM_ADMIN
    return role not in ALWAYS_IN_AN_ORGANISATION


@dataclass(frozen=True)
class Candidate:
    """An offer that covers a commune. `level` 0 commune, 1 EPCI, 2 département, 3 region."""

    level: int
    organisation_name: str
    organisation_id: int
    to_confirm: bool = False


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The most precise territory first, then the alphabet, then the oldest: always the same answer.

    One line an organisation: the most precise of its offers.
    """
    first: dict[int, Candidate] = {}
    for found in sorted(candidates, key=lambda c: (c.level, fold(c.organisation_name), c.organisation_id)):
        first.setdefault(found.organisation_id, found)
    return list(first.values())


def covers_day(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Both days are included; no end means until further notice."""
    return starts_on <= day and (ends_on is None or day <= ends_on)


def overlap(a: tuple[date, date | None], b: tuple[date, date | None]) -> bool:
    """True when two periods share a day."""
    return (a[1] is None or b[0] <= a[1]) and (b[1] is None or a[0] <= b[1])
