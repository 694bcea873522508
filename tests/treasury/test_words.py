"""Every kind of task that any room opens has its own words at the desk."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from app.settlement.models import RefundReason
from app.treasury.timeline_words import MAIL_WORDS
from app.treasury.words import REFUND_REASON_WORDS, TASK_WORDS
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


def occasions_posted_in(path: Path) -> Iterator[str]:
    """The first word of each occasion of a mail about a contribution."""
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"post", "_post_repair"}:
            said = next(word.value for word in node.keywords if word.arg == "occasion")
            first = said.values[0] if isinstance(said, ast.JoinedStr) else said
            if isinstance(first, ast.FormattedValue):
                yield getattr(module, getattr(first.value, "id", ""))
            elif isinstance(first, ast.Constant):
                yield str(first.value).split(":")[0]


def test_every_mail_about_a_contribution_has_its_words_in_the_story_and_no_words_are_left_over() -> None:
    files = [path for path in (ROOT / "app").rglob("*mails.py") if "def post(" in path.read_text("utf-8")
             or "from app.pledges.mails import post" in path.read_text("utf-8")]  # fmt: skip
    posted = {occasion for path in files if path.parent.name != "accounts" for occasion in occasions_posted_in(path)}
    assert posted == set(MAIL_WORDS)


def test_every_reason_of_a_refund_has_its_words() -> None:
    assert set(REFUND_REASON_WORDS) == set(RefundReason)
