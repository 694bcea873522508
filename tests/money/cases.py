"""Which of the numbered fault cases of the payment design have a test: `python -m tests.money.cases`

A test says by its name which case it is: `test_case_07_…`. Prints "58/58", or the numbers that have none.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ALL = range(1, 59)
NAME = re.compile(r"test_case_(\d\d)_\w+")


def counted() -> Counter[int]:
    """Case → how many test functions it has. Functions that pytest would not collect do not count."""
    found: Counter[int] = Counter()
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            named = NAME.fullmatch(node.name) if isinstance(node, ast.FunctionDef) else None
            if named and not _is_skipped(node):
                found[int(named[1])] += 1
    return found


def _is_skipped(node: ast.stmt) -> bool:
    marks = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return any("skip" in ast.unparse(mark) or "xfail" in ast.unparse(mark) for mark in marks)


def sentence() -> str:
    """For the end of a test run."""
    found = counted()
    strange = sorted(set(found) - set(ALL))
    missing = [number for number in ALL if not found[number]]
    words = f"Fault cases of payments with a test: {len(ALL) - len(missing)}/{len(ALL)}"
    if missing:
        words += f"; without: {', '.join(map(str, missing))}"
    if strange:
        words += f"; numbers that are none: {', '.join(map(str, strange))}"
    return words


if __name__ == "__main__":
    print(sentence())  # noqa: T201  (its product)
    sys.exit(0 if f"{len(ALL)}/{len(ALL)}" in sentence() else 1)
