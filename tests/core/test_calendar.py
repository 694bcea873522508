"""Working days as a French calendar counts them."""

from __future__ import annotations

from datetime import date

import holidays
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


def test_public_holidays_are_those_that_an_independent_calendar_knows():
    for year in range(2008, 2101):  # before, Whit Monday was worked for some years
        assert public_holidays(year) == set(holidays.country_holidays("FR", years=year)), year
