"""A throw-away PostgreSQL: initdb in a temporary folder, a socket instead of a port, no fsync."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dev.launch.guard import Guard
from tests.support.places import quick_folder

HOW_TO_INSTALL = "apt-get install postgresql"
PACKAGED = Path("/usr/lib/postgresql")  # where Debian and Ubuntu keep each version's programs
# Durability is of no use to a database that is deleted at the end.
OPTIONS = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "listen_addresses": "",
    "max_connections": "60", "shared_buffers": "64MB", "autovacuum": "off",
    "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "128MB", "min_wal_size": "32MB",
}  # fmt: skip


def find_binaries() -> Path | None:
    """The folder with initdb and postgres, the newest version first; None when there is none."""
    folders = sorted(PACKAGED.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


@dataclass
class Cluster:
    """A running server; `url` is that of its own `postgres` database."""

    folder: Path
    binaries: Path
    options: dict[str, str]
    guard: Guard = field(default_factory=Guard)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Errors: RuntimeError with the server's own words when it does not start."""
        settings = [word for name, value in self.options.items() for word in ("-c", f"{name}={value}")]
        log_path = self.folder / "log"
        with log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.folder / "data", "-k", self.folder, *settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True, **_as_owner(),
            )  # fmt: skip
        self.guard.watch(self.process.pid)
        until = time.monotonic() + 60
        while not _answers(self.binaries, self.folder):
            if self.process.poll() is not None or time.monotonic() > until:
                words = log_path.read_text()
                self.stop()
                raise RuntimeError(f"PostgreSQL does not start: {words}")
            time.sleep(0.1)

    def restart_immediately(self) -> None:
        """As after a power cut: no goodbye to clients, no last checkpoint, recovery from the log."""
        subprocess.run(
            [self.binaries / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "-s", "stop"],
            check=True, cwd="/", **_as_owner(),
        )  # fmt: skip
        self._forget()
        self.start()

    def _forget(self) -> None:
        assert self.process is not None
        self.process.wait()
        self.guard.forget(self.process.pid)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(5)  # "smart" waits for clients that a failed test may have left
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._forget()
        self.guard.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_cluster(folder: Path | None = None, **options: str) -> Cluster:
    """A few seconds. `folder`: a new one, in memory when there is room; `options`: the server's, in place of ours.

    Errors: RuntimeError with the server's own words when it does not start.
    """
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError(f"PostgreSQL is not installed: {HOW_TO_INSTALL}")
    # Short, because the path of a socket may have 107 characters at most; in memory where there is room,
    # because a database per test is a thousand files per test.
    folder = folder or quick_folder()
    owner = _owner()
    if owner:
        shutil.chown(folder, owner, owner)
    made = subprocess.run(
        [binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
         "--locale=C.UTF-8", "--no-sync"],
        capture_output=True, cwd="/", text=True, check=False, **_as_owner(),
    )  # fmt: skip
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr}")
    cluster = Cluster(folder, binaries, OPTIONS | options)
    cluster.start()
    return cluster


def _answers(binaries: Path, folder: Path) -> bool:
    asked = subprocess.run([binaries / "pg_isready", "-q", "-h", folder], check=False, cwd="/")
    return asked.returncode == 0


def _as_owner() -> dict[str, Any]:
    """Arguments of `subprocess`."""
    owner = _owner()
    groups: list[str | int] | None = [] if owner else None
    return {"user": owner, "group": owner, "extra_groups": groups}


def _owner() -> str | None:
    """PostgreSQL refuses to run as root: then the account of Debian's package runs it."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        raise RuntimeError("As root, PostgreSQL needs the account « postgres » of the package.") from None
    return "postgres"
