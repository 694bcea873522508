"""After the storm: a fresh worker, a calm Stripe, and time, until nothing is left to do."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from app.core import clock
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.payments.models import EventState, StripeEvent, StripeOperation
from app.payments.rules import OPEN_STATES
from app.settlement.models import Transfer, TransferState
from tests.money.crash.world import World
from tests.support.quiet import money_jobs

MOST_ROUNDS = 12
TALKATIVE = {"poll", "events", "mail"}  # what they say is only an echo


SOON = timedelta(minutes=7)


def finish(world: World, *steps: timedelta, also: str = "") -> list[str]:
    """Work until quiet after each step of time. Sentences when a job fails, or it never becomes quiet.

    `also`: a job to be done although its room knows nothing of money.
    """
    bells = [bell.name for bell in money_jobs(world.app)]
    found: list[str] = []
    for step in steps or (SOON,):
        world.jump(seconds=step.total_seconds())
        found += _until_quiet(world, [*bells, *([also] if also else [])])
    return found


def finish_for_good(world: World) -> list[str]:
    """Every window and hold goes by, and the money desk does its part."""
    found = []
    for step in (SOON, timedelta(days=10), timedelta(days=8)):
        found += finish(world, step)
        world.let_pay_out()
    return found + finish(world)


def _until_quiet(world: World, bells: list[str]) -> list[str]:
    for _ in range(MOST_ROUNDS):
        let_mail_go(world)
        ended = world.job(*bells, rounds=4)
        if ended.status:
            return [f"the worker ended with {ended.status}: {world.words}"]
        failed = sorted({name for said in ended.said for name, words in said.items() if "failed" in words})
        if failed:
            return [f"jobs failed in the calm: {', '.join(failed)}: {world.words}"]
        if not [name for name, words in ended.said[-1].items() if words and name not in TALKATIVE] and not _waits(
            world
        ):
            return []
        world.jump(minutes=6)
    return [f"never quiet: {_waits(world)}"]


def let_mail_go(world: World) -> None:
    """A mail whose sender was killed is tried again two real minutes later: as if they had passed."""
    at = clock.real_now() - timedelta(seconds=1)
    with world.app.app_context(), transaction():
        waiting = update(OutboxMail).where(OutboxMail.sent_at.is_(None), OutboxMail.given_up_at.is_(None))
        db.session.execute(waiting.values(claimed_until=None, not_before=at))


def _waits(world: World) -> str:
    """What is still under way, in words; nothing when quiet."""
    with world.app.app_context():
        counts = {
            "calls": _count(StripeOperation.state.in_(OPEN_STATES)),
            "events": _count(StripeEvent.state == EventState.RECEIVED),
            "mails": _count(OutboxMail.sent_at.is_(None) & OutboxMail.given_up_at.is_(None)),
            "transfers": _count(Transfer.state.in_((TransferState.PLANNED, TransferState.SENT))),
        }
        db.session.rollback()
    return ", ".join(f"{number} {name}" for name, number in counts.items() if number)


def _count(condition: object) -> int:
    return int(db.session.scalar(select(func.count()).where(condition)) or 0)  # type: ignore[arg-type]  # a column's condition
