"""`make test`: everything this machine can test, then in words what it could not and how to change that.

REQUIRE_ALL=1 (set by .ci/run) makes anything left out a failure. PYTEST_ARGS is passed on to pytest.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dev.launch.instance import ROOT
from tests.a11y import nu
from tests.money import cases
from tests.support import browser, postgres

NOTHING_COLLECTED = 5
WORKERS = "2"
# A connection that a test's thread left to the garbage collector is told by the driver at a random later
# test, which then fails for nothing. The product's own connections live in pools and are not meant.
LEFT_BY_A_TEST = "ignore:<psycopg.Connection object:ResourceWarning"


@dataclass
class Total:
    """Counts over all suites; `left_out`: sentences on what did not run."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def add(self, report: Path) -> None:
        """Read one pytest report (JUnit's XML)."""
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            ran, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            self.passed += ran - skipped - failed
            self.failed += failed
            self.skipped += skipped


class Runner:
    def __init__(self, folder: Path):
        self.folder, self.total = folder, Total()
        self.notes = folder / "notes"

    def sqlite(self) -> None:
        """The whole suite on the database that needs no server."""
        self.notes.mkdir()
        self._pytest("SQLite", "not browser", TEST_DATABASE="sqlite", NOTE_STATEMENTS=str(self.notes))

    def postgresql(self) -> None:
        """So many of them on PostgreSQL that it hears every statement (tests/support/again.py); alone, more."""
        if postgres.find_binaries() is None:
            self.total.left_out.append(
                f"PostgreSQL: no server programs on this machine. To run the suite on it too: {postgres.HOW_TO_INSTALL}"
            )
            return
        try:
            cluster = postgres.start_cluster()
        except RuntimeError as error:
            self.total.left_out.append(f"PostgreSQL: {error}")
            return
        try:
            noted = str(self.notes) if self.notes.is_dir() else ""
            self._pytest("PostgreSQL", "not browser and not machine", TEST_DATABASE=cluster.url, NOTED_STATEMENTS=noted)
        finally:
            cluster.stop()

    def browser(self) -> None:
        """The journeys in Chromium."""
        found = browser.find_chromium()
        if found is None:
            self.total.left_out.append(f"Browser: no Chromium found. {browser.HOW_TO_INSTALL}")
            return
        if lacking := nu.missing():
            self.total.left_out.append(f"HTML checker: {lacking}")
        self._pytest("browser", "browser", once_more=True, TEST_DATABASE="sqlite", CHROMIUM=found)

    def _pytest(self, name: str, which: str, *, once_more: bool = False, **environment: str) -> None:
        report = self.folder / f"{name}.xml"
        print(f"\n== {name} ==", flush=True)
        started = time.monotonic()
        command = [
            sys.executable, "-W", "error", "-m", "pytest", "-W", "error", "-W", LEFT_BY_A_TEST, "-n", WORKERS,
            "--dist", "worksteal", "-rs", "-m", which, f"--junitxml={report}",
            *shlex.split(os.environ.get("PYTEST_ARGS", "")),
        ]  # fmt: skip
        ended = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False)
        if once_more and ended.returncode == 1:
            print("\nOnce more, those that failed: a whole platform and a browser may trip over a busy machine.")
            ended = subprocess.run([*command, "--lf"], cwd=ROOT, env={**os.environ, **environment}, check=False)
        print(f"({name}: {time.monotonic() - started:.0f} s)", flush=True)
        if report.exists():
            self.total.add(report)
        if ended.returncode == NOTHING_COLLECTED:
            self.total.left_out.append(f"{name}: there is no such test")
        elif ended.returncode:
            how = f" (killed by signal {-ended.returncode})" if ended.returncode < 0 else ""
            self.total.broken.append(name + how)


def verdict(total: Total, require_all: bool) -> int:
    """Print the end of the report; 0 when it is good."""
    print()
    if total.left_out:
        print("Not run:")
        for sentence in total.left_out:
            print(f"  - {sentence}")
    if total.skipped:
        print(f"Skipped inside the suites: {total.skipped} (the reasons are above).")
    if total.broken:
        print(f"Failed: {', '.join(total.broken)}")
    missing = require_all and bool(total.left_out or total.skipped)
    if missing:
        print("REQUIRE_ALL=1: what was left out counts as a failure.")
    if not total.left_out and not total.skipped and not total.broken:
        print("Nothing was left out.")
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.broken or total.failed or missing else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m dev.run_tests", description=__doc__)
    parser.add_argument("--only", choices=("sqlite", "postgresql", "browser"))
    only = parser.parse_args().only
    with tempfile.TemporaryDirectory(prefix="graine-tests-") as folder:
        runner = Runner(Path(folder))
        suites: dict[str, Callable[[], None]] = {
            "sqlite": runner.sqlite,
            "postgresql": runner.postgresql,
            "browser": runner.browser,
        }
        for name, run in suites.items():
            if only in (None, name):
                run()
    print(f"\n{cases.sentence()}")
    return verdict(runner.total, os.environ.get("REQUIRE_ALL", "") not in {"", "0"})


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nInterrupted: no result.", file=sys.stderr)
        sys.exit(130)
