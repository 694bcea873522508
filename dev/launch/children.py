"""Child programs: started in groups of their own, logged, watched, ended together."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from dev.launch.guard import Guard, end_groups
from dev.launch.instance import ROOT
from dev.launch.words import DISK_FULL, Refusal, is_disk_full, say_from, speaks_of_full_disk

LAST_LINES = 12
# A verdict writes to hundreds of people at once; the mail page lists them better than a scrolling screen.
ONLY_IN_LOG = {"mail"}
LARGEST_LOG_BYTES = 5_000_000
START_PATIENCE_SECONDS = 90.0


class Child:
    """One running program; its output goes to a log file, and `heard` is told each line."""

    def __init__(
        self,
        name: str,
        process: subprocess.Popen[bytes],
        log: Path | None,
        heard: Callable[[str, str], None] = lambda _name, _line: None,
    ):
        self.name, self.process, self.log, self.heard = name, process, log, heard
        self.last: deque[str] = deque(maxlen=LAST_LINES)
        self.disk_full = False
        self._reader = threading.Thread(target=self._read, daemon=True) if log else None
        if self._reader:
            self._reader.start()

    def wait_for_output(self) -> None:
        """After its end: until its last words are read."""
        if self._reader:
            self._reader.join(2)

    def _read(self) -> None:
        assert self.process.stdout is not None
        assert self.log is not None
        with self.log.open("ab") as file:
            for raw in self.process.stdout:
                try:
                    file.write(raw)
                    file.flush()
                except OSError as error:
                    self.disk_full = self.disk_full or is_disk_full(error)
                line = raw.decode("utf-8", "replace").rstrip()
                if line:
                    self.last.append(line)
                    self.heard(self.name, line)


class Children:
    """All children of one launcher. Use as a context: leaving it ends every one."""

    def __init__(self, environment: Mapping[str, str], logs: Path, stop: threading.Event):
        self._environment, self._logs, self._stop = dict(environment), logs, stop
        self._running: list[Child] = []
        self._guard = Guard()
        # Until everything answers, the screen belongs to the launcher's own sentences.
        self.on_screen = False
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Children:
        return self

    def __exit__(self, *_: object) -> None:
        self.end_all()

    def start(self, name: str, *words: str, on_screen: bool = False, log_level: str = "") -> Child:
        """Start `python words…` in the checkout. `on_screen`: straight to the terminal, no log."""
        log = None if on_screen else self._open_log(name)
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env=self._environment | ({"LOG_LEVEL": log_level} if log_level else {}),
            stdin=subprocess.DEVNULL,
            stdout=None if on_screen else subprocess.PIPE,
            stderr=None if on_screen else subprocess.STDOUT,
            start_new_session=True,
        )
        self._guard.watch(process.pid)
        child = Child(name, process, log, self._heard)
        self._running.append(child)
        return child

    def run(self, name: str, *words: str, on_screen: bool = False) -> bool:
        """Run to the end while watching the others. False when it failed or we are asked to stop."""
        child = self.start(name, *words, on_screen=on_screen, log_level="ERROR" if on_screen else "")
        while child.process.poll() is None:
            if self._stop.wait(0.1):
                return False
            self.check(but=child)
        self._running.remove(child)
        self._guard.forget(child.process.pid)
        child.wait_for_output()
        if child.process.returncode == 0:
            return True
        if child.disk_full or speaks_of_full_disk("\n".join(child.last)):
            raise Refusal(DISK_FULL)
        for line in child.last:
            say_from(name, line)
        return False

    def check(self, but: Child | None = None) -> None:
        """Errors: Refusal with the last words of a child that has ended on its own."""
        for child in self._running:
            if child.disk_full:
                raise Refusal(DISK_FULL)
            if child is not but and child.process.poll() is not None:
                child.wait_for_output()
                raise Refusal(_obituary(child))

    def wait_until(self, answers: Callable[[], bool]) -> bool:
        """False when asked to stop. Errors: Refusal when a child dies or nothing answers in time."""
        until = time.monotonic() + START_PATIENCE_SECONDS
        while not answers():
            self.check()
            if self._stop.wait(0.1):
                return False
            if time.monotonic() > until:
                names = ", ".join(child.name for child in self._running)
                raise Refusal(
                    f"Un des programmes ({names}) ne répond pas après {START_PATIENCE_SECONDS:.0f} secondes : "
                    f"lisez les journaux dans {self._logs}."
                )
        return True

    def end_all(self) -> None:
        """Twice does no harm."""
        self.on_screen = False
        groups = {child.process.pid for child in self._running}
        end_groups(groups, reap=self._reap)
        self._running.clear()
        self._guard.close()

    def _heard(self, name: str, line: str) -> None:
        if self.on_screen and name not in ONLY_IN_LOG:
            say_from(name, line)

    def _reap(self) -> None:
        for child in self._running:
            child.process.poll()

    def _open_log(self, name: str) -> Path:
        path = self._logs / f"{name}.log"
        with suppress(FileNotFoundError):
            if path.stat().st_size > LARGEST_LOG_BYTES:
                path.replace(path.with_suffix(".log.1"))
        return path


def _obituary(child: Child) -> str:
    words = "\n".join(f"    {line}" for line in child.last) or "    (rien)"
    if speaks_of_full_disk(words):
        return DISK_FULL
    code = child.process.returncode
    how = f"tué par le signal {-code}" if code < 0 else f"code {code}"
    return (
        f"Le programme « {child.name} » s’est arrêté ({how}), tout est donc arrêté. "
        f"Ses dernières lignes (la suite dans {child.log}) :\n{words}"
    )


def answers_ok(port: int, path: str = "/health") -> bool:
    """True when GET path answers 200 on loopback."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def parent_is_gone(first_parent: int) -> bool:
    """Started by make, and make was killed: nobody would pass Ctrl-C on to us any more."""
    return "MAKELEVEL" in os.environ and os.getppid() != first_parent
