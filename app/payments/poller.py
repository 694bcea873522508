"""Asks Stripe what happened: finds everything by itself when no webhook arrives, and needs no public address."""

from __future__ import annotations

import time
from itertools import islice

import structlog
from flask import current_app
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.database import db, transaction
from app.payments import environment, inbox, outages
from app.payments.client import gateway
from app.payments.dispatch import registry
from app.payments.errors import GatewayRefused, GatewayUnavailable, WrongEnvironment
from app.payments.models import EventCursor, PspEnvironment
from app.payments.rules import EVENT_TYPES, Notice, notice

log = structlog.get_logger()
EVERY_SECONDS_WITH_A_KEY = 15.0
# Stripe lists by the second of creation, and an event may become visible a little late: each poll
# reads the last seconds again, and now and then the last ten minutes.
OVERLAP_SECONDS, DEEP_OVERLAP_SECONDS, DEEP_EVERY_SECONDS = 15, 600, 300.0
AT_ONCE = 100
ONLY_BUSY = ("http_409", "http_429")  # it answers: slow down, come back


def poll_when_due() -> str:
    """The job. With a real key it rings less often than with the local stand-in."""
    kept, now = registry().kept, time.monotonic()
    if not current_app.config["SETTINGS"].uses_fake_stripe:
        if now - kept.get("polled", -EVERY_SECONDS_WITH_A_KEY) < EVERY_SECONDS_WITH_A_KEY:
            return ""
        kept["polled"] = now
    is_deep = now - kept.get("polled_deep", -DEEP_EVERY_SECONDS) >= DEEP_EVERY_SECONDS
    try:
        found = poll(is_deep=is_deep)
    except (GatewayUnavailable, GatewayRefused, WrongEnvironment) as error:
        log.warning("stripe_poll_failed", kind=type(error).__name__)
        if isinstance(error, GatewayUnavailable) and error.reason not in ONLY_BUSY:
            outages.note_silence()
        return ""
    outages.note_answer()
    if is_deep:
        kept["polled_deep"] = now
    return f"{found} new events" if found else ""


def poll(*, is_deep: bool = True) -> int:
    """Read events since the cursor into the inbox; returns how many were new.

    The cursor, in Stripe's own seconds, moves only when all pages were read.
    Errors: GatewayUnavailable, WrongEnvironment.
    """
    account = environment.ensure(sends=False)
    cursor = _cursor(account)
    since = max(0, cursor - (DEEP_OVERLAP_SECONDS if is_deep else OVERLAP_SECONDS))
    events = gateway().list_events(since=since, types=EVENT_TYPES)
    new, newest = 0, cursor
    while page := list(islice(events, AT_ONCE)):
        notices = [found for found in map(notice, page) if found is not None]
        new += _store(notices)
        newest = max([newest, *(one.created for one in notices)])
    if newest > cursor:
        _remember(account, newest)
    return new


def _remember(account: str, newest: int) -> None:
    """How far this poll has read. At a first contact two workers may write the row at once: either is good."""
    try:
        with transaction():
            db.session.merge(EventCursor(psp_env=account, created=newest))
    except IntegrityError:
        log.info("event_cursor_written_by_another_worker")


def _cursor(account: str) -> int:
    with transaction():
        row = db.session.get(EventCursor, account)
        if row is not None:
            return row.created
        # Nothing of ours is older than our first contact, give or take a clock.
        return int(db.session.get_one(PspEnvironment, account).first_seen_at.timestamp()) - 3600


def _store(notices: list[Notice]) -> int:
    at = clock.now()
    with transaction():
        return sum(inbox.receive(one, source="poll", at=at) for one in notices)
