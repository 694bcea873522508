"""Working days in France: when an answer is promised, Saturdays, Sundays and public holidays do not count."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

# Code du travail, article L3133-1: these, Easter Monday, Ascension and Whit Monday.
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
DAYS_AFTER_EASTER = (1, 39, 50)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Butcher's rule)."""
    century, in_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moved = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * (year % 19) + century - leaps - moved + 15) % 30
    quarters, left = divmod(in_century, 4)
    weekday = (32 + 2 * rest + 2 * quarters - moon - left) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=16)
def public_holidays(year: int) -> frozenset[date]:
    """The eleven of the whole country; Alsace and Moselle have more, this region does not."""
    moving = {easter(year) + timedelta(days=days) for days in DAYS_AFTER_EASTER}
    return frozenset({date(year, month, day) for month, day in FIXED} | moving)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in public_holidays(day.year)


def add_working_days(day: date, n: int) -> date:
    """The n-th working day after `day` (n ≥ 0; 0 gives `day` itself, whatever it is).

    Errors: ValueError on a negative n.
    """
    if n < 0:
        raise ValueError("days are counted forwards")
    while n:
        day += timedelta(days=1)
        n -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start`, up to and with `end`; 0 when `end` is not later."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)
