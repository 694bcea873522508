"""The money proof: many steps without a finding, and every planted bug found. `python -m tests.money.machine.run`

Each process has its own Stripes and database. A planted bug is a patch applied to a copy of the tree, played there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import ROOT
from tests.support.places import quick_folder

PATCHES = ROOT / "tests" / "money" / "planted"
NEEDED = (
    "app",
    "fake_stripe",
    "tests",
    "migrations",
    "templates",
    "translations",
    "static",
    "dev",
    "config.py",
    "wsgi.py",
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", "*.sqlite*", "planted", "browser")
HUNT_STEPS, HUNT_SECONDS = 12_000, 900
INVARIANTS = "I1 to I20, I24, I25, I26"


@dataclass(frozen=True)
class Plant:
    """One bug: what it does in words, and the functions that it is in."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def head(self) -> list[str]:
        return self.path.read_text("utf-8").splitlines()[:2]

    @property
    def functions(self) -> str:
        return self.head[1].removeprefix("Functions: ")


def plants(only: str = "") -> list[Plant]:
    found = [Plant(path) for path in sorted(PATCHES.glob("*.patch"))]
    wanted = only.split(",") if only else []
    return [one for one in found if not wanted or one.name[:2] in wanted]


def play(folder: Path, **options: object) -> dict[str, Any]:
    """One process in a tree; its JSON line, or what it died of."""
    command = [sys.executable, "-m", "tests.money.machine.play"]
    command += [part for name, value in options.items() for part in (f"--{name}", str(value))]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    lines = ended.stdout.strip().splitlines()
    if not lines or not lines[-1].startswith("{"):
        return {"found": [f"it ended with {ended.returncode}: {ended.stderr[-600:]}"], "steps": 0, "seconds": 0}
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def hunt(plant: Plant, seed: int) -> dict[str, Any]:
    """Play the tree with this bug until it is found. `found` empty: it was not; `error`: it could not be planted.

    `seed`: of a process that has just found nothing in the tree as it is, so that what is found is the bug.
    """
    folder = quick_folder()
    try:
        for name in NEEDED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=LEFT_OUT)
            else:
                shutil.copy(source, folder / name)
        applied = subprocess.run(
            ["patch", "-p1", "--forward", "--batch", "-i", str(plant.path)],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if applied.returncode:
            return {"found": [], "error": f"does not apply any more: {applied.stdout[-200:]}", "steps": 0, "seconds": 0}
        return play(folder, steps=HUNT_STEPS, seconds=HUNT_SECONDS, seed=seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.money.machine.run", description=__doc__)
    parser.add_argument("--steps", type=int, default=120_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="numbers of planted bugs, e.g. 01,07; none: no bug is planted")
    given = parser.parse_args()
    has_passed = True
    with ThreadPoolExecutor(given.processes) as pool:
        if given.steps:
            has_passed = _long_run(pool, given.steps, given.processes, given.seed)
        if given.only != "none":
            has_passed = _planted(pool, plants(given.only), given.seed) and has_passed
    return 0 if has_passed else 1


def _long_run(pool: ThreadPoolExecutor, steps: int, processes: int, seed: int) -> bool:
    started = time.monotonic()
    share = -(-steps // processes)
    runs = list(pool.map(lambda n: play(ROOT, steps=share, seed=_seed_of(seed, n)), range(processes)))
    total = {name: sum(int(run.get(name, 0)) for run in runs) for name in ("steps", "examples", "rests", "calls")}
    total |= {
        name: sum(int(run.get(name, 0)) for run in runs)
        for name in ("crashes laid", "second workers", "batches cut short")
    }
    findings = [run for run in runs if run["found"]]
    _say(
        f"seed {seed}: {total['steps']} steps in {total['examples']} examples ({total['rests']} brought to rest), "
        f"{total['calls']} calls to Stripe, {total['crashes laid']} deaths laid, {total['second workers']} second "
        f"workers, {total['batches cut short']} batches cut short, {round(time.monotonic() - started)} s on "
        f"{processes} processes; {INVARIANTS}: "
        f"{len(findings)} findings"
    )
    for run in findings:
        _say("\n".join([*run["found"], *run.get("story", [])]))
    return not findings and total["steps"] >= steps


def _seed_of(seed: int, process: int) -> int:
    return seed * 10 + process


def _planted(pool: ThreadPoolExecutor, chosen: list[Plant], seed: int) -> bool:
    started, caught = time.monotonic(), 0
    _say(f"{'planted bug':<42} {'in':<52} {'found by':<28} {'steps':>6} {'s':>5}")
    for plant, said in zip(chosen, pool.map(lambda one: hunt(one, _seed_of(seed, 0)), chosen), strict=True):
        caught += bool(said["found"])
        found = said["found"][0] if said["found"] else said.get("error", "NOT FOUND")
        by = found.removeprefix("AssertionError: ")
        _say(f"{plant.name:<42} {plant.functions:<52} {by[:60]:<28} {said.get('steps', 0):>6} {said['seconds']:>5}")
    _say(f"{len(chosen)} bugs planted, {caught} found, {round(time.monotonic() - started)} s")
    return caught == len(chosen)


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201  (its product)


if __name__ == "__main__":
    sys.exit(main())
