"""The machine: all rules, the invariants after each step, and the calm at the end of each example."""

from __future__ import annotations

import sqlite3
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant

from tests.money.machine.audit import Audit
from tests.money.machine.base import FIGURES, FOUND, noted
from tests.money.machine.books import Books
from tests.money.machine.calm import come_to_rest
from tests.money.machine.invariants import ALWAYS
from tests.money.machine.invariants_money import MONEY
from tests.money.machine.memory import Memory, effects
from tests.money.machine.rules_back import GivingBack
from tests.money.machine.rules_chaos import Chaos
from tests.money.machine.rules_charging import Charging
from tests.money.machine.rules_giving import Giving
from tests.money.machine.rules_holder import Holding


class Money(Giving, Charging, GivingBack, Holding, Chaos):
    """One example. Its world is put back by the first rule."""

    def __init__(self) -> None:
        super().__init__()
        self.audit, self.memory = Audit(), Memory()
        self.file: sqlite3.Connection | None = None

    @initialize(
        moment=st.sampled_from(["rich", "repairing", "waiting", "blank"]),
        first=st.sampled_from(["collection", "operations", "transfers"]),
        when=st.sampled_from(["before", "after"]),
        late=st.booleans(),
        minutes=st.sampled_from([0, 1, 30]),
    )
    def begin(self, moment: str, first: str, when: str, late: bool, minutes: int) -> None:
        self.world.begin(moment)
        path = self.world.database.url.removeprefix("sqlite:///")
        self.file = sqlite3.connect(path, isolation_level=None)
        self.audit.read(self.books(), is_new=False)
        FIGURES["examples"] += 1
        if moment == "waiting":
            self.two_at_once(first, first, when=when, late=late)
        elif moment == "blank" and minutes:
            self.around_the_end(0, 25_00, minutes)

    def books(self) -> Books:
        assert self.file is not None
        return Books(self.file, self.world.fake.control("state"))

    def sums(self) -> list[Any]:
        assert self.file is not None
        return self.file.execute(
            "SELECT account, SUM(amount_cents) FROM ledger_entries GROUP BY 1 ORDER BY 1"
        ).fetchall()

    def acknowledge(self, pledge_id: int, what: str, value: object) -> None:
        self.memory.keep(pledge_id, what, value)

    def acknowledge_event(self, event_id: str) -> None:
        self.memory.events.add(event_id)

    def fuse_free(self) -> None:
        """Shortcuts are no business of the process that dies."""
        self.world.fuse.reset()

    @invariant()
    def all_is_true(self) -> None:
        if self.file is None:
            return
        FIGURES["steps"] += 1
        with noted():
            self.check(self.books())

    def check(self, books: Books) -> None:
        found = [words for check in (*ALWAYS, *MONEY) for words in check(books)]
        found += self.memory.check(books)
        found += effects(books)
        found += self.audit.read(books)
        found += [f"I20: two workers at once: {name}" for name in self.world.wire.twice]
        assert not found, " | ".join(found[:4])

    def teardown(self) -> None:
        if self.file is None:
            return
        try:
            if not FOUND:
                with noted():
                    come_to_rest(self)
        finally:
            self.file.close()
            self.file = None
