"""What the clock sends. Safe to stop, repeat, or run twice at once: each line is taken under its own lock."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.clock import PARIS
from app.core.database import db, transaction
from app.following import coach_digest, queries, rules, services


def remind_ending() -> str:
    """48 hours before the end, those who follow and want to know."""
    ids = queries.ids_to_remind(clock.now())
    db.session.rollback()
    told = sum(_once(services.remind, follow_id) for follow_id in ids)
    return f"{told} reminded" if told else ""


def weekly_digest() -> str:
    """Once a week, from Thursday morning on."""
    at = clock.now()
    paris = at.astimezone(PARIS)
    if not rules.is_digest_time(paris):
        return ""
    ids = queries.ids_to_digest(rules.week_of(paris), at)
    db.session.rollback()
    told = sum(_once(services.digest, reader_id) for reader_id in ids)
    return f"{told} summed up" if told else ""


def tell_coaches() -> str:
    """What waits for each coach, as often as they want to know."""
    paris = clock.now().astimezone(PARIS)
    if not any(rules.is_coach_digest_time(choice, paris) for choice in rules.COACH_DIGESTS):
        return ""
    ids = queries.coach_ids()
    db.session.rollback()
    told = sum(_once(coach_digest.send, user_id) for user_id in ids)
    return f"{told} told" if told else ""


def forget_unconfirmed() -> str:
    """Addresses that never said yes."""
    ids = queries.ids_to_forget(clock.now())
    db.session.rollback()
    for follow_id in ids:
        with transaction():
            services.forget_unconfirmed(follow_id)
    return f"{len(ids)} forgotten" if ids else ""


def _once(verb: Callable[..., bool], subject_id: int) -> bool:
    """False also when another worker has just written the same mail."""
    try:
        with transaction():
            return verb(subject_id, at=clock.now())
    except IntegrityError:
        return False
