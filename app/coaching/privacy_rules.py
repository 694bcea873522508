"""The clock of requests about one's data. Pure."""

from __future__ import annotations

from datetime import date, timedelta

ACCESS_LIFE = timedelta(days=30)


def one_month_after(day: date) -> date:
    """The same day of the next month, or its last. Source: GDPR article 12(3)."""
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last_of_next = (first_of_next + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return last_of_next.replace(day=min(day.day, last_of_next.day))
