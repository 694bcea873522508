"""Many calls at once: one thread reads and writes, the others only wait for Stripe.

The intents of a group are committed before its calls, the outcomes in small groups after them; a call
that follows is leased in the transaction that ends the one before. The pool's threads live as long as
the process, because each keeps its own connection to Stripe open.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import groupby
from time import monotonic, sleep

import structlog
from flask import Flask, current_app

from app.core import clock, jobs
from app.core.database import transaction
from app.payments import calling, environment
from app.payments.calling import Answer, Leased, Subject
from app.payments.client import pace
from app.payments.dispatch import registry
from app.payments.errors import GatewayRefused, GatewayUnavailable, WrongEnvironment

log = structlog.get_logger()
GIVE_UP_AFTER = 3  # calls without an answer in a row: the next bell goes on
A_RUN_SECONDS = 60.0  # then the job says how far it is, and is rung again
GROUP = 8  # outcomes a commit: what a crash may leave to be looked up again
LOOK_EVERY_SECONDS = 0.05
GOES_ON_WITHIN_SECONDS = 10.0  # a run that its minute has cut is rung again at once

Take = Callable[[int, set[Subject]], list[Leased]]
GroupOf = Callable[[Leased], Hashable]


@dataclass
class _Flight:
    app: Flask
    pool: ThreadPoolExecutor
    seats: int
    group_of: GroupOf
    # Few at first: while Stripe is silent only these wait for their time-out. More with every answer.
    open_seats: int
    done: int = 0
    unanswered: int = 0
    silent_in_a_row: int = 0
    flying: dict[Future[Answer], Leased] = field(default_factory=dict)

    @property
    def busy(self) -> set[Subject]:
        return {leased.subject for leased in self.flying.values()}

    @property
    def free_seats(self) -> int:
        return self.open_seats - len(self.flying) - self.silent_in_a_row

    @property
    def has_given_up(self) -> bool:
        return self.silent_in_a_row >= GIVE_UP_AFTER

    def board(self, leased: Iterable[Leased]) -> None:
        for one in leased:
            self.flying[self.pool.submit(_ask_apart, self.app, one)] = one

    def land(self) -> None:
        """Wait for at least one answer; write down those that have come, and send what follows them."""
        landed, _ = wait(self.flying, timeout=LOOK_EVERY_SECONDS, return_when=FIRST_COMPLETED)
        answers = []
        for future in landed:
            del self.flying[future]
            answers.append(future.result())
        for answer in answers:
            if answer.outcome is None:
                self.unanswered, self.silent_in_a_row = self.unanswered + 1, self.silent_in_a_row + 1
            else:
                self.done, self.silent_in_a_row = self.done + 1, 0
                self.open_seats = min(self.seats, self.open_seats + 1)
        answers.sort(key=lambda one: (repr(self.group_of(one.leased)), one.leased.call.operation_id))
        for _name, group in groupby(answers, lambda one: self.group_of(one.leased)):
            members = list(group)
            for start in range(0, len(members), GROUP):
                self.board(_finish(members[start : start + GROUP]))


def fly(take: Take, *, group_of: GroupOf = lambda leased: leased.call.operation_id) -> str:
    """Keep as many calls under way as the settings allow, until `take` gives no more; returns what was done.

    `take(room, busy)` leases up to `room` calls in transactions of its own, none of a row in `busy`.
    `group_of`: calls of the same group may be ended in one transaction. It stops early, and always writes
    what has been asked: after GIVE_UP_AFTER silences in a row, after a minute, at the end of the process.
    """
    settings = current_app.config["SETTINGS"]
    seats = settings.stripe_calls_in_flight
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy means nothing in another thread
    flight = _Flight(app, _pool(seats), seats, group_of, seats_at_first())
    ends_at, refusal = monotonic() + A_RUN_SECONDS, ""
    is_open = True
    while is_open or flight.flying:
        is_open = is_open and not (flight.has_given_up or jobs.is_stopping() or monotonic() >= ends_at)
        room = min(flight.free_seats, pace().room()) if is_open else 0
        if room > 0:
            try:
                environment.ensure()
                taken = take(room, flight.busy)
            except (GatewayUnavailable, GatewayRefused, WrongEnvironment) as error:
                taken, refusal = [], f"nothing can be sent: {type(error).__name__}"
            flight.board(taken)
            is_open = bool(taken)
        if flight.flying:
            flight.land()
        elif is_open:
            sleep(LOOK_EVERY_SECONDS)  # slowed down: not even one call may begin yet
    if monotonic() >= ends_at and not flight.silent_in_a_row:
        registry().kept["open seats"] = flight.open_seats, monotonic() + GOES_ON_WITHIN_SECONDS
    said = f"{flight.done} done, {flight.unanswered} unanswered" if flight.done or flight.unanswered else ""
    return "; ".join(filter(None, (said, refusal)))


def seats_at_first() -> int:
    """Few, but a run that goes on with one its minute has just cut goes on with its seats."""
    open_seats, until = registry().kept.pop("open seats", (GIVE_UP_AFTER, 0.0))
    return open_seats if monotonic() < until else GIVE_UP_AFTER


def _pool(seats: int) -> ThreadPoolExecutor:
    pool: ThreadPoolExecutor | None = registry().kept.get("seats")
    if pool is None:
        pool = registry().kept["seats"] = ThreadPoolExecutor(seats, thread_name_prefix="stripe")
    return pool


def _ask_apart(app: Flask, leased: Leased) -> Answer:
    """In a thread of the pool: its own context and session, and nothing open while Stripe is asked."""
    with app.app_context():
        try:
            return calling.ask(leased)
        except Exception as error:  # a mistake of ours: the others go on, this one is asked about again
            number = leased.call.operation_id
            log.error("stripe_call_failed", operation=number, kind=type(error).__name__, exc_info=True)
            return Answer(leased, None, silence="call_failed")


def _finish(answers: list[Answer]) -> list[Leased]:
    """End a group in one transaction and lease what it planned; one by one when one of them fails."""
    try:
        return _finish_together(answers)
    except Exception as error:
        if len(answers) == 1:
            calling.put_off(answers[0], error)
            return []
        log.warning("stripe_group_failed", size=len(answers), kind=type(error).__name__)
        return [following for answer in answers for following in _finish([answer])]


def _finish_together(answers: list[Answer]) -> list[Leased]:
    at = clock.now()
    with transaction():
        rows = calling.locked(answer.leased.call.operation_id for answer in answers)
        for answer in answers:
            calling.finish(rows[answer.leased.call.operation_id], answer, at)
        calling.remember_ids(answers)
        subjects = sorted(answer.leased.subject for answer in answers if answer.outcome is not None)
        following: list[Leased] = []
        for kind, group in groupby(subjects, lambda one: one[0]):
            following += calling.lease_due(kind, [subject_id for _kind, subject_id in group], at)
        return following
