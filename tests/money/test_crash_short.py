"""The short form of `make prove-crash`: some numbered steps, a small storm, and the same with an unstable key.

On the database of the run; PostgreSQL on a server of its own, because this one is killed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.money.crash.figures import Figures
from tests.money.crash.numbered import Numbered
from tests.money.crash.storm import Season, Size
from tests.money.crash.world import World

pytestmark = pytest.mark.machine

KIND = "sqlite" if os.environ.get("TEST_DATABASE", "sqlite") == "sqlite" else "postgresql"
COLLECTION, STRIDE = frozenset({"collection"}), 15


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = World(KIND)
    yield made
    made.close()


def collection_killed_at_its_steps(world: World, stride: int = STRIDE) -> Numbered:
    """Two promises are collected; the worker dies in between, after each answer of Stripe and at every 15th step."""
    numbered = Numbered(world, stride=stride, only=COLLECTION)
    numbered.collection()
    return numbered


def test_case_14_a_collection_killed_at_its_steps_ends_as_if_nothing_had_happened(world: World) -> None:
    found = collection_killed_at_its_steps(world).figures
    assert found.findings == []
    assert found.killed >= 10


def test_a_short_storm_charges_nobody_twice_and_loses_nothing_it_has_told(world: World) -> None:
    found = Season(world, 1, Size(people=5, bursts=2, burst_seconds=0.6, patience_seconds=6)).run()
    assert found.findings == []
    assert found.killed > 0


def test_the_same_collection_with_an_unstable_key_is_found_out() -> None:
    world = World(KIND, plant="key")
    try:
        findings = collection_killed_at_its_steps(world, stride=1_000).figures.findings  # after each answer: enough
    finally:
        world.close()
    assert any("payment_intents at Stripe" in one for one in findings), findings


def test_what_a_lane_reports_is_added_up_whole() -> None:
    lane = Figures(Counter(web=2, worker=1), Counter(charges=3), Counter(drop_after=4), ["double charge: pi_1"])
    whole = Figures()
    for _ in range(2):
        whole += Figures.from_json(lane.as_json())
    assert (whole.killed, whole.lost, whole.counts["charges"], len(whole.findings)) == (6, 8, 6, 2)
