"""A worker process that collects while it is stopped, killed and started again; what it did is read at the fake.

with Worker(environment, log) as worker: …       one life of `flask worker`
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from config import ROOT, Settings

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
INTENTS = "/v1/payment_intents"


def environment_of(settings: Settings, **more: object) -> dict[str, str]:
    """The variables with which a child reads the same settings."""
    env = {name: os.environ[name] for name in KEPT if name in os.environ}
    env["APP_ENV"] = settings.env
    for field in fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, bool):
            env[field.name.upper()] = "1" if value else "0"
        elif isinstance(value, (str, int)) and field.name != "env":
            env[field.name.upper()] = str(value)
    return env | {name.upper(): str(value) for name, value in more.items()}


class Worker:
    """One life of the worker, in a process of its own."""

    def __init__(self, environment: Mapping[str, str], log: Path):
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT, env=dict(environment),
                stdin=subprocess.DEVNULL, stdout=file, stderr=file,
            )  # fmt: skip

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGKILL)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def memory_bytes(self) -> int:
        """What it holds now (VmRSS, shared libraries included); 0 when it has ended."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0
        lines = (line.split() for line in status.splitlines() if line.startswith("VmRSS:"))
        return next((int(words[1]) * 1024 for words in lines), 0)


@dataclass(frozen=True)
class Calls:
    """Orders about payments that the fake has received: when (real seconds), and how many of each."""

    at: list[float]
    created: int
    confirmed: int

    @classmethod
    def of(cls, orders: list[dict[str, Any]]) -> Calls:
        ours = [one for one in orders if one["method"] == "POST" and one["path"].startswith(INTENTS)]
        return cls(
            at=sorted(one["received_at"] for one in ours),
            created=sum(one["path"] == INTENTS for one in ours),
            confirmed=sum(one["path"].endswith("/confirm") for one in ours),
        )

    def most_in(self, seconds: float) -> int:
        """The most calls in any span of so many seconds."""
        most = start = 0
        for end, at in enumerate(self.at):
            while self.at[start] <= at - seconds:
                start += 1
            most = max(most, end - start + 1)
        return most

    @property
    def seconds(self) -> float:
        return self.at[-1] - self.at[0] if self.at else 0.0
