"""How many cells of the matrix there are, for the end of a test run."""

from __future__ import annotations

from collections.abc import Iterable

from tests.access.objects import cells
from tests.access.people import CELLS, IMPOSSIBLE, RELATIONS, ROLES
from tests.access.who import WHO

RAN = "people tried at doors"


def sentence() -> str:
    tested, closed, forgotten = cells(WHO)
    words = (
        f"Roles × relations × routes: {len(ROLES)} × {len(RELATIONS)} × {len(WHO)} = {len(CELLS) * len(WHO)} cells, "
        f"{tested} tested, {closed} impossible with a word why "
        f"({len(IMPOSSIBLE) * len(WHO)} for everything, {closed - len(IMPOSSIBLE) * len(WHO)} for their kind of object)"
    )
    return words + (f", {len(forgotten)} FORGOTTEN" if forgotten else "")


def of_run(properties: Iterable[tuple[str, object]]) -> str:
    """The sentence with what this run really knocked; "" when the matrix was not in it."""
    knocks = [int(str(value)) for name, value in properties if name == RAN]
    return f"{sentence()}; {sum(knocks)} people tried in this run." if knocks else ""
