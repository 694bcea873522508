"""Calendars as `.ics` (RFC 5545): public ones of a series or a town, a private one of a coach."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from icalendar import Calendar, Event

from app.core.links import external_url
from app.dropins.models import DropInBooking, DropInSession
from app.dropins.rules import initials


def public_calendar(name: str, sessions: Iterable[DropInSession], at: datetime) -> bytes:
    """When and where; nobody's name, and not how many are expected."""
    calendar = _calendar(name)
    for session in sessions:
        event = _event(f"permanence-{session.id}", session.starts_at, session.ends_at, at)
        event.add("summary", _("Permanence à %(town)s", town=session.series.commune.name))
        event.add("location", _where(session))
        event.add("url", external_url("dropins.series", slug=session.series.slug))
        event.add("description", session.series.organisation.name)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def coach_calendar(sessions: Iterable[DropInSession], lines: Iterable[DropInBooking], at: datetime) -> bytes:
    """The days of an organisation and who comes, by initials only: a calendar leaves the house."""
    calendar = _calendar(_("Mes permanences"))
    for session in sessions:
        event = _event(f"seance-{session.id}", session.starts_at, session.ends_at, at)
        event.add("summary", _("Permanence à %(town)s", town=session.series.commune.name))
        event.add("location", _where(session))
        event.add("url", external_url("dropins.sheet", session_id=session.id))
        event.add("transp", "TRANSPARENT")
        if session.cancelled_at is not None:
            event.add("status", "CANCELLED")
        calendar.add_component(event)
    for line in lines:
        if line.slot_at is None:
            continue
        ends_at = line.slot_at + timedelta(minutes=line.session.slot_min)
        event = _event(f"rendez-vous-{line.id}", line.slot_at, ends_at, at)
        town = line.session.series.commune.name
        event.add("summary", _("%(initials)s à %(town)s", initials=initials(line.name), town=town))
        event.add("url", external_url("dropins.sheet", session_id=line.session_id))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Graine d'Actions//permanences//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"value": "DURATION"})
    return calendar


def _event(uid: str, starts_at: datetime, ends_at: datetime, at: datetime) -> Event:
    host = urlsplit(current_app.config["SETTINGS"].public_url).hostname or "localhost"
    event = Event()
    event.add("uid", f"{uid}@{host}")
    event.add("dtstamp", at)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    return event


def _where(session: DropInSession) -> str:
    series = session.series
    return ", ".join(part for part in (series.place, series.address, series.commune.name) if part)
