"""Starts the fake Stripe as its own process, for its own tests and for the application's.

fake = start_fake_stripe(tmp_path)
fake.url, fake.control("clock", offset_seconds=3600), fake.kill(), fake.restart(), fake.stop()
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from fake_stripe import shopper

ROOT = Path(__file__).resolve().parents[2]


class FakeStripe:
    """A running server. `url` has no final slash; `key` is a secret key that it accepts."""

    key = "sk_test_local_tests"

    def __init__(self, database: Path, port: int = 0) -> None:
        self.database = database
        self.url = ""
        self._process: subprocess.Popen[str] | None = None
        self._start(port)

    def _start(self, port: int) -> None:
        command = [sys.executable, "-m", "fake_stripe", "--port", str(port)]
        self._process = subprocess.Popen(
            [*command, "--database", str(self.database)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("Ready: "):
            self.stop()
            raise RuntimeError(f"the fake Stripe did not start: {line!r}")
        self.url = line.removeprefix("Ready: ").strip()

    @property
    def base_addresses(self) -> dict[str, str]:
        """For `stripe.StripeClient(base_addresses=…)`: everything goes to the fake."""
        return dict.fromkeys(("api", "connect", "files", "meter_events"), self.url)

    def control(self, path: str, method: str | None = None, /, **body: Any) -> Any:
        """`control("state")`, `control("clock", offset_seconds=60)`, `control("reset", "POST")`."""
        return shopper.control(self.url, path, method, **body)

    def kill(self) -> None:
        """kill -9, at whatever instant it is."""
        self._end(hard=True)

    def restart(self) -> None:
        """Starts again on the same port and file, after `kill` or `stop`."""
        self._start(int(self.url.rpartition(":")[2]))

    def stop(self) -> None:
        self._end(hard=False)

    def _end(self, *, hard: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if hard:
            process.kill()
        else:
            process.terminate()
        process.wait(timeout=10)
        if process.stdout is not None:
            process.stdout.close()
        shopper.close()


def start_fake_stripe(folder: Path, port: int = 0) -> FakeStripe:
    """Starts one on a free port or the one given, its file in `folder`; returns when it answers. Call `.stop()`."""
    return FakeStripe(folder / "fake_stripe.sqlite", port)
