"""Days as people of the region count them, whatever the hour at which the tests run."""

from datetime import date, datetime

from app.core import clock


def day_of(at: datetime) -> date:
    """The day in Paris: from 22:00 or 23:00 UTC on it is already tomorrow."""
    return clock.paris_day(at).date()
