"""Pure rules of the network: how a place is searched and written, and who answers there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.core.access import Role
from app.core.text import fold
from app.network.sector_rules import Fit

# The two programmes that the code itself names; all others are data.
CAMPAIGN_PROGRAMME = "campaign"
USUAL_PROGRAMME = "pulsactions"  # for who does not know: from the idea to the first steps

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


REGION = "R27"  # a département could bear the region's own number
# How near an offer's territory is, the most precise first: the position is `Candidate.level`.
NEARNESS = ("qpv", "commune", "epci", "custom", "departement", "wide", "region")
# Guid'Asso: of two offers on the same territory, the more specialised one answers.
PRECISION = ("specialist", "generalist", "information", "orientation")


@dataclass(frozen=True)
class Candidate:
    """An offer that covers a place. `level`: position in NEARNESS; `help`: one of PRECISION, or not said.
    `sector`: how well it fits the sector asked about.

    `load` ÷ `capacity`: records followed now, and at most; without capacity the organisation sets no limit.
    """

    level: int
    organisation_name: str
    organisation_id: int
    to_confirm: bool = False
    help: str = ""
    load: int = 0
    capacity: int | None = None
    sector: Fit = Fit.FOR_EVERYBODY

    @property
    def precision(self) -> int:
        return PRECISION.index(self.help) if self.help in PRECISION else len(PRECISION)

    @property
    def fullness(self) -> Fraction:
        return Fraction(self.load, self.capacity) if self.capacity else Fraction(0)


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The most precise territory first, then who knows the sector, then the most precise help, then the most room
    left, then the alphabet, then the oldest: always the same answer. One line an organisation: the best of its offers.
    """
    first: dict[int, Candidate] = {}
    for found in sorted(candidates, key=lambda c: (*_merits(c), fold(c.organisation_name), c.organisation_id)):
        first.setdefault(found.organisation_id, found)
    return list(first.values())


def _merits(c: Candidate) -> tuple[int, int, int, Fraction]:
    return (c.level, c.sector, c.precision, c.fullness)


def decided_by(ordered: list[Candidate]) -> str:
    """What put the first before the others: "" (alone on its territory), "sector", "help", "room" or "alphabet"."""
    rivals = [c for c in ordered[1:] if c.level == ordered[0].level]
    if not rivals:
        return ""
    rivals = [c for c in rivals if c.sector == ordered[0].sector]
    if not rivals:
        return "sector"
    if all(c.precision != ordered[0].precision for c in rivals):
        return "help"
    if all(_merits(c) != _merits(ordered[0]) for c in rivals):
        return "room"
    return "alphabet"


def covers_day(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Both days are included; no end means until further notice."""
    return starts_on <= day and (ends_on is None or day <= ends_on)


def overlap(a: tuple[date, date | None], b: tuple[date, date | None]) -> bool:
    """True when two periods share a day."""
    return (a[1] is None or b[0] <= a[1]) and (b[1] is None or a[0] <= b[1])
