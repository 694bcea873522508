"""The figures of the last whole run of `make prove-money`, those of the README: dated, with the commit it ran on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

RESULT = Path(__file__).parent / "data" / "money_proof.json"


@dataclass(frozen=True)
class Proof:
    """One run, all in counts. `deaths`: programs stopped in the middle of a step; `planted`: bugs put in on purpose;
    `orders`, `deliveries`: of notifications; `promises_due`: of the large run, and what was charged of them;
    `mended_since`: faults that this run showed, mended after it; the two last say what was not run whole."""

    ran_on: date
    commit: str
    seed: int
    steps: int
    examples: int
    calls: int
    deaths: int
    second_workers: int
    findings: int
    planted: int
    planted_found: int
    orders: int
    deliveries: int
    promises_due: int
    charged: int
    charged_twice: int
    restores: int
    restores_charged_twice: int
    faults_with_a_test: int
    faults: int
    mended_since: int
    is_repeated_since: bool
    has_whole_crash_run: bool


def read(text: str) -> Proof:
    """Errors: ValueError, KeyError, TypeError on a file of another form."""
    found: dict[str, Any] = json.loads(text)
    found["ran_on"] = date.fromisoformat(found["ran_on"])
    return Proof(**found)


@lru_cache(maxsize=1)
def last_run(path: Path | None = None) -> Proof | None:
    """The figures delivered with this version; None when there are none."""
    path = path or RESULT
    return read(path.read_text("utf-8")) if path.exists() else None
