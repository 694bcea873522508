"""The curve of a collection, day by day, and how far it may go. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

RECENT_DAYS = 7
LEAST_DAYS = 3
LEAST_GIFTS = 5


@dataclass(frozen=True)
class Point:
    """What was reached at the end of a Paris day, in cents."""

    day: date
    cents: int


@dataclass(frozen=True)
class Band:
    """Where the last day may end, in cents, if people go on as they did: not a promise."""

    day: date
    low_cents: int
    high_cents: int


def by_day(gifts: Iterable[tuple[date, int]], first: date, until: date) -> list[Point]:
    """One point a day from `first` to `until`, both included; a gift dated before counts on the first day."""
    of_day: dict[date, int] = defaultdict(int)
    for day, cents in gifts:
        of_day[max(first, day)] += cents
    points, total = [], 0
    for number in range((until - first).days + 1):
        day = first + timedelta(days=number)
        total += of_day[day]
        points.append(Point(day, total))
    return points


def forecast(points: list[Point], gifts: int, last: date) -> Band | None:
    """Between the pace of the whole campaign and that of the last seven days, the lower and the higher of both.

    None with fewer than three days or five gifts behind, or no day ahead: then nobody knows.
    """
    if len(points) < LEAST_DAYS or gifts < LEAST_GIFTS or last <= points[-1].day:
        return None
    now, ahead = points[-1].cents, (last - points[-1].day).days
    recent = points[max(0, len(points) - 1 - RECENT_DAYS)]
    days = max(1, (points[-1].day - recent.day).days)
    paces = sorted((now / len(points), (now - recent.cents) / days))
    return Band(last, now + round(paces[0] * ahead), now + round(paces[1] * ahead))
