"""The Nu HTML checker (package of dev/html_checker, needs Java), over many pages in one go."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config import ROOT

JAR = ROOT / "dev" / "html_checker" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
HOW_TO_INSTALL = "To check the HTML of every page: apt-get install default-jre-headless"
NO_JAR = "The HTML checker is not installed: make test and make a11y fetch it (dev/html_checker)"
PATIENCE_SECONDS = 1200
# A run of seconds on one core: no time to learn.
BRIEF = ("-Xss4m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
CITED = re.compile("“[^”]*”")


@dataclass(frozen=True)
class Finding:
    """`page`: the number under which the page was given; `kind`: the checker's sentence without what it cites;
    `said`: the whole of it, and where."""

    page: int
    kind: str
    said: str


def missing() -> str | None:
    """What this machine lacks, in a sentence; None when the checker can run."""
    if shutil.which("java") is None:
        return HOW_TO_INSTALL
    return None if JAR.exists() else NO_JAR


class Checker:
    """Java runs beside whatever the caller does inside `with Checker(folder, pages)`; `.findings()` waits for it."""

    def __init__(self, folder: Path, pages: Mapping[int, str]):
        folder.mkdir(parents=True, exist_ok=True)
        for number, html in pages.items():
            (folder / f"{number:05d}.html").write_text(html, "utf-8")
        self._process = subprocess.Popen(
            ["java", *BRIEF, "-jar", str(JAR), "--format", "json", "--exit-zero-always", "--stdout",
             "--errors-only", str(folder)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> Checker:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing of it stays, whatever happened meanwhile."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def findings(self) -> list[Finding]:
        """Errors: AssertionError when the checker itself fails."""
        told, noise = self._process.communicate(timeout=PATIENCE_SECONDS)
        assert self._process.returncode == 0, noise
        return [
            Finding(
                int(Path(one["url"]).stem),
                CITED.sub("“…”", one["message"]),
                f"{one['message']} (line {one.get('lastLine', '?')}: {_near(one)})",
            )
            for one in json.loads(told)["messages"]
            if one["type"] == "error"
        ]


def _near(one: dict[str, str]) -> str:
    return " ".join(str(one.get("extract", "")).split())[:160]


def version() -> str:
    manifest = json.loads((JAR.parents[2] / "package.json").read_text("utf-8"))
    return str(manifest["version"])
