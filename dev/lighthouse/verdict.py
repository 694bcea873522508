"""What was promised about the four pages, and whether it is kept. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from statistics import median

from dev.lighthouse.audit import Audit

# Names of measures. The gates do not move with the load of the machine.
WEIGHT, SCRIPT, SHIFT = "poids sans photo (ko)", "script (ko)", "décalage"
PERFORMANCE, ACCESSIBILITY, PRACTICES, SEO = "performance", "accessibility", "best-practices", "seo"
GATES = frozenset((WEIGHT, SCRIPT, SHIFT, ACCESSIBILITY))
PROMISES = frozenset((PERFORMANCE, PRACTICES, SEO))
WEIGHED = "campagne"  # the page whose first view has a limit
AT_MOST = {WEIGHT: 150.0, SCRIPT: 40.0, SHIFT: 0.0}
AT_LEAST = {PERFORMANCE: 95.0, ACCESSIBILITY: 100.0, PRACTICES: 100.0, SEO: 100.0}


@dataclass(frozen=True)
class Row:
    page: str
    measure: str
    value: float
    limit: str
    is_good: bool


def rows_of(seen: Mapping[str, list[Audit]], wanted: Set[str]) -> list[Row]:
    """The median of each measure wanted, page by page."""
    return [row for page, audits in seen.items() for row in _page(page, audits) if row.measure in wanted]


def _page(page: str, audits: list[Audit]) -> Iterator[Row]:
    read: dict[str, Callable[[Audit], float]] = {
        WEIGHT: lambda one: one.bytes_without_photographs / 1000,
        SCRIPT: lambda one: one.script_bytes / 1000,
        SHIFT: lambda one: round(one.layout_shift, 3),
    }
    for measure, limit in AT_MOST.items():
        if measure != WEIGHT or page == WEIGHED:
            value = median(read[measure](one) for one in audits)
            yield Row(page, measure, value, f"≤ {limit:g}", value <= limit)
    for measure, limit in AT_LEAST.items():
        value = median(round(one.scores[measure]) for one in audits)
        yield Row(page, measure, value, f"≥ {limit:g}", value >= limit)
