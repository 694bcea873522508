"""The whole table, for `python -m tests.a11y`: not collected by `make test`."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from app.pages.statement import RESULT
from tests.a11y import nu
from tests.a11y.gather import gather
from tests.a11y.inspect import as_json, inspect
from tests.support.databases import Database

BROWSERS = 2


def tell(words: str) -> None:
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {words}\n")
    sys.stderr.flush()


def test_every_page_for_everybody_in_every_state(app: Flask, database: Database, tmp_path: Path) -> None:
    assert nu.missing() is None, nu.missing()
    whole, began = os.environ.get("A11Y_STATES") != "1", time.monotonic()
    tell("opening every page…")
    album = gather(app, database, whole=whole)
    tell(f"{album.looked} opened, {len(album.seen)} different; looking…")
    inspection = inspect(album, tmp_path / "html", every_look=True, browsers=BROWSERS, tell=tell)
    result = as_json(
        album, inspection, checked_at=datetime.now(UTC).isoformat(timespec="seconds"), is_whole=whole
    )  # fmt: skip
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")
    for one in inspection.found:
        tell(str(one))
    tell(
        f"{len(album.seen)} pages, {len(album.states)} states, {sum(len(one.pages) for one in inspection.found)} pages "
        f"with a fault, {time.monotonic() - began:.0f} s; the statement page reads {RESULT.name}"
    )
    assert album.broken == []
    assert inspection.found == []
