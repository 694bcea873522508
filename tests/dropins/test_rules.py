"""Days, slots, distances, initials: pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.dropins.errors import StatusNotPossible
from app.dropins.rules import Status, bookable, check_status, days_of, initials, instant, kilometres, slots


def test_public_holidays_are_left_out_and_both_ends_are_in():
    days = days_of([3, 4], date(2026, 12, 24), date(2027, 1, 1))
    assert days == [date(2026, 12, 24), date(2026, 12, 31)]  # Friday the 25th and Friday the 1st are holidays
    assert days_of([0], date(2027, 3, 29), date(2027, 3, 29)) == [], "Easter Monday"
    assert days_of([], date(2027, 1, 1), date(2027, 2, 1)) == []


def test_nine_o_clock_is_nine_in_paris_in_summer_and_winter():
    assert instant(date(2027, 1, 13), 540) == datetime(2027, 1, 13, 8, tzinfo=UTC)
    assert instant(date(2027, 7, 13), 540) == datetime(2027, 7, 13, 7, tzinfo=UTC)


def test_only_whole_slots_count_and_the_last_are_kept():
    nine, end = instant(date(2027, 1, 13), 540), instant(date(2027, 1, 13), 700)
    every = slots(nine, end, 45)
    assert [slot - nine for slot in every] == [timedelta(minutes=m) for m in (0, 45, 90)]
    assert bookable(every, 1, nine - timedelta(days=1)) == every[:2]
    assert bookable(every, 9, nine - timedelta(days=1)) == []
    assert bookable(every, 0, nine - timedelta(minutes=59)) == every[1:], "the nearest hour is too near"


@pytest.mark.parametrize(
    ("old", "new", "hours", "has_record", "fine"),
    [
        ("booked", "held", 0, False, True), ("booked", "no_show", 1, False, True), ("no_show", "held", 9, False, True),
        ("booked", "excused", -48, False, True), ("booked", "held", -48, False, False),
        ("booked", "booked", 0, False, False), ("held", "booked", 0, False, False),
        ("booked", "cancelled_by_us", 0, False, False), ("cancelled_by_us", "held", 0, False, False),
        ("held", "no_show", 1, True, False),
    ],
)  # fmt: skip
def test_a_status_is_written_on_its_day_and_corrected_until_a_record_came_of_it(
    old: str, new: str, hours: int, has_record: bool, fine: bool
):
    starts_at = instant(date(2027, 1, 13), 540)
    given = {"at": starts_at + timedelta(hours=hours), "starts_at": starts_at, "has_record": has_record}
    if fine:
        check_status(Status(old), Status(new), **given)
    else:
        with pytest.raises(StatusNotPossible):
            check_status(Status(old), Status(new), **given)


def test_besancon_to_pontarlier_is_some_fifty_kilometres():
    assert 44 < kilometres((6.0241, 47.2378), (6.3550, 46.9060)) < 50
    assert kilometres((6.0, 47.0), (6.0, 47.0)) == 0


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Camille Fontbelle", "C. F."), ("Ana de la Cruz y Soto", "A. C. S."), ("", "—"), ("42 !", "—"), ("Élo", "É.")],
)
def test_initials_are_all_that_leaves_the_house(name: str, shown: str):
    assert initials(name) == shown
