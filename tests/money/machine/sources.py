"""I25, the part that no run can see: the modules that reckon money know no float and no division but the whole one."""

from __future__ import annotations

import ast
from pathlib import Path

MODULES = (
    "app/payments/ledger.py", "app/payments/seals.py", "app/pledges/rules.py", "app/pledges/services.py",
    "app/pledges/moves.py", "app/campaigns/totals.py",
)  # fmt: skip
PATTERNS = ("app/settlement/*rules.py", "app/settlement/*services.py", "app/settlement/*shares.py",
            "app/settlement/pricing.py", "app/settlement/refund_results.py")  # fmt: skip


def floats(root: Path) -> list[str]:
    """Places where cents could become something else than a whole number."""
    files = [root / name for name in MODULES] + [one for pattern in PATTERNS for one in sorted(root.glob(pattern))]
    return [f"I25: {path.relative_to(root)}:{line}" for path in files for line in _lines(path)]


def _lines(path: Path) -> list[int]:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        is_number = isinstance(node, ast.Constant) and isinstance(node.value, float)
        is_division = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        is_word = isinstance(node, ast.Name) and node.id in ("float", "round")
        if is_number or is_division or is_word:
            found.append(node.lineno)
    return found
