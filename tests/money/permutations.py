"""Notifications in any order, twice, or never: one end. `python -m tests.money.permutations --count 1000 --seed 1`

Each run starts from the same moment (database and Stripe are put back), delivers what has happened in an order of
its own through the webhook's door, and lets worker and visitors act in between.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from config import ROOT
from tests.money.bells import deliver, handle
from tests.money.moments import Moment
from tests.money.support import UNTIL_TRIED_AGAIN, ring
from tests.money.tale import EXPECTED, Tale, end_state, tell
from tests.support.databases import Database
from tests.support.scene import Scene

TWICE, LOST, LOOK, WORK, COME_BACK, POLL = 0.25, 0.15, 0.07, 0.04, 0.03, 0.02  # how often, of all events
BOOKS_EVERY = 25


@dataclass
class Figures:
    runs: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    ends: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        told = ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
        return f"{self.runs} orders of events, {told}: {len(self.ends)} end state(s)"


class Shuffler:
    """Plays one tale again and again, each time otherwise."""

    def __init__(self, scene: Scene, database: Database):
        self.scene, self.figures = scene, Figures()
        self.tale: Tale = tell(scene)
        self.moment = Moment(scene, database)
        deliver(scene, *self.tale.events)
        self.expected = self._end()
        states = {name: row[0] for name, row in self.expected["pledges"].items()}
        assert states == {name: str(state) for name, state in EXPECTED.items()}

    def play(self, seed: int) -> None:
        """One order; AssertionError names the seed and what came out otherwise."""
        dice = random.Random(seed)
        self.moment.back()
        for step, event in self._schedule(dice):
            self.figures.counts[step] += 1
            if event is not None:
                deliver(self.scene, event)
            else:
                self._act(step, dice)
        found = self._end()
        self.figures.runs += 1
        self.figures.ends.add(json.dumps(found, sort_keys=True, default=str))  # rows come in no order on PostgreSQL
        differences = {name: (found[name], self.expected[name]) for name in found if found[name] != self.expected[name]}
        assert not differences, f"seed {seed}: {differences}"
        if self.figures.runs % BOOKS_EVERY == 1:
            checked = self.scene.check()
            assert checked.exit_code == 0, f"seed {seed}: {checked.output}"

    def _schedule(self, dice: random.Random) -> list[tuple[str, dict[str, Any] | None]]:
        told = [event for event in self.tale.events if dice.random() >= LOST]
        while len(told) < 3 * len(self.tale.events) and dice.random() < 0.6:  # some of them many times
            told += [event for event in told if dice.random() < TWICE]
        dice.shuffle(told)
        steps: list[tuple[str, dict[str, Any] | None]] = []
        for event in told:
            steps.append(("deliveries", event))
            for name, often in (("looks", LOOK), ("rounds", WORK), ("visits", COME_BACK), ("polls", POLL)):
                if dice.random() < often:
                    steps.append((name, None))
        return steps

    def _act(self, step: str, dice: random.Random) -> None:
        if step == "looks":
            handle(self.scene)
        elif step == "rounds":
            ring(self.scene, "operations", "collection", "stuck charges")
        elif step == "polls":
            ring(self.scene, "poll")
        else:
            gift = self.tale.gifts[dice.choice(sorted(self.tale.gifts))]
            end = dice.choice(["", "/merci", "/retour", "/regler"])
            assert gift.client.get(gift.path(end)).status_code < 500

    def _end(self) -> dict[str, Any]:
        """What was lost is polled, what is due is done: the jobs of the worker that know of contributors' money."""
        for _ in range(2):
            self.scene.travel(minutes=UNTIL_TRIED_AGAIN)
            ring(self.scene, "poll", "events", "drafts", "operations", "collection", "stuck charges", "overdue")
        return end_state(self.tale)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.money.permutations", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    environment = {**os.environ, "PERMUTATIONS": f"{given.count},{given.seed}", "TEST_LOG_LEVEL": "CRITICAL"}
    command = [sys.executable, "-m", "pytest", "-n0", "-s", "-q", "tests/money/test_permutations.py"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
