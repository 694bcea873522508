"""One process of the proof: its own Stripes and database. `python -m tests.money.machine.play --steps 1000 --seed 1`

Prints one JSON line: figures, seconds, and the first thing that was not true.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import run_state_machine_as_test

from config import ROOT
from tests.money.machine.base import FIGURES, FOUND, use
from tests.money.machine.machine import Money
from tests.money.machine.moments import make_all
from tests.money.machine.sources import floats
from tests.money.machine.world import World

A_BATCH = 20  # examples
LENGTH = 70  # steps an example, at most


def play(world: World, *, steps: int, first_seed: int, seconds: float = 1e9) -> dict[str, Any]:
    """Examples until `steps` are done, the time is up or something is not true. Returns what is printed."""
    started = time.monotonic()
    FIGURES.clear()
    FOUND.clear()
    FOUND.extend(floats(ROOT))
    story: list[str] = []
    batch = 0
    while not FOUND and FIGURES["steps"] < steps and time.monotonic() - started < seconds:
        story = _batch(first_seed * 100_000 + batch, world)
        batch += 1
    return {
        "seed": first_seed, "seconds": round(time.monotonic() - started), "found": FOUND[:1], "story": story[-12:],
        **FIGURES, "calls": world.wire.calls,
    }  # fmt: skip


def _batch(number: int, world: World) -> list[str]:
    chosen = settings(
        max_examples=A_BATCH, stateful_step_count=LENGTH, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), print_blob=False, report_multiple_bugs=False, derandomize=False,
    )  # fmt: skip
    try:
        run_state_machine_as_test(seed(number)(type("Money", (Money,), {})), settings=chosen)
    except FlakyStrategyDefinition:
        # Real processes answered at another moment than in an example that began alike, so that there was more or
        # less to choose from. What was played was true all along, or FOUND would say otherwise.
        FIGURES["batches cut short"] += 1
    except Exception as error:
        if not FOUND:
            FOUND.append(f"{type(error).__name__}: {error}"[:600])
        return [line for line in getattr(error, "__notes__", []) if "all_is_true" not in line]
    return []


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.money.machine.play", description=__doc__)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1e9)
    given = parser.parse_args()
    world = World()
    try:
        use(world, make_all(world))
        said = play(world, steps=given.steps, first_seed=given.seed, seconds=given.seconds)
    except Exception as error:  # a bug so coarse that not even the moments can be made
        said = {"seed": given.seed, "seconds": 0, "found": [f"{type(error).__name__}: {error}"[:600]], "steps": 0}
    finally:
        world.close()
    print(json.dumps(said))  # noqa: T201  (its product)
    return 1 if said["found"] else 0


if __name__ == "__main__":
    sys.exit(main())
