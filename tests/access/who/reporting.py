"""The doors of reporting: a line per route."""

from __future__ import annotations

from tests.access.objects import ADMIN, COACHES, DESK, MODERATORS, Door
from tests.access.people import people

WHO: dict[str, Door] = {
    "reporting.overview": Door(DESK, COACHES | MODERATORS | ADMIN | people("network_lead.same observer.none")),
    "reporting.figure_list": Door(DESK, COACHES),
}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    return {"name": "accueillis"}
