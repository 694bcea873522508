"""`python -m bench [measure…] [--whole] [--seed N]`: speed and size against the goals, as one table.

The platform measured is built for it in a temporary folder. Exit status 1 when a limit is missed.
Absolute seconds move with whatever else the machine does: repeat before believing a miss.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench import report
from bench.registry import CannotMeasure, Figure, Ground, all_measures


def main() -> int:
    measures = all_measures()
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="measure", help=", ".join(one.name for one in measures))
    parser.add_argument("--whole", action="store_true", help="also make run from nothing (minutes, needs a network)")
    parser.add_argument("--seed", type=int, default=1, help="of the invented data (default: 1)")
    asked = parser.parse_args()
    unknown = set(asked.names) - {one.name for one in measures}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    wanted = [
        one for one in measures if one.name in asked.names or (not asked.names and (asked.whole or not one.is_slow))
    ]
    figures: list[Figure] = []
    skipped: dict[str, str] = {}
    machine = report.machine()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        ground = Ground(Path(folder), asked.seed)
        for one in wanted:
            print(f"measuring: {one.name}…", file=sys.stderr)
            try:
                figures += one.run(ground)
            except CannotMeasure as reason:
                skipped[one.name] = str(reason)
    report.print_table(figures, skipped, machine, asked.seed)
    report.write_json(figures, skipped, machine, asked.seed)
    return 0 if all(one.is_good for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
