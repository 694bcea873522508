"""What every fault case needs: a fault laid in Stripe's way, patience, and the books compared at the end."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import stripe
from sqlalchemy import select

from app.core.database import db
from app.core.jobs import run_once
from app.payments import environment
from app.payments.client import Pace
from app.payments.dispatch import registry
from app.payments.gateway import Gateway
from app.payments.models import EventState, LedgerTransaction, StripeEvent, StripeOperation
from app.payments.rules import OPEN_STATES
from app.pledges.models import Pledge
from app.pledges.rules import OPEN_AFTER_VERDICT, PledgeState
from app.settlement.books import HAS_PAID
from app.settlement.models import Attempt, AttemptState, Charge
from fake_stripe import shopper
from tests.support.quiet import Ears, money_jobs
from tests.support.scene import Gift, Scene

# Creations of which a second one would be a second movement of money, or the way to one.
ONCE_ONLY = ("/v1/payment_intents", "/v1/transfers", "/v1/refunds", "/reversals")
UNTIL_TRIED_AGAIN = 6  # minutes: longer than the longest wait between two tries


# -- faults --------------------------------------------------------------------------------------


def fault(scene: Scene, path: str, action: str, *, method: str = "POST", **more: Any) -> None:
    """One rule of the fake Stripe (see its README); `times` 0 until `heal`."""
    rule = {"method": method, "path": path, "action": action, **more}
    url = f"{scene.stripe.url}/_control/faults"
    status, _, answer = shopper.request("POST", url, json.dumps(rule).encode(), "application/json")
    assert status == 200, answer


def heal(scene: Scene) -> None:
    scene.stripe.control("faults", "DELETE")


def was_played(scene: Scene) -> bool:
    """A case whose fault never happened proves nothing."""
    rules = scene.stripe.control("faults")["rules"]
    return bool(rules) and all(rule["played"] for rule in rules)


@contextmanager
def other_gateway(scene: Scene, made: Gateway) -> Iterator[None]:
    """The app speaks to Stripe through `made`; afterwards through its own again."""
    with scene.app.app_context():
        kept = registry().kept
    kept.pop("account", None)
    kept["gateway"] = made
    try:
        yield
    finally:
        kept.pop("gateway", None)
        kept.pop("account", None)


@contextmanager
def impatient(scene: Scene, seconds: float = 0.4) -> Iterator[None]:
    """Answers that take longer than `seconds` are given up: a time-out that a test can wait for."""
    transport = stripe.RequestsClient(timeout=(5, seconds))
    try:
        with other_gateway(scene, Gateway(scene.stripe.key, scene.stripe.url, Pace(0), transport)):
            yield
    finally:
        transport.close()


# -- time and work -------------------------------------------------------------------------------


def wait(scene: Scene, rounds: int = 4, minutes: float = UNTIL_TRIED_AGAIN) -> None:
    """The worker, with the waiting times between two tries skipped, as often or until nothing waits for a next try.
    No job may fail."""
    ears = Ears(scene.app)
    for _ in range(rounds):
        scene.travel(minutes=minutes)
        if scene.work(1, ears=ears) and minutes == UNTIL_TRIED_AGAIN and not is_any_waiting(scene):
            return


def is_any_waiting(scene: Scene) -> bool:
    """A call that is not over, or an event that was not heard."""
    open_calls = select(StripeOperation.id).where(StripeOperation.state.in_(OPEN_STATES))
    events = select(StripeEvent.event_id).where(StripeEvent.state == EventState.RECEIVED)
    with scene.app.app_context():
        return any(db.session.scalar(asked.limit(1)) is not None for asked in (open_calls, events))


def work_without(scene: Scene, *names: str, rounds: int = 3) -> None:
    """The worker, but for the jobs named."""
    with scene.app.app_context():
        jobs = money_jobs(scene.app)
        assert set(names) <= {job.name for job in jobs}
        ears = Ears(scene.app)
        for _ in range(rounds):
            said = ears.ring([job for job in jobs if job.name not in names])
            assert not [name for name, words in said.items() if "failed" in words], said
            if not any(said.values()):
                return


def ring(scene: Scene, *names: str) -> None:
    """These jobs of the worker once, in this order; in the caller's thread."""
    jobs = {job.name: job for job in scene.app.extensions["jobs"]}
    with scene.app.app_context():
        said = run_once([jobs[name] for name in names])
    assert not [name for name, words in said.items() if "failed" in words], said


def due(scene: Scene, count: int = 2, **more: Any) -> tuple[str, list[Gift]]:
    """A campaign that has reached its goal, whose promises are due, and nothing collected yet."""
    slug = scene.campaign(goal_cents=100_00, account=False)
    scene.travel(days=5)  # so that Stripe still lists the events of the promises after the end
    gifts = [scene.give(slug, cents=100_00, **more) for _ in range(count)]
    scene.travel_to(scene.row(slug).closes_at)
    work_without(scene, "collection", "operations", "transfers")
    assert {scene.pledge(gift).state for gift in gifts} == {PledgeState.DUE}
    return slug, gifts


