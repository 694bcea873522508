"""Working days in France: when an answer is promised, Saturdays, Sundays and public holidays do not count."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays


@lru_cache(maxsize=16)
def public_holidays(year: int) -> frozenset[date]:
    """Those of the whole country (decision 0026); Alsace and Moselle have more, this region does not."""
    return frozenset(country_holidays("FR", years=year))


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
