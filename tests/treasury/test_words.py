"""Every kind of task that any room opens has its own words at the desk."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from app.treasury.words import TASK_WORDS
from config import ROOT

OPENERS = {"open_task", "strange", "_ask"}


def kinds_opened_in(path: Path) -> Iterator[str]:
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            kind = first.value if isinstance(first, ast.Constant) else getattr(module, getattr(first, "id", ""), None)
            if name in OPENERS and isinstance(kind, str):
                yield kind


def test_no_task_is_called_something_to_look_at() -> None:
    files = [
        path
        for path in (ROOT / "app").rglob("*.py")
        if "tasks" in path.read_text("utf-8") or "alarms" in path.read_text("utf-8")
    ]
    opened = {kind for path in files for kind in kinds_opened_in(path)}
    assert {"lost_promise", "books_differ", "strange_intent", "unknown_transfer", "overdue_transfer"} <= opened
    assert opened - set(TASK_WORDS) == set()
