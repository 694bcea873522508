"""Our side of the warm parent: fork, kill and count its children; the fake Stripe is one of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any

from config import ROOT
from fake_stripe import shopper
from tests.fake_stripe.process import FakeStripe

PATIENCE_SECONDS = 20.0


class Family:
    """One warm parent. Its log, and that of all children, is `log`."""

    def __init__(self, environment: Mapping[str, str], log: Path):
        self._guard = threading.Lock()
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.money.crash.nursery"],
                cwd=ROOT, env={**os.environ, **environment}, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file,
            )  # fmt: skip

    def ask(self, do: str, **how: Any) -> Any:
        """Errors: RuntimeError with the parent's words."""
        with self._guard:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps({"do": do, **how}) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline() or '{"error": "the warm parent is gone: see its log"}')
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["answer"]

    def fork(self, role: str, **how: Any) -> int:
        pid: int = self.ask("fork", role=role, **how)
        return pid

    def kill(self, pid: int) -> int:
        status: int = self.ask("kill", pid=pid)
        return status

    def wait(self, pid: int) -> int:
        status: int = self.ask("wait", pid=pid)
        return status

    def ended(self) -> dict[int, int]:
        """pid → how it ended, of those that are no more since the last question."""
        return {int(pid): status for pid, status in self.ask("ended").items()}

    def close(self) -> None:
        """The children end with their parent."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(30)


class ForkedFake(FakeStripe):
    """The fake Stripe as a fork: killed and back in 30 ms."""

    def __init__(self, family: Family, database: Path, port: int):
        self.family, self.database, self.port = family, database, port
        self.url = f"http://127.0.0.1:{port}"
        self.pid = 0
        self.starts = 0

    def restart(self) -> None:
        """Until it answers. Errors: RuntimeError."""
        self.starts += 1
        self.pid = self.family.fork("fake", port=self.port, database=str(self.database), seed=self.starts)
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                if shopper.request("GET", f"{self.url}/health")[0] == 200:
                    return
            except (OSError, HTTPException):
                pass
            if time.monotonic() > until:
                raise RuntimeError("the fake Stripe does not come back")
            time.sleep(0.01)

    def kill(self) -> None:
        if self.pid:
            self.family.kill(self.pid)
            self.pid = 0
        shopper.close()

    stop = kill
