"""Every order of the same notifications leads to the same end."""

from __future__ import annotations

import os
import time

import pytest

from tests.money.permutations import Shuffler
from tests.support.databases import Database
from tests.support.scene import Scene

COUNT, SEED = map(int, os.environ.get("PERMUTATIONS", "12,1").split(","))


@pytest.mark.usefixtures("secret_file")
def test_notifications_in_any_order_twice_or_lost_lead_to_one_end(scene: Scene, database: Database) -> None:
    """PostgreSQL copies a database ten times more slowly: there a tenth of the orders."""
    shuffler, started = Shuffler(scene, database), time.monotonic()
    is_short = COUNT <= 60 and not database.url.startswith("sqlite")
    for number in range(COUNT // 10 if is_short else COUNT):
        shuffler.play(SEED * 1_000_000 + number)
    assert len(shuffler.figures.ends) == 1
    print(f"\nseed {SEED}: {shuffler.figures}, in {time.monotonic() - started:.0f} s")  # noqa: T201  (its product)
