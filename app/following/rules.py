"""When a campaign may be followed, and when its mails are due. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.campaigns.rules import AFTER_VERDICT, ONGOING, CampaignState
from app.core.calendar import is_working_day
from app.following.errors import NotFollowable

REMIND_BEFORE = timedelta(hours=48)
UNCONFIRMED_LASTS = timedelta(days=7)
DIGEST_LOOKS_BACK = timedelta(days=7)
DIGEST_DAY, DIGEST_HOUR = 4, 8  # from Thursday, eight o'clock in Paris …
DIGEST_UNTIL_DAY = 6  # … to Saturday, should the worker have been away


def check_followable(state: CampaignState) -> None:
    """Errors: NotFollowable: before it is public, and when it ended without money."""
    if state not in ONGOING | AFTER_VERDICT:
        raise NotFollowable


def week_of(paris: datetime) -> str:
    """« 2027-W09 » of an instant in Paris (ISO 8601)."""
    year, week, _day = paris.isocalendar()
    return f"{year}-W{week:02d}"


def is_digest_time(paris: datetime) -> bool:
    """Whether the summary of this week may leave now; `paris` in Paris time."""
    day = paris.isoweekday()
    return DIGEST_DAY <= day <= DIGEST_UNTIL_DAY and (day > DIGEST_DAY or paris.hour >= DIGEST_HOUR)


def is_worth_a_reminder(confirmed_at: datetime | None, closes_at: datetime | None, at: datetime) -> bool:
    """In the last 48 hours, for those who had said yes before them: nobody is reminded of what they did today."""
    if confirmed_at is None or closes_at is None:
        return False
    return closes_at - REMIND_BEFORE <= at < closes_at and confirmed_at <= closes_at - REMIND_BEFORE


USUAL_COACH_DIGEST = "weekly"
COACH_DIGESTS = ("daily", "weekly", "never")
COACH_HOUR = 7  # in Paris, before the day begins


def is_coach_digest_time(choice: str, paris: datetime) -> bool:
    """Each working day from seven, or each Monday (until Wednesday, should the worker have been away)."""
    if choice not in {"daily", "weekly"} or paris.hour < COACH_HOUR:
        return False
    return is_working_day(paris.date()) if choice == "daily" else paris.isoweekday() <= 3


def coach_occasion(choice: str, paris: datetime) -> str:
    """What makes one summary: a day, or a week."""
    return paris.date().isoformat() if choice == "daily" else week_of(paris)
