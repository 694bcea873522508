"""Who bears what: parts that add up, whatever the order of refunds, failures and transfers. Pure figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settlement import rules

WHOLE = st.integers(0, 1_000_000)


@given(whole=WHOLE, cuts=st.lists(st.integers(1, 500), min_size=1, max_size=12))
def test_parts_of_a_whole_add_up_however_it_is_cut(whole: int, cuts: list[int]) -> None:
    of, gone, parts = sum(cuts), 0, []
    for cut in cuts:
        parts.append(rules.next_part_cents(whole, gone, cut, of))
        gone += cut
    assert sum(parts) == whole
    assert all(part >= 0 for part in parts)


@given(whole=st.integers(0, 500), of=st.integers(1, 1000), data=st.data())
def test_a_part_is_never_more_than_what_goes_when_the_whole_is_not(whole: int, of: int, data: st.DataObject) -> None:
    gone = data.draw(st.integers(0, of))
    assert rules.part_cents(min(whole, of), gone, of) <= gone


@pytest.mark.parametrize("bad", [(1, 2, 1), (-1, 0, 1), (1, -1, 1)])
def test_a_bad_part_is_an_error(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="bad part"):
        rules.part_cents(*bad)


def test_reminders_at_60_and_75_days_and_the_end_at_90() -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    days = (59.9, 60, 74.9, 75, 89.9)
    assert [rules.overdue_reminder(since, since + timedelta(days=one)) for one in days] == [None, 60, 60, 75, 75]
    assert rules.overdue_at(since) == since + timedelta(days=90)


@pytest.mark.parametrize(
    ("collected", "percent", "is_too_little"),
    [(49_99, 50, True), (50_00, 50, False), (0, 0, False), (99_99, 100, True), (100_00, 100, False)],
)
def test_the_share_of_the_goal_is_reckoned_to_the_cent(collected: int, percent: int, is_too_little: bool) -> None:
    assert rules.is_too_little(collected, 100_00, percent) is is_too_little
