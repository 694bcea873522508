"""The whole platform as `make serve` and `make run` start it, in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from config import ROOT
from dev.launch.instance import Instance, Ports
from tests.support.ports import free_port

PATIENCE_SECONDS = 300.0
# The launcher must see the machine's settings, not those of the tests around it.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "MAKELEVEL")


class Platform:
    """`start()` waits for the Ready line; `output` is everything printed so far."""

    def __init__(self, folder: Path, *, demo: bool = False, port: int | None = None):
        self.folder, self.demo = folder, demo
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings: dict[str, str] = {}
        self.lines: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    @property
    def summary(self) -> dict[str, Any]:
        """INSTANCE/demo.json."""
        found: dict[str, Any] = json.loads((self.folder / "demo.json").read_text("utf-8"))
        return found

    def environment(self) -> dict[str, str]:
        """What the programs of this instance were started with, for one more of them."""
        ports = json.loads((self.folder / "ports.json").read_text("utf-8"))
        return Instance(self.folder).environment(Ports(self.port, **ports), self.settings)

    def start(self, wait: bool = True, **settings: str) -> Platform:
        self.settings = settings
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment |= {"PORT": str(self.port), "INSTANCE": str(self.folder), **settings}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dev.run", *([] if self.demo else ["--no-demo"])],
            cwd=ROOT, env=environment, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, args=(self.process,))
        self._reader.start()
        if wait:
            try:
                self.wait_for(f"Ready: {self.url}/")
            except AssertionError:
                self.stop(signal.SIGTERM)
                raise
        return self

    def wait_for(self, line: str) -> None:
        """Until a line starts with `line`. Errors: AssertionError with the output when it never comes."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not any(seen.startswith(line) for seen in list(self.lines)):
            assert self.process is not None
            ended = self.process.poll() is not None
            assert not ended or any(seen.startswith(line) for seen in self.lines), self.output
            assert time.monotonic() < until, f"never printed {line!r}:\n{self.output}"
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal to the launcher alone; its exit status once it has ended."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """The exit status, once the program has ended and all it printed is read."""
        assert self.process is not None
        status = self.process.wait(60)
        if self._reader:
            self._reader.join(30)
        if self.process.stdout:
            self.process.stdout.close()
        return status

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.lines.append(line.rstrip("\n"))
