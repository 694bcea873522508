"""The simulated clock: the machine's time plus an offset kept in the database."""

import time

from fake_stripe.store import Store


class Clock:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.offset_seconds = int(store.read_meta("clock_offset_seconds") or 0)

    def now(self) -> int:
        """Unix seconds of the simulated time."""
        return int(time.time()) + self.offset_seconds

    def set_offset(self, seconds: int) -> None:
        """Caller holds the transaction. The first offset of a fresh store may lie in the past (a demo's).

        Raises:
            ValueError: the offset would go back.
        """
        is_first = self.store.read_meta("clock_offset_seconds") is None
        if seconds < self.offset_seconds and not is_first:
            raise ValueError("the clock only moves forward; reset goes back to the real time")
        self.store.write_meta("clock_offset_seconds", str(seconds))
        self.offset_seconds = seconds

    def set_back_to(self, now: int) -> None:
        """The simulated time is `now`, after all books went back to that moment. Caller holds the transaction."""
        self.offset_seconds = now - int(time.time())
        self.store.write_meta("clock_offset_seconds", str(self.offset_seconds))

    def reload(self) -> None:
        self.offset_seconds = int(self.store.read_meta("clock_offset_seconds") or 0)
