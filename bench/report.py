"""The table on the screen and the same in JSON, with what is needed to compare two runs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.registry import Figure
from config import ROOT

LAST = ROOT / "bench" / "last.json"


def machine() -> dict[str, object]:
    """What the figures were taken on; `load` is the machine's own average of the last minute."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return {
        "processor": model, "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(), "system": platform.platform(), "commit": _commit(),
    }  # fmt: skip


def _commit() -> str:
    try:
        words = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
        return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def print_table(figures: list[Figure], skipped: dict[str, str], machine: dict[str, object], seed: int) -> None:
    lines = [("goal", "what", "measured", "limit", "", "")]
    lines += [
        (
            one.goal or "–", one.what, _amount(one.value, one.unit),
            _limit(one),
            "" if not _limit(one) else "ok" if one.is_good else "NOT",
            "; ".join(filter(None, (one.note, _spread(one)))),
        )
        for one in figures
    ]  # fmt: skip
    widths = [max(len(line[place]) for line in lines) for place in range(5)]
    for line in lines:
        goal, what, measured, limit, verdict, note = line
        print(
            f"{goal:>{widths[0]}}  {what:<{widths[1]}}  {measured:>{widths[2]}}  {limit:>{widths[3]}}  "
            f"{verdict:<{widths[4]}}  {note}".rstrip()
        )
    for name, words in skipped.items():
        print(f"not measured: {name}: {words}")
    print(
        f"seed {seed}; {machine['cores']} × {machine['processor']}, load {machine['load']}, "
        f"Python {machine['python']}, {machine['commit']}"
    )


def _limit(one: Figure) -> str:
    signs = (("≤", one.at_most), ("≥", one.at_least))
    return " ".join(f"{sign} {_amount(limit, one.unit)}" for sign, limit in signs if limit is not None)


def _amount(value: float, unit: str) -> str:
    digits = 0 if float(value).is_integer() else 3 if unit == "×" else 2 if abs(value) < 10 else 1
    return f"{value:.{digits}f} {unit}".rstrip()


def _spread(one: Figure) -> str:
    return f"{min(one.spread):.2f} to {max(one.spread):.2f} in {len(one.spread)} tries" if one.spread else ""


def write_json(
    figures: list[Figure], skipped: dict[str, str], machine: dict[str, object], seed: int, path: Path = LAST
) -> None:
    content = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "seed": seed, "machine": machine,
        "figures": [{**asdict(one), "is_good": one.is_good} for one in figures], "not_measured": skipped,
    }  # fmt: skip
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")
