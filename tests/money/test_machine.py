"""The short form of the money machine of `make prove-money`: one seed for every run, and two bugs that it must find."""

from __future__ import annotations

import pytest

from config import ROOT
from tests.money.machine.run import Plant, hunt, plants, play
from tests.money.machine.sources import floats

pytestmark = pytest.mark.machine

STEPS, SEED = 50, 1


def test_some_dozens_of_steps_find_nothing_that_is_not_true() -> None:
    said = play(ROOT, steps=STEPS, seed=SEED)
    assert said["found"] == [], said
    assert said["steps"] >= STEPS


@pytest.mark.parametrize(("plant", "invariant"), list(zip(plants("03,08"), ("I14", "I6"), strict=True)), ids=str)
def test_a_planted_bug_is_found_by_its_invariant(plant: Plant, invariant: str) -> None:
    said = hunt(plant, SEED)
    assert f"{invariant}:" in " ".join(said["found"]), said


def test_there_are_twenty_bugs_to_plant_and_no_two_are_in_one_function() -> None:
    found = plants()
    places = [place for one in found for place in one.functions.split(", ")]
    assert len(found) >= 20
    assert len(places) == len(set(places))


def test_what_reckons_money_knows_no_float() -> None:
    assert floats(ROOT) == []
