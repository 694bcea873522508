"""Pure rules of drop-in days: which days, which slots, what may follow what, how far."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.core.calendar import public_holidays
from app.dropins.errors import StatusNotPossible

PARIS = ZoneInfo("Europe/Paris")
WEEKS_AHEAD = 8
BOOK_UNTIL = timedelta(hours=1)  # before the slot; later, one simply comes
KEPT_DAYS = 90  # names and addresses of bookings, after the session
EARTH_KM = 6371.0


class Status(StrEnum):
    BOOKED = "booked"
    HELD = "held"
    NO_SHOW = "no_show"
    EXCUSED = "excused"
    CANCELLED_BY_US = "cancelled_by_us"


# What holds a seat of its slot; the unique index says the same words.
SEATED = (Status.BOOKED, Status.HELD, Status.NO_SHOW)


class Mode(StrEnum):
    ON_SITE = "on_site"
    PHONE = "phone"
    VIDEO = "video"


def days_of(weekdays: Iterable[int], first: date, last: date) -> list[date]:
    """The days (0 is Monday) from `first` to `last`, both included, without public holidays."""
    wanted = frozenset(weekdays)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in span if day.weekday() in wanted and day not in public_holidays(day.year)]


def instant(day: date, minutes: int) -> datetime:
    """Minutes after midnight in Paris → UTC; the change of hour falls at night, outside any session."""
    return datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=PARIS).astimezone(UTC)


def slots(starts_at: datetime, ends_at: datetime, minutes: int) -> list[datetime]:
    """The starts of the slots that fit wholly."""
    count = int((ends_at - starts_at) / timedelta(minutes=minutes))
    return [starts_at + timedelta(minutes=minutes * n) for n in range(count)]


def bookable(all_slots: list[datetime], kept_free: int, at: datetime) -> list[datetime]:
    """Those that can be booked: the last `kept_free` are for whoever comes, the nearest hour is too near."""
    kept = all_slots[: max(0, len(all_slots) - kept_free)]
    return [slot for slot in kept if slot - BOOK_UNTIL > at]


def check_status(old: Status, new: Status, *, at: datetime, starts_at: datetime, has_record: bool) -> None:
    """A status is written from the day's first hour on, and may be corrected while no record came of it.

    Errors: StatusNotPossible.
    """
    if new in {Status.BOOKED, Status.CANCELLED_BY_US} or old == Status.CANCELLED_BY_US or old == new:
        raise StatusNotPossible
    if has_record or (new != Status.EXCUSED and at < starts_at - timedelta(hours=2)):
        raise StatusNotPossible


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Between two points (longitude, latitude) in degrees, as the crow flies."""
    (lon1, lat1), (lon2, lat2) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


def initials(name: str) -> str:
    """« Camille de la Fontbelle » → « C. L. F. »: at most three, never the name."""
    letters = [word[0].upper() for word in name.split() if len(word) > 2 and word[0].isalpha()]
    return " ".join(f"{letter}." for letter in letters[:3]) or "—"
