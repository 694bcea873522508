"""The doors of settlement: a line per route."""

from __future__ import annotations

from tests.access.people import CONTRIBUTOR, EVERYBODY, HOLDER

WHO: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (f"settlement.{page}" for page in (
            "repair", "confirm", "repaired", "give_up", "given", "take_back", "attestation",
        )),
        CONTRIBUTOR,
    ),
    "settlement.money": HOLDER, "settlement.statement": HOLDER, "settlement.of_year": EVERYBODY,
}  # fmt: skip
