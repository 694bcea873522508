"""The doors of reporting: a line per route."""

from __future__ import annotations

from tests.access.people import ADMIN, COACHES, MODERATORS

WHO: dict[str, frozenset[str]] = {
    "reporting.overview": COACHES | MODERATORS | ADMIN,
    "reporting.figure_list": COACHES,
}  # fmt: skip


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    return {"name": "accueillis"}
