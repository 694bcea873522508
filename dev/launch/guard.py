"""No orphans: a tiny process that ends our children when we are gone, even after kill -9.

It reads process group numbers from a pipe that only we hold open. When the pipe closes without a
goodbye, we were killed: it ends those groups. Works wherever there are pipes and process groups.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

PATIENCE_SECONDS = 8.0


class Guard:
    """Start it before the first child; tell it each child's group (`start_new_session=True`)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )

    def watch(self, group: int) -> None:
        self._say(f"+{group}")

    def forget(self, group: int) -> None:
        self._say(f"-{group}")

    def close(self) -> None:
        """Say goodbye: nothing is ended any more. Twice does no harm."""
        self._say("bye")
        if self._process.stdin is not None:
            with suppress(OSError):  # it was killed with a word on the way to it
                self._process.stdin.close()
        self._process.wait()

    def _say(self, word: str) -> None:
        with suppress(OSError, ValueError):  # the guard itself was killed, or is closed already
            if self._process.stdin is not None:
                self._process.stdin.write(word + "\n")
                self._process.stdin.flush()


def group_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end_groups(
    groups: set[int],
    patience_seconds: float = PATIENCE_SECONDS,
    reap: Callable[[], None] = lambda: None,
) -> None:
    """SIGTERM to each group, SIGKILL to those that are still there after a while.

    `reap` collects children of ours that have ended: until then their group still counts as alive.
    """
    alive = set(groups)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for group in alive:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)
        until = time.monotonic() + patience_seconds
        while alive and time.monotonic() < until:
            reap()
            # One that has ended is out for good: its number may soon be somebody else's.
            alive = {group for group in alive if group_alive(group)}
            time.sleep(0.05)


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        word = line.strip()
        if word == "bye":
            return
        group = int(word[1:])
        if word[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    end_groups(groups)


if __name__ == "__main__":
    main()
