"""Working days as a French calendar counts them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.calendar import add_working_days, is_working_day, public_holidays, working_days_between

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # Friday → Monday
        (date(2026, 5, 12), 3, date(2026, 5, 18)),  # Ascension on Thursday the 14th
        (date(2026, 12, 24), 1, date(2026, 12, 28)),  # Christmas, then the week-end
        (date(2027, 3, 26), 1, date(2027, 3, 30)),  # Easter Monday
        (date(2026, 11, 21), 0, date(2026, 11, 21)),
    ],
)
def test_week_ends_and_public_holidays_do_not_count(day: date, n: int, expected: date):
    assert add_working_days(day, n) == expected


@given(DAYS, st.integers(1, 30))
def test_the_answer_falls_on_a_working_day_and_counting_back_gives_the_same_number(day: date, n: int):
    end = add_working_days(day, n)
    assert is_working_day(end)
    assert working_days_between(day, end) == n


def test_days_are_only_counted_forwards():
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2026, 1, 1), -1)


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


def test_public_holidays_are_those_of_the_labour_code():
    for year in range(2008, 2101):  # before, Whit Monday was worked for some years
        moving = {easter(year) + timedelta(days=days) for days in DAYS_AFTER_EASTER}
        assert public_holidays(year) == {date(year, month, day) for month, day in FIXED} | moving, year
