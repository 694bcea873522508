"""`make prove-money`: every proof of the money path but the kills, one after the other, and a table at the end."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence

from config import ROOT


def proofs(seed: int, steps: int) -> list[tuple[str, list[str]]]:
    """What is proved, and the command that proves it."""
    return [
        (
            f"state machine, {steps} steps; planted bugs",
            ["tests.money.machine.run", f"--steps={steps}", f"--seed={seed}"],
        ),
        ("1 000 orders of notifications", ["tests.money.permutations", "--count=1000", f"--seed={seed}"]),
        ("1 000 buyers, 100 rewards", ["tests.money.rush", "--buyers=1000", "--rewards=100"]),
        ("10 000 promises due at once", ["tests.money.many", "--count=10000"]),
        ("20 restores", ["tests.upkeep.drills", "--count=20", f"--seed={seed}"]),
    ]


def run(command: Sequence[str]) -> tuple[int, float]:
    started = time.monotonic()
    ended = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False)
    return ended.returncode, time.monotonic() - started


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.money.prove", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=120_000)
    given = parser.parse_args()
    lines, has_passed = [], True
    for name, command in proofs(given.seed, given.steps):
        status, seconds = run(command)
        has_passed = has_passed and status == 0
        lines.append(f"{name:<48} {'holds' if status == 0 else 'DOES NOT HOLD':<14} {seconds:>7.0f} s")
    print("\n".join(["", f"seed {given.seed}", *lines]), flush=True)  # noqa: T201  (its product)
    return 0 if has_passed else 1


if __name__ == "__main__":
    sys.exit(main())
