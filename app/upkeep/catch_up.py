"""After a restore: what Stripe made since the copy is found again and given to its promise, before anything is sent.

A database put back from a copy has forgotten calls that were made. Sent again, they would be answered from
Stripe's memory of the key for a day, and make a second charge after it. So nothing is sent before this is done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from app.core import clock
from app.core.database import db, transaction
from app.core.errors import DomainError
from app.payments import environment, inbox, poller, restored_services, tasks
from app.payments.client import gateway
from app.payments.errors import GatewayRefused, GatewayUnavailable, WrongEnvironment
from app.payments.operations import installation
from app.pledges import restored_services as pledges
from app.pledges.restored_services import Made
from app.settlement.sync import sync_intent

log = structlog.get_logger()
MARGIN = timedelta(days=1)  # a clock that was wrong, an order under way while the copy was made
TASK = "lost_promise"


@dataclass
class Caught:
    """What was found: promises that learnt of something, and those of Stripe's objects that no promise here knows."""

    found_again: int = 0
    events: int = 0
    unknown: list[str] = field(default_factory=list)  # Stripe ids
    unknown_cents: int = 0  # money really taken for them


def catch_up_when_asked() -> str:
    """The job: as soon as Stripe answers; then everything else goes on by itself."""
    if _since() is None:
        return ""
    try:
        caught = catch_up()
    except (GatewayUnavailable, GatewayRefused, WrongEnvironment) as error:
        return f"cannot catch up: {type(error).__name__}"
    return f"caught up: {caught.found_again} found again, {len(caught.unknown)} unknown"


def catch_up() -> Caught:
    """Outside any transaction; safe to stop and to repeat. Does nothing when no restore waits for it.

    Errors: GatewayUnavailable, GatewayRefused, WrongEnvironment (nothing is sent until it is done).
    """
    caught, since = Caught(), _since()
    if since is None:
        return caught
    environment.ensure(sends=False)
    for public_id, made in _made_since(int((since - MARGIN).timestamp())).items():
        _give_back(public_id, made, caught)
    caught.events = _hear_events()
    with transaction():
        restored_services.caught_up()
    log.info("caught_up", found_again=caught.found_again, unknown=len(caught.unknown), events=caught.events)
    return caught


def _since() -> datetime | None:
    found = environment.catch_up_from()
    db.session.rollback()
    return found


def _made_since(since: int) -> dict[str, Made]:
    """Promise's public id → what Stripe made for it; only what this installation ordered."""
    found: dict[str, Made] = defaultdict(Made)
    for session in gateway().list_sessions(since=since):
        if _is_ours(session):
            found[_promise(session)].sessions.append(session)
    for intent in gateway().list_intents(since=since):
        if _is_ours(intent):
            found[_promise(intent)].intents.append(intent)
    found.pop("", None)
    return found


def _is_ours(thing: Mapping[str, Any]) -> bool:
    return bool((thing.get("metadata") or {}).get("env") == installation())


def _promise(thing: Mapping[str, Any]) -> str:
    return str((thing.get("metadata") or {}).get("pledge", ""))


def _give_back(public_id: str, made: Made, caught: Caught) -> None:
    pledge_id = pledges.find_id(public_id)
    db.session.rollback()
    if pledge_id is None:
        _tell_a_person(public_id, made, caught)
        return
    with transaction():
        caught.found_again += pledges.adopt(public_id, made, at=clock.now())
    if made.intents:
        _look(pledge_id)


def _look(pledge_id: int) -> None:
    """One promise that cannot follow must not keep the others waiting: the comparison of books shows it."""
    try:
        sync_intent(pledge_id)
    except (GatewayUnavailable, GatewayRefused):
        raise
    except DomainError as error:
        db.session.rollback()
        log.error("cannot_follow_stripe", pledge=pledge_id, kind=type(error).__name__)


def _tell_a_person(public_id: str, made: Made, caught: Caught) -> None:
    """Promised after the copy: the row is lost, what was given to Stripe is not. Only a person can write to them."""
    given = [one for one in made.sessions if one.get("status") == "complete"]
    paid = [one for one in made.intents if one.get("status") == "succeeded"]
    if not given and not paid:
        return
    cents = sum(int(one.get("amount_received") or one.get("amount") or 0) for one in paid)
    caught.unknown += [str(one["id"]) for one in (paid or given)]
    caught.unknown_cents += cents
    with transaction():
        tasks.open_task(
            TASK, f"{TASK}:{public_id}", at=clock.now(), ours_cents=0, theirs_cents=cents,
            pledge=public_id, stripe=str((paid or given)[0]["id"]),
        )  # fmt: skip


def _hear_events() -> int:
    """Everything that Stripe told since the copy, heard again: completions, refunds, disputes."""
    heard = poller.poll(is_deep=True)
    while inbox.handle_waiting():
        pass
    return heard
