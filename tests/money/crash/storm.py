"""A season of campaigns under a storm: promises, verdicts, collection, repair, hold, transfers; then the truth."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import func, select

from app.campaigns.rules import FundingKind
from app.core.database import db
from app.payments.models import StripeOperation
from app.payments.rules import OPEN_STATES
from app.pledges.models import Pledge
from fake_stripe import shopper
from tests.money.crash import figures
from tests.money.crash.affairs import Affairs
from tests.money.crash.chaos import BETWEEN_SECONDS, Chaos
from tests.money.crash.citizens import Citizen
from tests.money.crash.figures import Figures
from tests.money.crash.finish import finish_for_good
from tests.money.crash.stories import GIFTS, STORIES
from tests.money.crash.truth import Truth
from tests.money.crash.world import World

HARMED_PER_MILLE, DOUBLED_PER_MILLE = 300, 60
ROUNDS_TAKE_SECONDS = 0.25  # two rounds of all bells without work, on an idle machine
HANDS = 4  # citizens at a time
UNSETTLED = ("draft", "authorised", "due", "charging")


@dataclass(frozen=True)
class Size:
    """How much life a season has."""

    people: int = 24
    bursts: int = 14  # the most of one stage
    burst_seconds: float = 3.0  # give or take a third, between two jumps of the clock
    patience_seconds: float = 25.0  # of a person, for all their acts of a stage


class Season:
    def __init__(self, world: World, seed: int, size: Size):
        self.world, self.dice, self.size = world, random.Random(seed), size
        self.figures = Figures()
        self.slowness = 1.0
        self.forgettings: list[int] = []
        self.chaos: Chaos | None = None

    def run(self) -> Figures:
        """From an empty platform to the books."""
        world = self.world
        world.renew()
        before = figures.read(world.board)
        self.slowness = _slowness(world)
        new, self.affairs = world.scene.campaign, Affairs(world)
        ordinary = (new(fee_bps=500, stock=None), new(fee_bps=500, stock=None))
        flexible = new(fee_bps=500, stock=None, kind=FundingKind.FLEXIBLE)
        cancelled = new(stock=None)
        failing = new(goal_cents=400_000_00, stock=None)
        self._listen()
        people = self._people([*ordinary, *ordinary, *ordinary, cancelled, failing], flexible)
        self._stage(people, lambda one: one.story.before, until=lambda: True)
        world.scene.travel_to(max(world.scene.row(slug).closes_at for slug in (*ordinary, flexible, failing)))
        self._stage([], lambda _: (), until=lambda: not self._count(Pledge.state.in_(UNSETTLED)))
        self._stage([one for one in people if one.story.after], lambda one: one.story.after, until=lambda: True)
        self.affairs.before_transfers((*ordinary, flexible), cancelled)
        for _ in range(3):  # both retries, then the end of the repair window
            world.jump(days=3)
            self._stage([], lambda _: (), until=lambda: not self._has_open_call())
        world.jump(days=7)
        world.let_pay_out()
        self._stage([], lambda _: (), until=lambda: not self._has_open_call())
        self.affairs.after_transfers((*ordinary, flexible))
        self._stage([], lambda _: (), until=lambda: not self._has_open_call())
        self._end(people)
        self.figures.add_board(world.board, before)
        return self.figures

    def _people(self, slugs: list[str], flexible: str) -> list[Citizen]:
        """Two thirds promise, one third gives at once."""
        url, stripe, people = self.world.url, self.world.fake.url, []
        for number in range(self.size.people):
            is_gift = number % 3 == 2
            some = GIFTS if is_gift else STORIES
            story = self.dice.choices(some, weights=[story.weight for story in some])[0]
            slug = flexible if is_gift else self.dice.choice(slugs)
            people.append(Citizen(url, stripe, slug, story, number))
        return people

    def _end(self, people: list[Citizen]) -> None:
        """The weather calms down, the work is finished, and both sides are compared."""
        world = self.world
        world.calm()
        self.affairs.at_last()
        self.figures.findings += finish_for_good(world)
        truth = Truth(world, (one.memory for one in people), self.forgettings, self.affairs.ends)
        self.figures.findings += truth.findings()
        self.figures.counts.update(
            {
                "seasons": 1,
                "promises": len(truth.pledges),
                "charges": sum(len(charges) for charges in truth.charged.values()),
                "transfers": len(truth.stripe["transfers"]),
                "refunds": len(truth.stripe["refunds"]),
                "reversals": len(truth.stripe["reversals"]),
                "disputes": len(truth.stripe["disputes"]),
                "mails": len(world.mailbox.received()),
                "orders received by Stripe": len(truth.orders),
                "key stores forgotten": len(self.forgettings),
            }
        )
        for one in people:
            one.close()

    def _listen(self) -> None:
        """Stripe calls us, too: at once, twice, late or never."""
        url = f"{self.world.url}/stripe/webhook"
        said = self.world.app.test_cli_runner().invoke(args=["payments", "register-webhook", url])
        assert said.exit_code == 0, said.output

    # -- a stage of the season ---------------------------------------------------------------------

    def _stage(
        self, people: list[Citizen], acts: Callable[[Citizen], tuple[str, ...]], *, until: Callable[[], bool]
    ) -> None:
        """Storm and life together, burst after burst, until all acts are over and `until` holds."""
        world = self.world
        seats = ("web", "worker", "second_worker") if self.dice.random() < 0.4 else ("web", "worker")
        world.fake.control("webhooks", mode=self.dice.choice(("deliver", "duplicate", "duplicate", "hold", "drop")))
        world.weather(harmed_per_mille=HARMED_PER_MILLE, doubled_per_mille=DOUBLED_PER_MILLE)
        self.chaos = chaos = Chaos(
            world, random.Random(self.dice.random()), seats, between_seconds=BETWEEN_SECONDS * self.slowness
        )
        chaos.start()
        with ThreadPoolExecutor(HANDS) as pool:
            lives = [pool.submit(live, one, acts(one), self.size.patience_seconds * self.slowness) for one in people]
            for _ in range(self.size.bursts):
                time.sleep(self.dice.uniform(0.67, 1.33) * self.size.burst_seconds * self.slowness)
                if all(life.done() for life in lives) and until():
                    break
                self._pass_minutes(chaos)
            for life in lives:
                life.result()
        chaos.stop()
        self.figures.kills += chaos.kills
        self.figures.counts["database restarts"] += chaos.restarts
        self.figures.findings += chaos.mishaps

    def _pass_minutes(self, chaos: Chaos) -> None:
        """Long enough for every lease; now and then so long that Stripe has forgotten all keys."""
        with self.world.lock:
            chaos.jumped(self.world.jump(seconds=self.dice.randint(130, 420)))
            if self.dice.random() < 0.3:
                self.world.fake.control("keys", "DELETE")
                self.forgettings.append(max((one["seq"] for one in self._orders()), default=0))

    def _orders(self) -> list[dict[str, int]]:
        orders: list[dict[str, int]] = self.world.fake.control("orders")["orders"]
        return orders

    def _count(self, condition: object) -> int:
        with self.world.app.app_context(), self.world.lock:
            found = db.session.scalar(select(func.count()).where(condition))  # type: ignore[arg-type]  # a column's condition
            db.session.rollback()
            return int(found or 0)

    def _has_open_call(self) -> bool:
        return self._count(StripeOperation.state.in_(OPEN_STATES)) > 0


def _slowness(world: World) -> float:
    """How much slower than an idle machine this one is: where others work, deaths come as much more slowly."""
    started = time.monotonic()
    world.job(rounds=2)
    return min(10.0, max(1.0, (time.monotonic() - started) / ROUNDS_TAKE_SECONDS))


def live(citizen: Citizen, acts: tuple[str, ...], patience_seconds: float) -> None:
    """One act after the other, each tried until a page confirms it or patience ends."""
    until = time.monotonic() + patience_seconds
    try:
        for act in acts:
            while not citizen.act(act):
                if time.monotonic() > until or citizen.has_no_use_for(act):
                    return
                time.sleep(0.1)
    finally:
        shopper.close()
