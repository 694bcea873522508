"""What the declaration of accessibility says was checked: the dated result of an automatic check, if there is one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

RESULT = Path(__file__).parent / "data" / "accessibility.json"


@dataclass(frozen=True)
class Fault:
    """`rule` of the tool « axe » or « html », its own sentence, and on how many of the pages it was seen."""

    tool: str
    rule: str
    sentence: str
    pages: int


@dataclass(frozen=True)
class Check:
    """One run. `opened`: addresses opened by somebody; `pages`: those among them that differ, the HTML of each checked;
    `in_browser`: how many of these were looked at in a browser; `is_whole`: opened by everybody who may, not each state
    of each template once. Versions as the tools give them."""

    checked_at: datetime
    is_whole: bool
    opened: int
    pages: int
    in_browser: int
    routes: int
    states: int
    people: int
    looks: tuple[str, ...]
    axe: str
    html_checker: str
    chromium: str
    faults: tuple[Fault, ...]

    @property
    def widths(self) -> list[str]:
        """In pixels, the narrowest first, each once."""
        return [str(width) for width in sorted({int(look.split()[0]) for look in self.looks})]

    @property
    def has_dark(self) -> bool:
        return any(look.endswith("dark") for look in self.looks)


def read(text: str) -> Check:
    """Errors: ValueError, KeyError, TypeError on a file of another form."""
    found: dict[str, Any] = json.loads(text)
    found["checked_at"] = datetime.fromisoformat(found["checked_at"])
    found["looks"] = tuple(found["looks"])
    found["faults"] = tuple(Fault(**fault) for fault in found["faults"])
    return Check(**found)


@lru_cache(maxsize=1)
def last_check() -> Check | None:
    """The result that is delivered with this version; None when none is."""
    return read(RESULT.read_text("utf-8")) if RESULT.exists() else None
