"""Which tests run once more, on PostgreSQL: those that together say to it everything that all of them said to SQLite.

The SQLite run notes what each test sends (`Notes`), the PostgreSQL run chooses from these notes (`chosen`). Nothing is
kept from one `make test` to the next, so no list can be out of date. Decision 42 says what is given up.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

LIST = re.compile(r"\((?:\?(?:, )?)+\)")  # as many as there are values
ROWS = re.compile(r"VALUES \(\?…\)(?:, \(\?…\))*")
CASE = re.compile(r"::test_case_(\d\d)_")
A_FRESH_DATABASE = 0.1  # seconds, for each test


@dataclass(frozen=True)
class Note:
    """`statements`: their shapes; `is_crowd`: several threads spoke to the database, who may meet in it."""

    seconds: float
    statements: frozenset[str]
    is_crowd: bool


def shape(statement: str, *, locks: bool) -> str:
    """A statement without how many values it was given; on SQLite, which has no such words, with whether it locks."""
    listed = ROWS.sub("VALUES (?…)", LIST.sub("(?…)", statement))
    return f"{listed} FOR UPDATE" if locks else listed


class Notes:
    """A plugin of pytest that writes into a folder what each test said to the database."""

    def __init__(self, folder: Path, worker: str):
        self._path = folder / f"{worker}.jsonl"
        self._said: set[tuple[str, bool]] = set()
        self._threads: set[int] = set()
        event.listen(Engine, "after_cursor_execute", self._hear)

    def _hear(self, _connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
        asked = getattr(context.compiled, "statement", None)
        self._said.add((statement, getattr(asked, "_for_update_arg", None) is not None))
        self._threads.add(threading.get_ident())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._said.clear()
        self._threads.clear()
        began = time.monotonic()
        try:
            return (yield)
        finally:
            shapes = {shape(text, locks=locks) for text, locks in self._said}
            note = [item.nodeid, time.monotonic() - began, sorted(shapes), len(self._threads) > 1]
            with self._path.open("a") as file:
                file.write(json.dumps(note) + "\n")


def read(folder: Path) -> dict[str, Note]:
    """What the run before this one has noted, by the names of its tests."""
    lines = (json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines())
    return {name: Note(seconds, frozenset(said), is_crowd) for name, seconds, said, is_crowd in lines}


def chosen(names: Iterable[str], notes: Mapping[str, Note]) -> set[str]:
    """Of `names`: those without a note; the quickest of each function in which several speak at once, and of each
    numbered fault case of payments; then, until nothing is left unsaid, always the one that says most in its time."""
    known = {name: notes[name] for name in names if name in notes}
    taken = {name for name in names if name not in notes}
    groups: dict[str, list[str]] = {}
    for name, note in known.items():
        if note.is_crowd:
            groups.setdefault(name.partition("[")[0], []).append(name)
        if case := CASE.search(name):
            groups.setdefault(case[1], []).append(name)
    taken |= {min(group, key=lambda name: (known[name].seconds, name)) for group in groups.values()}
    said = frozenset[str]().union(*(known[name].statements for name in taken & known.keys()))
    unsaid = {name: note.statements - said for name, note in known.items()}
    while any(unsaid.values()):
        best = max(unsaid, key=lambda name: (len(unsaid[name]) / (known[name].seconds + A_FRESH_DATABASE), name))
        taken.add(best)
        said = unsaid[best]
        unsaid = {name: more for name, left in unsaid.items() if (more := left - said)}
    return taken
