"""Chromium as the machine has it; no page may ask for anything outside loopback."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_INSTALL = "To run the journeys: apt-get install chromium, or CHROMIUM=/path/to/chromium when it is elsewhere"
# Names other than loopback lead nowhere: an accidental outside request fails instead of leaving.
ARGUMENTS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
]


def find_chromium() -> str | None:
    """`CHROMIUM` when it is set, else the first known name on the PATH."""
    asked = os.environ.get("CHROMIUM")
    if asked:
        return asked if Path(asked).exists() else shutil.which(asked)
    return next((path for path in map(shutil.which, NAMES) if path), None)


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium. Errors: RuntimeError when there is none."""
    path = find_chromium()
    if path is None:
        raise RuntimeError(HOW_TO_INSTALL)
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return playwright.chromium.launch(executable_path=path, args=arguments)
