"""When a suspension must end, and what the public may report. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.core.calendar import working_days_between

SUSPENSIONS = ("legal_request", "serious_report", "identity", "holder_asks", "misleading")
CATEGORIES = ("illegal", "misleading", "hate", "personal_data", "copyright", "money", "other")
CONFIRMED_WITHIN = 2  # working days, else it is lifted by the clock
LIFTED_WITHIN = timedelta(days=14)  # after the campaign's end, else it is cancelled
ANSWERED_WITHIN = 7  # working days, for a report


def is_unconfirmed(suspended_on: date, today: date, *, is_confirmed: bool) -> bool:
    """True when the second person has let both working days pass."""
    return not is_confirmed and working_days_between(suspended_on, today) > CONFIRMED_WITHIN


def is_beyond_lifting(closes_at: datetime | None, at: datetime) -> bool:
    """True when nobody lifted it within fourteen days of the campaign's end."""
    return closes_at is not None and at > closes_at + LIFTED_WITHIN
