"""Ratios, and which small numbers must not be seen. Pure.

Source: coaching design §13.1: one decimal, rounded half up, no percentage under ten cases; 1 to 4 masked, with
secondary masking so that totals do not reveal.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FEWEST_SHOWN = 5
FEWEST_FOR_A_RATIO = 10


class Sight(StrEnum):
    EXACT = "exact"
    FEW = "few"  # 1 to 4
    HIDDEN = "hidden"  # so that no subtraction tells a small one


@dataclass(frozen=True)
class Shown:
    """A number as somebody may see it; `value` is None unless it is exact."""

    value: int | None
    sight: Sight = Sight.EXACT


@dataclass(frozen=True)
class Period:
    """Two days in Paris, both included."""

    first: date
    last: date

    @classmethod
    def of_year(cls, year: int) -> Period:
        return cls(date(year, 1, 1), date(year, 12, 31))


@dataclass(frozen=True)
class Column:
    """One indicator: by organisation, and of all of them."""

    cells: dict[int, Shown]
    total: Shown

    def of(self, organisation_id: int | None) -> Shown:
        """Of one organisation, or of the whole network."""
        return self.total if organisation_id is None else self.cells.get(organisation_id, Shown(0))


def tenths(part: int | None, whole: int | None, *, of: int = 100) -> int | None:
    """`of` × part / whole in tenths, half up: 124 of 250 → 496. None under ten cases, or with a hidden number."""
    if part is None or whole is None or whole < FEWEST_FOR_A_RATIO:
        return None
    return (2 * of * 10 * part + whole) // (2 * whole)


@dataclass(frozen=True)
class Ratios:
    """In tenths; None: too few cases, or a number that is not shown."""

    coached_of_welcomed: int | None  # R1: projects for 100 people; the units differ
    achieved_of_welcomed: int | None
    achieved_of_coached: int | None  # R2, per cent


def ratios(welcomed: int | None, coached: int | None, achieved: int | None) -> Ratios:
    return Ratios(tenths(coached, welcomed), tenths(achieved, welcomed), tenths(achieved, coached))


def mask(counts: Mapping[int, int], opened: Collection[int], *, hidden: Collection[int] = ()) -> Column:
    """What somebody may see of `counts` (organisation → number) who opens the lists of `opened` anyway.

    `hidden`: organisations whose number must not be seen for another reason. With a small number hidden, the
    smallest other unopened one is hidden too. The total is hidden where there is none, and where the hidden numbers
    are all as small as their words allow: the total would then tell each of them.
    """
    total = sum(counts.values())
    few = {key for key, count in counts.items() if 0 < count < FEWEST_SHOWN and key not in opened}
    away = {key for key in hidden if counts.get(key, 0) >= FEWEST_SHOWN and key not in opened}
    if few | away and (not away or len(few | away) == 1):
        seen = {key for key, count in counts.items() if count >= FEWEST_SHOWN} - away - set(opened)
        away |= set(sorted(seen, key=lambda key: (counts[key], key))[:1])
    dark = few | away
    least = len(few) + FEWEST_SHOWN * len(away)
    is_total_seen = not dark or (bool(away) and len(dark) > 1 and sum(counts[key] for key in dark) > least)
    cells = {
        key: Shown(None, Sight.FEW) if key in few else Shown(None, Sight.HIDDEN) if key in away else Shown(count)
        for key, count in counts.items()
    }
    if few and 0 < total < FEWEST_SHOWN:
        return Column(cells, Shown(None, Sight.FEW))
    return Column(cells, Shown(total) if is_total_seen else Shown(None, Sight.HIDDEN))


def told_by_programmes(by_programme: Mapping[int, Collection[int]]) -> set[int]:
    """Organisations of which one programme's number is small: seen one programme after the other, the rest would
    tell it by subtraction. `by_programme`: organisation → its numbers, one a programme."""
    return {key for key, counts in by_programme.items() if any(0 < count < FEWEST_SHOWN for count in counts)}
