"""Events of Stripe, by webhook or by poll: stored once, then each rings the bell of the row that it is about."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from flask import current_app
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import IntegrityError, NoResultFound

from app.core import clock
from app.core.database import db, transaction
from app.core.errors import NotFound
from app.payments import operations
from app.payments.dispatch import registry
from app.payments.errors import BadNotification, GatewayUnavailable, WrongEnvironment
from app.payments.models import EventState, StripeEvent
from app.payments.rules import LEASE, Notice, notice, subject_of, wait_seconds

log = structlog.get_logger()
MOST_TRIES = 20


def verified(raw: bytes, header: str, at: datetime) -> Notice:
    """The notice in a webhook's body. Errors: BadNotification (unsigned, stale, altered, not a snapshot event)."""
    from app.payments.gateway import is_signed  # loads `stripe`: only the process that is called pays

    if not any(is_signed(raw, header, secret, at=at) for secret in _secrets()):
        raise BadNotification("signature")
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadNotification("json") from error
    found = notice(event) if isinstance(event, dict) else None
    if found is None:
        raise BadNotification("not a snapshot event")
    return found


def _secrets() -> list[str]:
    """Those of the settings and of the file that `register-webhook` writes, read anew: rotation needs no restart."""
    settings = current_app.config["SETTINGS"]
    found = list(settings.stripe_webhook_secrets)
    if settings.stripe_webhook_secret_file:
        path = Path(settings.stripe_webhook_secret_file)
        if path.is_file():
            found += path.read_text("utf-8").split()
    return found


def receive(found: Notice, *, source: str, at: datetime) -> bool:
    """Store an event, inside the caller's transaction; False when it is known already."""
    if db.session.get(StripeEvent, found.event_id) is not None:
        return False
    event = StripeEvent(
        event_id=found.event_id,
        type=found.type,
        object_id=found.object_ids[0] if found.object_ids else "",
        account=found.account,
        livemode=found.livemode,
        body=json.dumps(asdict(found)),
        source=source,
        created=found.created,
        received_at=at,
        state=EventState.REFUSED if found.livemode else EventState.RECEIVED,
    )
    try:
        with db.session.begin_nested():
            db.session.add(event)
    except IntegrityError:  # the same event by the other way, at the same moment
        return False
    if found.livemode:
        log.error("stripe_live_event_refused", stripe_event=found.event_id)
    return True


def handle_waiting(*, limit: int = 200) -> str:
    """The job: ring the bells of what was received. Safe to stop, repeat, or run twice at once."""
    rung: set[tuple[str, int, str]] = set()
    waiting = _ids_to_handle(clock.now(), limit)
    for event_id in waiting:
        found = _claim(event_id)
        if found is not None:
            _handle(found, rung)
    return f"{len(waiting)} events" if waiting else ""


def _ids_to_handle(at: datetime, limit: int) -> list[str]:
    ids = db.session.scalars(
        select(StripeEvent.event_id)
        .where(StripeEvent.state == EventState.RECEIVED, _is_free(at))
        .order_by(StripeEvent.received_at, StripeEvent.created)
        .limit(limit)
    ).all()
    db.session.rollback()
    return list(ids)


def _is_free(at: datetime) -> ColumnElement[bool]:
    return or_(StripeEvent.claimed_until.is_(None), StripeEvent.claimed_until <= at)


def _claim(event_id: str) -> Notice | None:
    at = clock.now()
    with transaction():
        event = db.session.scalar(
            select(StripeEvent)
            .where(
                StripeEvent.event_id == event_id,
                StripeEvent.state == EventState.RECEIVED,
                _is_free(at),
            )
            .with_for_update()
        )
        if event is None:
            return None
        event.claimed_until = at + LEASE
        event.tries += 1
        kept = json.loads(event.body)
        return Notice(**{**kept, "object_ids": tuple(kept["object_ids"])})


def _handle(found: Notice, rung: set[tuple[str, int, str]]) -> None:
    """Find the row, ring its bell outside any transaction, then close the event."""
    subject = _subject(found)
    ring = registry().bells.get(subject[0]) if subject else None
    if subject is None or ring is None or not found.object_ids:
        _close(found.event_id, EventState.IGNORED)
        return
    name = (*subject, found.object_ids[0])
    try:
        # All of this run were received before it began: one look at the object serves them all.
        if name not in rung:
            ring(subject[1], found.object_type, found.object_ids[0])
            rung.add(name)
    except NotFound:  # ObjectMissing
        _close(found.event_id, EventState.IGNORED)
    except NoResultFound:  # our own mark on it, and no such row: a database that was put back, or begun anew
        db.session.rollback()
        log.error("stripe_event_of_nobody", stripe_event=found.event_id, table=subject[0], row=subject[1])
        _close(found.event_id, EventState.IGNORED)
    except (GatewayUnavailable, WrongEnvironment):
        _put_back(found.event_id, is_given_up=False)
    except Exception as error:
        db.session.rollback()
        log.error("stripe_bell_failed", stripe_event=found.event_id, kind=type(error).__name__, exc_info=True)
        _put_back(found.event_id)
    else:
        _close(found.event_id, EventState.DONE)


def _subject(found: Notice) -> tuple[str, int] | None:
    """Whose event this is: by the ids that we know, else by the marks that we left. Others' are nobody's."""
    if found.env and found.env != operations.installation():
        return None
    with transaction():
        for stripe_id in found.object_ids:
            known = operations.find_subject(stripe_id)
            if known is not None:
                return known
    return subject_of(found.subject) if found.env else None


def _close(event_id: str, state: EventState) -> None:
    at = clock.now()
    with transaction():
        event = db.session.get_one(StripeEvent, event_id)
        event.state, event.ended_at, event.claimed_until = state, at, None


def _put_back(event_id: str, *, is_given_up: bool = True) -> None:
    """Look again later. `is_given_up`: after many tries no more; a Stripe that is away may stay so for a day."""
    at = clock.now()
    with transaction():
        event = db.session.get_one(StripeEvent, event_id)
        event.claimed_until = at + timedelta(seconds=wait_seconds(event.tries, 1.0))
        if is_given_up and event.tries >= MOST_TRIES:
            event.state, event.ended_at = EventState.FAILED, at
            log.error("stripe_event_given_up", stripe_event=event_id, type=event.type)
