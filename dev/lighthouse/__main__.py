"""`make lighthouse`: home, catalogue, campaign and pledge on a phone, median of five, against the four scores promised.

`--gates`: once each, and only what does not move with the machine's load: weight, script, layout shift, accessibility.
Scores of performance move with whatever else the machine does: repeat before believing a miss.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench.client import Request, load
from bench.site import Site
from dev.lighthouse.audit import Audit, NotInstalled, audit, ready
from dev.lighthouse.verdict import GATES, PROMISES, Row, rows_of

TRIES = 5


def addresses(site: Site) -> dict[str, str]:
    campaign = f"/campagnes/{site.crowd.slug}"
    return {"accueil": "/", "catalogue": "/campagnes", "campagne": campaign, "contribuer": f"{campaign}/contribuer"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m dev.lighthouse", description=__doc__)
    parser.add_argument("--gates", action="store_true", help="once each, what CI asks for")
    parser.add_argument("--tries", type=int, default=0, help=f"default: {TRIES}, with --gates 1")
    asked = parser.parse_args()
    tries = asked.tries or (1 if asked.gates else TRIES)
    try:
        ready()
    except NotInstalled as lacking:
        print(lacking, file=sys.stderr)
        return 1
    seen: dict[str, list[Audit]] = {}
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        site = Site(Path(folder) / "site", seed=1)
        with site.serve() as web:
            for name, path in addresses(site).items():
                load(web.port, [Request(path)] * 5)
                seen[name] = [audit(web.url + path, Path(folder)) for _ in range(tries)]
                print(f"{name}: {tries} × {path}", file=sys.stderr, flush=True)
    rows = rows_of(seen, GATES if asked.gates else GATES | PROMISES)
    show(rows)
    for name, audits in seen.items():
        for words in sorted({words for one in audits for words in one.failed}):
            print(f"{name}: {words}")
    return 0 if all(row.is_good for row in rows) else 1


def show(rows: list[Row]) -> None:
    print(f"{'page':<12}{'measure':<22}{'value':>10}  {'limit':<10}")
    for row in rows:
        print(f"{row.page:<12}{row.measure:<22}{row.value:>10.4g}  {row.limit:<10}{'ok' if row.is_good else 'NOT'}")


if __name__ == "__main__":
    sys.exit(main())
