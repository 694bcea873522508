"""`make run` on a fresh checkout without a warm cache, and its second start. Needs the package registries."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench.registry import CannotMeasure, Figure, Ground, measure
from config import ROOT
from dev.launch.checks import pick_free_port

PATIENCE_SECONDS = 900.0
# The machine's settings and its way to the registries: proxies, mirrors, certificates.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PIP_", "UV_", "NPM_", "HTTP_", "HTTPS_", "NO_", "SSL_", "REQUESTS_", "NODE_")
CACHES = ("PIP_CACHE_DIR", "UV_CACHE_DIR", "NPM_CONFIG_CACHE", "XDG_CACHE_HOME")


@measure("whole", is_slow=True)
def whole(ground: Ground) -> Iterator[Figure]:
    """The last commit is measured: what is not committed is not part of a newcomer's checkout."""
    if shutil.which("git") is None or shutil.which("make") is None:
        raise CannotMeasure("git and make are needed: apt-get install git make")
    checkout = ground.folder / "checkout"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(checkout)], check=True)
    first = seconds_to_ready(checkout)
    second = seconds_to_ready(checkout)
    yield Figure("", "make run from nothing, without a cache", first, "s", 180)
    yield Figure("", "make run, second start", second, "s", 10)


def seconds_to_ready(checkout: Path) -> float:
    """Start, wait for the Ready line, stop. Errors: AssertionError with the output when it never comes."""
    port, lines = pick_free_port(set()), []
    kept = {name: value for name, value in os.environ.items() if name.upper().startswith(KEPT)}
    caches = {name: str(checkout.parent / "caches" / name.lower()) for name in CACHES}
    began = time.perf_counter()
    process = subprocess.Popen(
        ["make", "run"], cwd=checkout, env={**kept, **caches, "PORT": str(port)}, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Ready: "):
                return time.perf_counter() - began
            assert time.perf_counter() - began < PATIENCE_SECONDS, "".join(lines)
        raise AssertionError("".join(lines))
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.stdout.read()
        process.wait(60)
