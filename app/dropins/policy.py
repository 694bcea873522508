"""Who keeps drop-in days: the coaches and the lead of the organisation whose days they are."""

from __future__ import annotations

from app.core.access import Role, Viewer
from app.dropins.models import DropInBooking, DropInSeries, DropInSession

KEEPERS = (Role.COACH, Role.ORGANISATION_LEAD)


def keeps_somewhere(viewer: Viewer, _subject: object = None) -> bool:
    return viewer.is_coach


def keeps_series(viewer: Viewer, series: DropInSeries) -> bool:
    return viewer.has(*KEEPERS, organisation_id=series.organisation_id)


def keeps(viewer: Viewer, session: DropInSession) -> bool:
    """The sheet of a day names people: colleagues of the organisation only, no administrator."""
    return keeps_series(viewer, session.series)


def keeps_line(viewer: Viewer, subject: tuple[DropInSession, DropInBooking]) -> bool:
    return keeps(viewer, subject[0])
