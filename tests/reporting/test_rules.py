"""Ratios with one decimal, and small numbers that nobody finds out by subtraction. Pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reporting.rules import FEWEST_SHOWN, Shown, Sight, mask, ratios, tenths, told_by_programmes


def test_the_founding_figures_give_the_ratios_of_the_source() -> None:
    """250 people welcomed, 124 projects coached, 20 that came to something."""
    found = ratios(250, 124, 20)
    assert (found.coached_of_welcomed, found.achieved_of_welcomed, found.achieved_of_coached) == (496, 80, 161)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (1, 9, None),
        (1, 10, 100),
        (1, 2000, 1),
        (1, 2001, 0),
        (0, 10, 0),
        (3, 16, 188),
        (None, 50, None),
        (5, None, None),
    ],
)
def test_half_goes_up_and_nothing_is_said_under_ten_cases(part: int, whole: int, expected: int | None) -> None:
    assert tenths(part, whole) == expected


COUNTS = st.dictionaries(st.integers(1, 6), st.integers(0, 12), min_size=1, max_size=6)


def worlds(known: dict[int, Shown], total: Shown, counts: dict[int, int]) -> dict[int, set[int]]:
    """Every number that each masked organisation could have, for somebody who sees only this."""
    dark = [key for key, shown in known.items() if shown.value is None]
    seen = sum(shown.value for shown in known.values() if shown.value is not None)
    possible: dict[int, set[int]] = {key: set() for key in dark}

    def ranges(key: int) -> range:
        return range(1, FEWEST_SHOWN) if known[key].sight == Sight.FEW else range(FEWEST_SHOWN, 40)

    def fill(left: list[int], chosen: dict[int, int]) -> None:
        if not left:
            whole = seen + sum(chosen.values())
            fits = (
                whole == total.value
                if total.value is not None
                else total.sight != Sight.FEW or 0 < whole < FEWEST_SHOWN
            )
            if fits:
                for key, value in chosen.items():
                    possible[key].add(value)
            return
        for value in ranges(left[0]):
            fill(left[1:], {**chosen, left[0]: value})

    if len(dark) <= 3:
        fill(dark, {})
    return possible


@given(counts=COUNTS)
def test_no_small_number_is_seen_or_found_by_subtraction(counts: dict[int, int]) -> None:
    column = mask(counts, set())
    for key, count in counts.items():
        if 0 < count < FEWEST_SHOWN:
            assert column.cells[key].value is None
    dark = [key for key, shown in column.cells.items() if shown.value is None]
    if dark and column.total.value is not None:
        assert len(dark) > 1
        assert any(column.cells[key].sight == Sight.HIDDEN for key in dark), "of two small ones the sum could tell both"
    for key, found in worlds(column.cells, column.total, counts).items():
        if 0 < counts[key] < FEWEST_SHOWN and len(dark) <= 3:
            assert len(found) != 1, (counts, key)


@given(counts=COUNTS, opened=st.sets(st.integers(1, 6)))
def test_who_works_there_sees_their_own_and_what_is_seen_is_true(counts: dict[int, int], opened: set[int]) -> None:
    column = mask(counts, opened)
    assert all(column.cells[key] == Shown(counts[key]) for key in opened & counts.keys())
    assert all(shown.value in (None, counts[key]) for key, shown in column.cells.items())
    assert column.total.value in (None, sum(counts.values()))


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    column = mask({1: 5, 2: 0, 3: 80}, set())
    assert ([shown.value for shown in column.cells.values()], column.total) == ([5, 0, 80], Shown(85))


def test_one_programme_after_the_other_tells_nothing_either() -> None:
    """9 in all and 7 in the first would tell 2 in the second."""
    told = told_by_programmes({1: [7, 2], 2: [7, 8], 3: [7, 0]})
    assert told == {1}
    column = mask({1: 7, 2: 7, 3: 7}, set(), hidden=told)
    assert column.cells[1].sight == Sight.HIDDEN
    assert sum(shown.value is None for shown in column.cells.values()) == 2
    assert mask({1: 7, 2: 7}, {1}, hidden=told).cells[1] == Shown(7)
