"""`make prove-crash`: nobody is charged twice and nothing told is lost, whatever dies, wherever it stands.

    python -m tests.money.crash --seed 1 --kills 500 --restarts 50 --lost 1000

SQLite and PostgreSQL run beside each other; then the same storm with a protection taken away, which must fail.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from config import ROOT
from tests.money.crash.figures import Figures, say, show_findings
from tests.money.crash.numbered import Numbered
from tests.money.crash.plants import PLANTS
from tests.money.crash.storm import Season, Size
from tests.money.crash.world import World

KINDS = ("sqlite", "postgresql")
MOST_PLANTED_SEASONS = 4


@dataclass(frozen=True)
class Quota:
    """What one database must have lived through before its storm may end."""

    kills: int
    restarts: int
    lost: int

    def is_met(self, storm: Figures, kind: str) -> bool:
        restarts = storm.counts["database restarts"] if kind == "postgresql" else self.restarts
        return storm.killed >= self.kills and storm.lost >= self.lost and restarts >= self.restarts


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.money.crash", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=500, help="SIGKILLs in the storms, over both databases")
    parser.add_argument("--restarts", type=int, default=50, help="of PostgreSQL, with -m immediate")
    parser.add_argument("--lost", type=int, default=1000, help="answers of Stripe, over both databases")
    parser.add_argument("--stride", type=int, default=1, help="kill at every n-th numbered step; 0: none")
    parser.add_argument("--people", type=int, default=24, help="a season")
    parser.add_argument("--minutes", type=float, default=55, help="no new season begins after these")
    parser.add_argument("--database", choices=(*KINDS, "both"), default="both")
    parser.add_argument("--plant", choices=(*PLANTS, "all", "none"), default="all")
    parser.add_argument("--keep", type=Path, help="where to leave logs and databases of a run that found something")
    parser.add_argument("--report", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def prove(kind: str, given: argparse.Namespace, until: float) -> Figures:
    """Every numbered step, then storms until the quota is met, on one database."""
    share = 1 if given.database != "both" else 2
    quota = Quota(given.kills // share, given.restarts, given.lost // share)
    figures, storm = Figures(), Figures()
    world = World(kind, seed=given.seed)
    try:
        if given.stride:
            steps = Numbered(world, stride=given.stride).run()
            say(f"[{kind}] {steps.killed} numbered steps, {len(steps.findings)} findings")
            show_findings(steps.findings)
            figures += steps
        seed = given.seed
        while not quota.is_met(storm, kind) and time.monotonic() < until:
            season = Season(world, seed, Size(people=given.people)).run()
            storm += season
            say(
                f"[{kind}] season {seed}: {season.killed} kills, {season.counts['database restarts']} restarts, "
                f"{season.lost} lost answers, {season.counts['charges']} charges, {len(season.findings)} findings"
            )
            show_findings(season.findings)
            if season.findings and given.keep:
                world.leave_at(given.keep / f"{kind}-{seed}")
            seed += 1
        if not quota.is_met(storm, kind):
            storm.findings.append(f"{kind}: the time was over before the quota was met")
    finally:
        world.close()
    figures += storm
    return figures


def both(given: argparse.Namespace) -> Figures:
    """Two processes, one a core."""
    whole = Figures()
    with tempfile.TemporaryDirectory(prefix="graine-crash-") as folder:
        reports = {kind: Path(folder) / f"{kind}.json" for kind in KINDS}
        shares = {"kills": given.kills // 2, "restarts": given.restarts, "lost": given.lost // 2}
        same = {name: getattr(given, name) for name in ("seed", "stride", "people", "minutes")}
        runs = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.money.crash", "--database", kind, "--plant", "none",
                 "--report", str(report), *(["--keep", str(given.keep)] if given.keep else []),
                 *(word for name, value in (shares | same).items() for word in (f"--{name}", str(value)))],
                cwd=ROOT,
            )
            for kind, report in reports.items()
        ]  # fmt: skip
        for kind, run in zip(KINDS, runs, strict=True):
            run.wait()
            if reports[kind].exists():
                whole += Figures.from_json(reports[kind].read_text("utf-8"))
            else:
                whole.findings.append(f"{kind}: the run itself ended with {run.returncode}")
    return whole


def planted(name: str, given: argparse.Namespace) -> bool:
    """The same storm without a protection: True when it is found out."""
    world = World("sqlite", plant=name, seed=given.seed)
    try:
        for seed in range(given.seed, given.seed + MOST_PLANTED_SEASONS):
            found = Season(world, seed, Size(people=given.people)).run().findings
            if found:
                say(f"planted « {name} »: found in season {seed}, {len(found)} findings")
                show_findings(found)
                return True
    finally:
        world.close()
    say(f"planted « {name} »: NOT FOUND in {MOST_PLANTED_SEASONS} seasons")
    return False


def main() -> int:
    given = options()
    started = time.monotonic()
    until = started + given.minutes * 60
    figures = both(given) if given.database == "both" else prove(given.database, given, until)
    if given.report:
        given.report.write_text(figures.as_json(), "utf-8")
        return 1 if figures.findings else 0
    names = {"all": list(PLANTS), "none": []}.get(given.plant, [given.plant])
    are_found = [planted(name, given) for name in names]
    say(f"\nSeed {given.seed}, {given.database}:")
    for line in figures.lines():
        say(line)
    show_findings(figures.findings)
    if names:
        say(f"  {'planted bugs found':<28}{sum(are_found):>7} of {len(names)}")
    say(f"  {'duration':<28}{time.monotonic() - started:>7.0f} s")
    return 1 if figures.findings or not all(are_found) else 0


if __name__ == "__main__":
    sys.exit(main())