def together(*calls: Callable[[], object]) -> None:
    """All at the same instant, each in its own thread. What one of them raises is raised here."""
    gate, wrong = threading.Barrier(len(calls)), []

    def run(call: Callable[[], object]) -> None:
        try:
            gate.wait()
            call()
        except BaseException as error:
            wrong.append(error)
        finally:
            shopper.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def inside(scene: Scene, call: Callable[[], object]) -> Callable[[], object]:
    """`call` as the worker runs it: in an app context of its own."""

    def run() -> object:
        with scene.app.app_context():
            try:
                return call()
            finally:
                db.session.remove()

    return run


def until_true(sees: Callable[[], bool]) -> None:
    """For what happens in another thread or process; fails after five seconds."""
    for _ in range(500):
        if sees():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


# -- what Stripe was asked -----------------------------------------------------------------------


def orders(scene: Scene, end: str) -> list[dict[str, Any]]:
    """Every order that Stripe ever received for paths with this end, also harmed and replayed ones."""
    return [one for one in scene.stripe.control("orders")["orders"] if one["path"].endswith(end)]


def made_twice(scene: Scene) -> list[str]:
    """Purposes for which Stripe carried out more than one creation: always empty."""
    done = [one for path in ONCE_ONLY for one in orders(scene, path) if one["outcome"] == "executed"]
    # Without a mark it was made by hand in Stripe's dashboard, and no order of ours.
    marks = Counter(mark for one in done for mark in parse_qs(one["params"]).get("metadata[op]", []))
    return [mark for mark, count in marks.items() if count > 1]


# -- "=" -----------------------------------------------------------------------------------------


def assert_books_equal(scene: Scene) -> None:
    """The design's "=": exactly one successful charge for each paid promise, our books equal to Stripe's
    after the reconciler, nobody mailed twice, every total right, nothing left hanging.
    """
    heal(scene)
    scene.travel(seconds=20)  # calls that got no answer wait a little before they are tried again
    scene.work(2)
    with scene.app.app_context():
        environment.forget()
    truth = scene.stripe.control("state")
    taken = Counter(one["metadata"]["pledge"] for one in truth["charges"] if one["status"] == "succeeded")
    intents = {one["id"]: one for one in truth["payment_intents"]}
    with scene.app.app_context():
        pledges = list(db.session.scalars(select(Pledge).order_by(Pledge.id)))
        paid = {one.public_id: 1 for one in pledges if one.state in HAS_PAID}
        assert taken == paid, "a charge without a paid promise, a paid promise without one, or two"
        for pledge in pledges:
            _assert_agrees(pledge, intents)
        open_calls = db.session.scalars(
            select(StripeOperation.kind).where(StripeOperation.state.in_(OPEN_STATES))
        ).all()
        assert open_calls == [], "calls under way for ever"
        succeeded = select(Attempt.pledge_id).where(Attempt.state == AttemptState.SUCCEEDED)
        successes = Counter(db.session.scalars(succeeded))
        assert set(successes.values()) <= {1}
        booked = db.session.scalars(select(LedgerTransaction.stripe_id).where(LedgerTransaction.kind == "charge"))
        assert sorted(booked) == sorted(db.session.scalars(select(Charge.stripe_charge)))
        db.session.rollback()
    assert made_twice(scene) == []
    assert_nobody_mailed_twice(scene)
    checked = scene.check()
    assert checked.exit_code == 0, checked.output
    assert " 0 differences" in checked.output


def _assert_agrees(pledge: Pledge, intents: dict[str, dict[str, Any]]) -> None:
    """One PaymentIntent at most that could still take money, and it says what we say."""
    mine = [one for one in intents.values() if one["metadata"].get("pledge") == pledge.public_id]
    alive = [one for one in mine if one["status"] != "canceled"]
    assert len(alive) <= 1, "two PaymentIntents for one promise"
    known = intents.get(pledge.payment_intent or "", {}).get("status")
    if pledge.state in HAS_PAID:
        assert known == "succeeded"
    elif pledge.state in OPEN_AFTER_VERDICT:
        assert known in (None, "requires_payment_method", "requires_confirmation", "requires_action")
    else:
        assert alive == [], f"{pledge.state}, and its PaymentIntent could take money"


def assert_nobody_mailed_twice(scene: Scene) -> None:
    got = scene.mailbox.fetch()
    # Not the text: three reminders, or the refunds of two equal halves, rightly say the same words.
    ids = [mail.message["Message-ID"] for mail in got]
    assert len(ids) == len(set(ids))


def assert_paid_once(scene: Scene, gifts: list[Gift]) -> None:
    """Each of them is paid, by one try that counted, and has its receipt; nobody else is charged."""
    assert [scene.pledge(gift).state for gift in gifts] == [PledgeState.PAID] * len(gifts)
    assert len(scene.charges()) == len(gifts)
    assert {scene.pledge(gift).attempts_count for gift in gifts} == {1}
    for gift in gifts:
        assert [subject for subject in scene.mails(gift) if subject.startswith("Reçu")] != []
