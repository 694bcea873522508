"""Pure: an area as typed or as a line of a CSV file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

KINDS = {"qpv": "qpv", "zone": "custom", "custom": "custom"}
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")
MOST_LINES, MOST_PARTS = 500, 4_000
COLUMNS = ("code", "type", "nom", "lieux", "du", "au")


@dataclass(frozen=True)
class AreaLine:
    """`parts`: codes of communes, EPCI or départements. Days are both included, None is open."""

    code: str
    kind: str
    name: str
    parts: tuple[str, ...]
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class BadLine:
    """`number` counts from 1, the line of titles included; `why` is a code for the page's words."""

    number: int
    why: str


def split_codes(text: str) -> tuple[str, ...]:
    """« 21166 21231, 21 » → each code once, in its order."""
    return tuple(dict.fromkeys(part.upper() for part in re.split(r"[\s,;|]+", text) if part))


def is_code(text: str) -> bool:
    """Two to twenty capitals, digits or dashes: « QN02101M », « Z-AUXOIS »."""
    return CODE.fullmatch(text) is not None


def read_lines(rows: Iterable[Mapping[str, str | None]]) -> tuple[list[AreaLine], list[BadLine]]:
    """Rows of a CSV file, titles in lower case → the areas, and the lines that cannot be read."""
    lines: list[AreaLine] = []
    wrong: list[BadLine] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not any(cells.values()):
            continue
        line, why = _line(cells)
        if line is not None and line.code in seen:
            line, why = None, "twice"
        if line is None:
            wrong.append(BadLine(number, why))
            continue
        seen.add(line.code)
        lines.append(line)
    return lines, wrong


def _line(cells: Mapping[str, str]) -> tuple[AreaLine | None, str]:
    code, parts = cells["code"].upper(), split_codes(cells["lieux"])
    if not is_code(code):
        return None, "code"
    if cells["type"].lower() not in KINDS:
        return None, "type"
    if not 1 <= len(cells["nom"]) <= 160:
        return None, "name"
    if not 1 <= len(parts) <= MOST_PARTS:
        return None, "parts"
    try:
        days = [date.fromisoformat(cells[name]) if cells[name] else None for name in ("du", "au")]
    except ValueError:
        return None, "days"
    if days[0] and days[1] and days[1] < days[0]:
        return None, "days"
    return AreaLine(code, KINDS[cells["type"].lower()], cells["nom"], parts, *days), ""
