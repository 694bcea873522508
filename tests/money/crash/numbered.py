"""Every step of every job and of every request that counts, one death each; the end must be the undisturbed one.

A death that leaves the same trace as one whose end was looked at, with the same things known to the person, ends alike:
between two commits, calls or mails the statements of a transaction leave nothing behind. It is counted, and not
brought to its end once more.
"""

from __future__ import annotations

import copy

from app.campaigns.rules import FundingKind
from tests.money.crash.affairs import Affairs
from tests.money.crash.citizens import Citizen
from tests.money.crash.ends import End, difference, end_of
from tests.money.crash.figures import Figures, say
from tests.money.crash.finish import finish
from tests.money.crash.stories import Story
from tests.money.crash.traces import trace_of
from tests.money.crash.world import KILLED, World
from tests.support.scene import ALWAYS_3DS, FAILS_LATER

DULL = {"beat"}  # jobs that end as they begin
COUNTS_ONLY = {"drop-in sessions"}  # what they say is a number, and any number is the same work
MOST_TRIES = 6


class Numbered:
    """`stride` 1: every step; 5: every fifth, and those right after an answer of Stripe.

    `only`: the jobs and acts to kill; none: all of them.
    """

    def __init__(self, world: World, *, stride: int = 1, only: frozenset[str] = frozenset()):
        self.world, self.stride, self.only = world, stride, only
        self.figures = Figures()
        self.seen: set[tuple[str, str]] = set()
        self.rested: set[str] = set()  # what was left behind by deaths of this job or act whose end was looked at
        self._people = 0
        self._is_kept = False  # « before » is how things stand: nothing was said since

    # -- the film ------------------------------------------------------------------------------------

    def run(self) -> Figures:
        """From the first promise to the last transfer, with a promise for each way to end."""
        for part in (self.before_the_end, self.after_the_end, self.gifts, self.money_goes_back):
            part()
            say(f"[{self.world.kind}] {part.__name__}: {self.figures.killed} numbered steps so far")
        return self.figures

    def before_the_end(self) -> None:
        """What a contributor may do while the campaign is live."""
        slug = self._new_campaign()
        first = self._person(slug)
        self.act(first, "promise")
        self.act(first, "give")
        for act in ("withdraw", "lower", "other_card"):
            one = self._person(slug)
            self.quietly(one, "give")
            self.act(one, act)
        self.ring(rounds=2)

    def after_the_end(self) -> None:
        """Verdict, collection, repair, the end of its window, transfers."""
        world = self.world
        slug = self._new_campaign()
        missed = world.scene.campaign(goal_cents=400_000_00, stock=None)
        cards = {"": "", "confirm": ALWAYS_3DS, "new_card": FAILS_LATER, "give_up": FAILS_LATER, "silent": FAILS_LATER}
        people = {act: self._person(slug, card, cents=60_00) for act, card in cards.items()}
        for one in (*people.values(), self._person(missed)):
            self.quietly(one, "give")
        world.job(rounds=3)
        world.scene.travel_to(world.scene.row(slug).closes_at)
        self.ring(rounds=4)
        for act in ("confirm", "new_card", "give_up"):
            self.act(people[act], act)
        for _ in range(3):
            self.ring(rounds=2)
            world.jump(days=3)
        self.ring(rounds=2)
        world.jump(days=3)
        world.let_pay_out()
        self.ring(rounds=3)
        self.figures.findings += finish(world)

    def gifts(self) -> None:
        """A campaign that charges at once: given, given and taken back, and the end."""
        slug = self._new_campaign(FundingKind.FLEXIBLE)
        self.act(self._person(slug, cents=60_00), "give")
        undecided = self._person(slug)
        self.quietly(undecided, "give")
        self.act(undecided, "take_back")
        self.ring(rounds=2)
        self.world.scene.travel_to(self.world.scene.row(slug).closes_at)
        self.ring(rounds=3)

    def money_goes_back(self) -> None:
        """A refund before and after the transfer, a contest that is lost, a campaign called off."""
        world = self.world
        slug = self._new_campaign()
        off = world.scene.campaign(stock=None)
        for place in (slug, slug, slug, off, off):
            self.quietly(self._person(place, cents=60_00), "give")
        world.scene.travel_to(world.scene.row(slug).closes_at)
        world.job(rounds=4)
        affairs = Affairs(world)
        affairs.refund(affairs.paid(slug)[0], in_part=True)
        affairs.cancel(off)
        self.ring(rounds=2)
        world.jump(days=8)
        world.let_pay_out()
        world.job(rounds=4)
        refunded, contested = affairs.paid(slug)[:2]
        affairs.refund(refunded)
        self.ring(rounds=3)
        affairs.contest(contested, ends="lost")
        self.ring(rounds=2)
        affairs.at_last()
        self.ring(rounds=3)

    def collection(self) -> None:
        """Only this: two promises are collected."""
        slug = self._new_campaign()
        for _ in range(2):
            self.quietly(self._person(slug, cents=60_00), "give")
        self.world.job(rounds=3)
        self.world.scene.travel_to(self.world.scene.row(slug).closes_at)
        self.ring(rounds=2)

    def _new_campaign(self, kind: FundingKind = FundingKind.ALL_OR_NOTHING) -> str:
        self.world.renew()
        slug: str = self.world.scene.campaign(goal_cents=100_00, fee_bps=500, stock=None, kind=kind)
        self.world.job(rounds=3)
        return slug

    def _person(self, slug: str, card: str = "", cents: int = 0) -> Citizen:
        self._people += 1
        story = Story("numbered", card=card) if card else Story("numbered")
        one = Citizen(self.world.url, self.world.fake.url, slug, story, self._people)
        one.cents = cents or one.cents
        return one

    # -- jobs ----------------------------------------------------------------------------------------

    def ring(self, *, rounds: int = 1) -> None:
        """Each bell in turn; one that has something to do is also killed at each of its steps."""
        self._is_kept = False
        for _ in range(rounds):
            for bell in self.world.app.extensions["jobs"]:
                self._ring_one(bell.name)

    def _ring_one(self, name: str) -> None:
        world = self.world
        is_wanted = name not in DULL and (not self.only or name in self.only)
        if is_wanted and not self._is_kept:
            world.keep("before")
            self._is_kept = True
        undisturbed = world.job(name)
        steps, words = world.board["steps_job"], undisturbed.said[0][name]
        if not is_wanted or not words:
            return
        self._is_kept = False
        work = (name, "" if name in COUNTS_ONLY else words)
        if work in self.seen:
            return
        self.seen.add(work)
        world.keep("after")
        expected = self._end(name)
        self.rested.clear()
        for step in sorted({*range(1, steps + 1, self.stride), *undisturbed.answers}):
            world.bring_back("before")
            if world.job(name, burns_at=step).status == KILLED and not self._is_known("job", trace_of(world)):
                self._compare(f"{name} ({words})", step, steps, expected, also=name)
        world.bring_back("after")

    # -- requests ------------------------------------------------------------------------------------

    def act(self, citizen: Citizen, act: str) -> None:
        """An act of a person on our pages: the web process dies at each step; they try again."""
        world = self.world
        if self.only and act not in self.only:
            self.quietly(citizen, act)
            return
        world.keep("before")
        as_before = copy.deepcopy(citizen)
        self.quietly(citizen, act)
        steps = world.board["steps_web"]
        world.keep("after")
        expected = self._end()
        self.rested.clear()
        for step in range(1, steps + 1, self.stride):
            world.bring_back("before")
            twin = copy.deepcopy(as_before)
            is_done = self._try(twin, act, burns_at=step)
            if self._has_died() and not self._is_known("web", f"{is_done} {twin.knows()} {trace_of(world)}"):
                if not is_done and not self._again(twin, act):
                    self.figures.findings.append(f"{act} killed at step {step} of {steps} can never be done again")
                self._compare(act, step, steps, expected)
            twin.close()
        world.bring_back("after")
        as_before.close()

    def quietly(self, citizen: Citizen, act: str) -> None:
        assert self._try(citizen, act), f"{act} fails in the calm: {citizen.memory} {self.world.words}"
        self.world.stop("web")

    def _try(self, citizen: Citizen, act: str, *, burns_at: int = 0) -> bool:
        self.world.start("web", burns_at=burns_at)
        self.world.wait_for_web()
        return citizen.act(act)

    def _again(self, citizen: Citizen, act: str) -> bool:
        """A new process; between two tries the worker goes on with what was begun."""
        for _ in range(MOST_TRIES):
            if self._try(citizen, act):
                self.world.stop("web")
                return True
            self.figures.findings += finish(self.world)
        return False

    def _has_died(self) -> bool:
        """Whether the web process burnt; it is gone afterwards in any case."""
        burnt = self.world.pids.get("web", 0) in self.world.family.ended()
        self.world.stop("web")
        return burnt

    # -- the end -------------------------------------------------------------------------------------

    def _is_known(self, who: str, left: str) -> bool:
        """Whether a death has left this behind before: it is counted in any case."""
        self.figures.kills[f"{who} at each step"] += 1
        is_known = left in self.rested
        self.rested.add(left)
        self.figures.counts["deaths brought to their end"] += not is_known
        return is_known

    def _compare(self, what: str, step: int, steps: int, expected: End, also: str = "") -> None:
        where = f"{what} killed at step {step} of {steps}"
        self.figures.findings += [f"{where}: {words}" for words in finish(self.world, also=also)]
        if words := difference(expected, end_of(self.world)):
            self.figures.findings.append(f"{where} ends otherwise: {words}")

    def _end(self, also: str = "") -> End:
        self.figures.findings += finish(self.world, also=also)
        return end_of(self.world)
