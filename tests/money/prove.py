"""`make prove-money`: every proof of the money path but the kills, in two lanes at once, and a table at the end."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from config import ROOT


@dataclass(frozen=True)
class Proof:
    """What is proved, and the module with its arguments that proves it."""

    name: str
    command: Sequence[str]


def lanes(seed: int, steps: int) -> tuple[list[Proof], list[Proof]]:
    """The first computes all the time; the second waits most of its time, for the pace at which Stripe may be asked."""
    machine = ["tests.money.machine.run", f"--steps={steps}", f"--seed={seed}"]
    return (
        [Proof(f"state machine, {steps} steps; planted bugs", machine)],
        [
            Proof("1 000 buyers, 100 rewards", ["tests.money.rush", "--buyers=1000", "--rewards=100"]),
            Proof("20 restores", ["tests.upkeep.drills", "--count=20", f"--seed={seed}"]),
            Proof(
                "10 000 promises due at once",
                ["tests.money.many", "--count=10000", "--per-second=10", "--restart-every=120"],
            ),
            Proof("1 000 orders of notifications", ["tests.money.permutations", "--count=1000", f"--seed={seed}"]),
        ],
    )


def run(lane: Sequence[Proof]) -> list[tuple[Proof, bool, float]]:
    """Each proof, whether it holds, and its seconds; what it says is printed whole when it ends."""
    ended = []
    for proof in lane:
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", *proof.command], cwd=ROOT, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        ended.append((proof, done.returncode == 0, time.monotonic() - started))
        _say(f"\n== {proof.name} ==\n{done.stdout}")
    return ended


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.money.prove", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=120_000)
    given = parser.parse_args()
    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        ended = [one for lane in pool.map(run, lanes(given.seed, given.steps)) for one in lane]
    _say(f"\nseed {given.seed}, {time.monotonic() - started:.0f} s in all")
    for proof, holds, seconds in ended:
        _say(f"{proof.name:<48} {'holds' if holds else 'DOES NOT HOLD':<14} {seconds:>7.0f} s")
    return 0 if all(holds for _proof, holds, _seconds in ended) else 1


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201  (its product)


if __name__ == "__main__":
    sys.exit(main())
