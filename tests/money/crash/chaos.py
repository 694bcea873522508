"""Kills web, worker, fake Stripe and database at random instants and steps, and starts them again."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

from fake_stripe import shopper
from tests.money.crash.world import KILLED, World

BETWEEN_SECONDS = 0.8
LOOK_EVERY_SECONDS = 0.03
FUSE = {"web": (10, 900), "worker": (20, 1500), "second_worker": (20, 1500)}


class Chaos(threading.Thread):
    """Runs until `stop()`. `kills`: who was killed how often, and how. `mishaps`: who ended of their own."""

    def __init__(
        self, world: World, dice: random.Random, seats: tuple[str, ...], *, between_seconds: float = BETWEEN_SECONDS
    ):
        super().__init__(daemon=True)
        self.world, self.dice, self.seats = world, dice, seats
        self.kills: Counter[str] = Counter()
        self.restarts = 0
        self.between_seconds = between_seconds
        self.mishaps: list[str] = []
        self._over = threading.Event()

    def run(self) -> None:
        try:
            self._rage()
        except Exception as error:
            self.mishaps.append(f"the storm itself failed: {type(error).__name__}: {error}")
        finally:
            shopper.close()

    def _rage(self) -> None:
        next_blow = time.monotonic()
        while not self._over.wait(LOOK_EVERY_SECONDS):
            with self.world.lock:
                self._revive()
                if time.monotonic() >= next_blow:
                    self._strike()
                    next_blow = time.monotonic() + self.dice.expovariate(1 / self.between_seconds)

    def _revive(self) -> None:
        """Those whose fuse has burnt, and those who stand still since the clock was moved."""
        ended = self.world.family.ended()
        for seat, pid in list(self.world.pids.items()):
            if pid in ended:
                self._count(seat, ended[pid], "at a step")
                del self.world.pids[seat]
        for seat in self.seats:
            if seat not in self.world.pids:
                self.world.start(seat, burns_at=self.dice.randint(*FUSE[seat]))

    def _strike(self) -> None:
        # The database's end costs a second of everybody's life: rarer than the others.
        choices = [*self.seats, *self.seats, "fake"] + (["database"] if self.world.kind == "postgresql" else [])
        whom = self.dice.choice(choices)
        if whom == "database":
            self.world.restart_database()
            self.restarts += 1
        elif whom == "fake":
            self.world.fake.kill()
            self.kills["fake at an instant"] += 1
            self.world.fake.restart()
        else:
            self._count(whom, self.world.stop(whom), "at an instant")

    def _count(self, seat: str, status: int, how: str) -> None:
        if status == KILLED:
            self.kills[f"{seat.replace('_', ' ')} {how}"] += 1
        else:
            self.mishaps.append(f"{seat} ended by itself with {status}")

    def jumped(self, seats: list[str]) -> None:
        """The clock was moved: all of them were killed for it."""
        self.kills.update(f"{seat.replace('_', ' ')} at an instant" for seat in seats)

    def stop(self) -> None:
        """Nobody is alive afterwards."""
        self._over.set()
        self.join()
        self.jumped(self.world.stop_all())
