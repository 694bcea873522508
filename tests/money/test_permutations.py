"""Every order of the same notifications leads to the same end."""

from __future__ import annotations

import os
import time

import pytest

from tests.money.permutations import Shuffler
from tests.support.databases import Database
from tests.support.scene import Scene

COUNT, SEED = map(int, os.environ.get("PERMUTATIONS", "20,1").split(","))
BLOCKS = 2 if COUNT <= 60 else 1


@pytest.mark.usefixtures("secret_file")
@pytest.mark.parametrize("block", range(BLOCKS))
def test_notifications_in_any_order_twice_or_lost_lead_to_one_end(scene: Scene, database: Database, block: int) -> None:
    """PostgreSQL copies a database ten times more slowly: there a tenth of the orders."""
    shuffler, started = Shuffler(scene, database), time.monotonic()
    count = COUNT // BLOCKS
    if COUNT <= 60 and not database.url.startswith("sqlite"):
        count //= 10
    for number in range(count):
        shuffler.play(SEED * 1_000_000 + block * 100_000 + number)
    assert len(shuffler.figures.ends) == 1
    print(f"\nseed {SEED}: {shuffler.figures}, in {time.monotonic() - started:.0f} s")  # noqa: T201  (its product)
