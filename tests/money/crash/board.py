"""Numbers shared by all processes of a run, in one mapped file: what a killed child has counted is kept."""

from __future__ import annotations

import mmap
import struct
import threading
from pathlib import Path

HARMS = (
    "drop_before", "drop_after", "half_before", "half_after", "html_before", "html_after", "429", "409", "500",
    "sticky_before", "sticky_after", "late", "too_late",
)  # fmt: skip
# The answer never arrived, or nobody could read it.
LOST = ("drop_before", "drop_after", "half_before", "half_after", "html_before", "html_after", "too_late")
SEATS = ("web", "worker", "second_worker", "job")
NAMES = (
    "harmed_per_mille",  # of the orders that reach Stripe; written by the run, read by the fake
    "doubled_per_mille",  # of the orders that leave the app; they are sent twice
    "under_way",  # calls inside the fake right now
    *(f"steps_{seat}" for seat in SEATS),
    *(f"doubled_{seat}" for seat in SEATS),
    *HARMS,
    "lost_orders",
)
CELL = struct.Struct("q")


class Board:
    """`board["drop_after"]`: whole numbers. Each name is written by one process at a time."""

    def __init__(self, path: Path):
        size = CELL.size * len(NAMES)
        if not path.exists():
            path.write_bytes(bytes(size))
        with path.open("r+b") as file:
            self._cells = mmap.mmap(file.fileno(), size)
        self._guard = threading.Lock()
        self._places = {name: number * CELL.size for number, name in enumerate(NAMES)}

    def __getitem__(self, name: str) -> int:
        value: int = CELL.unpack_from(self._cells, self._places[name])[0]
        return value

    def __setitem__(self, name: str, value: int) -> None:
        CELL.pack_into(self._cells, self._places[name], value)

    def add(self, name: str, number: int = 1) -> int:
        """The new value."""
        with self._guard:
            self[name] = self[name] + number
            return self[name]
