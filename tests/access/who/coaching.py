"""The doors of coaching: a line per route."""

from __future__ import annotations

from tests.access.people import COACHES, RECORD_READERS, RECORD_TEAM, SIGNED_IN

WHO: dict[str, frozenset[str]] = {
    # the platform's administrator reads no record
    "coaching.morning": SIGNED_IN, "coaching.new": COACHES,
    "coaching.show": RECORD_READERS, "coaching.tick": RECORD_READERS,
    "coaching.add_action": RECORD_TEAM, "coaching.add_activity": RECORD_TEAM, "coaching.set_path": RECORD_TEAM,
    "coaching.move": RECORD_TEAM,
}  # fmt: skip
