"""Time, notifications in any order, harm on the way to Stripe, two workers at once, and death at any step."""

from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core import clock
from app.core.clock import PARIS
from app.core.database import db, transaction
from app.payments import inbox, poller
from app.payments.client import gateway
from app.payments.rules import EVENT_TYPES, notice
from app.pledges import services as pledges
from app.pledges.models import Pledge
from tests.money.machine.base import CENTS, FIGURES, HOW, INDEX, PATHS, Base

WORK = st.sampled_from(
    [
        "operations", "collection", "collection", "stuck charges", "events", "transfers", "refunds", "pending refunds",
        "drafts", "campaigns to close", "verdicts", "after verdicts", "overdue", "blocked transfers", "debts",
        "cancelled promises", "cancelled payments", "too little", "waiting money", "ends of flexible campaigns",
        "reminders", "gifts",
    ]
)  # fmt: skip


class Chaos(Base):
    @rule(name=WORK)
    def ring(self, name: str) -> None:
        with self.acting():
            self.world.ring(name)

    @rule()
    def work(self) -> None:
        with self.acting():
            self.world.ring_all()

    # -- notifications ---------------------------------------------------------------------------

    @rule()
    def hear_now(self) -> None:
        with self.acting():
            self.hear()

    def hear(self) -> None:
        poller.poll()
        self.world.ring("events")

    @rule(seed=st.integers(0, 9), lost=st.sampled_from([0.0, 0.3, 0.8]), between=st.one_of(st.none(), WORK))
    def webhook(self, seed: int, lost: float, between: str | None) -> None:
        """What has happened is told late, in any order, in parts, and again."""
        with self.acting():
            dice = random.Random(seed)
            happened = list(gateway().list_events(since=0, types=EVENT_TYPES))
            told = [one for one in happened if dice.random() >= lost] + [one for one in happened if dice.random() < 0.2]
            dice.shuffle(told)
            for number, event in enumerate(told):
                found = notice(event)
                if found is not None:
                    with transaction():
                        inbox.receive(found, source="webhook", at=clock.now())
                    self.acknowledge_event(found.event_id)
                if between is not None and number == len(told) // 2:
                    self.world.ring("events", between)
            self.world.ring("events")

    @rule()
    def told_again(self) -> None:
        """Every notification once more, as if none had been heard."""
        with self.acting():
            with transaction():
                db.session.execute(db.text("UPDATE stripe_events SET state = 'received', claimed_until = NULL"))
            self.world.ring("events")

    @rule()
    def silent_while_heard(self) -> None:
        """A bank contests; Stripe goes silent just when the notification is looked at: the bell must ring again."""
        with self.acting():
            self.contest_one()  # type: ignore[attr-defined]  # of the rules beside
            poller.poll()
            self.world.harm("/v1/*", "500", method="GET", times=0)
            self.world.ring("events")
        self.world.heal()

    # -- harm ------------------------------------------------------------------------------------

    @rule(stage=st.sampled_from(sorted(PATHS)), harm=HOW)
    def harm(self, stage: str, harm: str) -> None:
        """The next order of this kind, whenever it comes."""
        self.world.harm(PATHS[stage], harm)

    @rule()
    def heal(self) -> None:
        self.world.heal()

    @rule(steps=st.integers(1, 120))
    def crash_soon(self, steps: int) -> None:
        """Whatever comes next dies at this step; the process begins anew."""
        self.fuse_steps = steps

    @rule(name=WORK, steps=st.integers(1, 90))
    def crash_in_job(self, name: str, steps: int) -> None:
        self.fuse_steps = steps
        with self.acting():
            self.world.ring(name)
        with self.acting():
            self.world.ring(name)

    @rule(name=WORK, steps=st.integers(1, 60))
    def crash_then_wait(self, name: str, steps: int) -> None:
        """Dead for an hour: leases are over, whoever comes takes it up."""
        self.fuse_steps = steps
        with self.acting():
            self.world.ring(name)
        with self.acting():
            self.world.travel(hours=1)
            self.world.ring("operations", name)

    # -- two at once -----------------------------------------------------------------------------

    @rule(
        first=st.sampled_from(["collection", "operations", "transfers", "refunds"]), second=WORK,
        when=st.sampled_from(["before", "after"]), late=st.booleans(),
    )  # fmt: skip
    def second_worker(self, first: str, second: str, when: str, late: bool) -> None:
        self.two_at_once(first, second, when=when, late=late)

    def two_at_once(self, first: str, second: str, *, when: str, late: bool) -> None:
        """Another worker rings while this one waits for Stripe, perhaps for so long that its lease is over."""
        with self.acting():

            def other() -> None:
                if late:
                    self.world.travel(minutes=3)
                self.world.ring(second, "operations")
                FIGURES["second workers"] += 1

            self.during(when, other)
            self.world.ring(first)

    @rule(number=st.sampled_from([1, 2]), when=st.sampled_from(["before", "after"]), late=st.booleans())
    def two_workers_collect(self, number: int, when: str, late: bool) -> None:
        """Two workers come to the same promises on the day of the charge."""
        with self.acting():
            self.fuse_free()
            if self.town.is_live(number) and self.room() > 1:
                self.town.due(number, [100_00, 12_34])

            def other() -> None:
                if late:
                    self.world.travel(minutes=3)
                self.world.ring("operations", "collection", "stuck charges")
                FIGURES["second workers"] += 1

            self.during(when, other)
            self.world.ring("collection")

    @rule(index=INDEX, first=st.sampled_from(["collection", "after verdicts", "operations"]))
    def withdraws_meanwhile(self, index: int, first: str) -> None:
        with self.acting():
            pledge_id = self.pick(self.pledge_ids("authorised", "due"), index)
            if pledge_id is None:
                return

            def withdraw() -> None:
                with transaction():
                    pledges.withdraw(db.session.get_one(Pledge, pledge_id), at=clock.now())

            self.during("before", withdraw)
            self.world.ring(first)

    @rule(number=st.sampled_from([1, 2]), when=st.sampled_from(["before", "after"]), stops=st.booleans())
    def cancelled_meanwhile(self, number: int, when: str, stops: bool) -> None:
        """The campaign is cancelled while its promises are being charged."""
        with self.acting():
            self.fuse_free()
            if self.town.is_live(number) and self.room() > 0:
                self.town.due(number, [100_00])

            def cancel() -> None:
                self.cancel_now(number)  # type: ignore[attr-defined]  # of the rules beside
                if stops:
                    self.world.ring("cancelled promises")

            self.during(when, cancel)
            self.world.ring("collection")

    @rule(number=st.sampled_from([1, 2]), amounts=st.lists(CENTS, min_size=1, max_size=2))
    def cancelled_when_due(self, number: int, amounts: list[int]) -> None:
        """The worker comes late: what was due is no longer to be charged."""
        with self.acting():
            self.fuse_free()
            if self.town.is_live(number) and self.room() > len(amounts):
                self.town.due(number, [100_00, *amounts])
                self.cancel_now(number)  # type: ignore[attr-defined]  # of the rules beside
                self.world.ring("collection", "operations")

    # -- time ------------------------------------------------------------------------------------

    @rule(
        delta=st.sampled_from([{"minutes": 2}, {"minutes": 6}, {"hours": 1}, {"hours": 25}, {"days": 3}, {"days": 8}])
    )
    def advance(self, delta: dict[str, float]) -> None:
        """Time alone changes no sum (I24)."""
        before = self.sums()
        with self.acting():
            self.world.travel(**delta)
        assert self.sums() == before, "I24: time alone has moved money"

    @rule()
    def to_the_change_of_hours(self) -> None:
        """Just before the clocks change in Paris, then beyond."""
        with self.acting():
            now = clock.now()
            day = next(
                one for one in (now + timedelta(days=n) for n in range(1, 220))
                if one.astimezone(PARIS).utcoffset() != (one + timedelta(days=1)).astimezone(PARIS).utcoffset()
            )  # fmt: skip
            if day - now < timedelta(days=45):
                self.world.travel_to(day)
                self.world.travel(hours=26)

    @rule()
    def ninety_days(self) -> None:
        with self.acting():
            self.world.travel(days=90)
            self.world.ring("waiting money", "operations", "refunds")

    @rule(index=INDEX, cents=CENTS, minutes=st.sampled_from([-1, 1, 30, 70]))
    def promise_around_the_end(self, index: int, cents: int, minutes: int) -> None:
        self.around_the_end(index, cents, minutes)

    def around_the_end(self, index: int, cents: int, minutes: int) -> None:
        """The end of a running campaign passes while no worker runs; somebody still has the form open."""
        with self.acting():
            number = self.pick([one for one in self.town.ids if self.town.is_live(one)], index)
            if number is None or self.room() == 0:
                return
            closes_at = db.session.scalar(select(Campaign.closes_at).where(Campaign.id == self.town.ids[number]))
            db.session.rollback()
            assert closes_at is not None
            self.world.travel_to(closes_at + timedelta(minutes=minutes))
            self.town.promise(number, cents)
