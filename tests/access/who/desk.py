"""The doors of the holder's desk: a line per route."""

from __future__ import annotations

from tests.access.people import CONTRIBUTOR, HOLDER

WHO: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (f"desk.{page}" for page in (
            "people", "export", "write", "deliveries", "mark", "packing", "deliveries_export",
        )),
        HOLDER,
    ),
    "desk.address": CONTRIBUTOR,
}  # fmt: skip
