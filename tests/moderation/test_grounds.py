"""A refusal rests on a point that was looked at, and the second person sees how much of the list was."""

from __future__ import annotations

import pytest

from app.moderation.checklist_rules import CHECKLISTS, CURRENT, GROUNDS, check_ground, looked_at
from app.moderation.errors import GroundNotJudged
from app.moderation.rules import REFUSALS
from tests.moderation.world import REFUSAL, World


@pytest.mark.parametrize("reason", sorted(GROUNDS))
def test_a_reason_about_the_list_needs_one_of_its_points_to_be_corrected(reason: str):
    points = GROUNDS[reason]
    assert reason in REFUSALS
    assert points <= CHECKLISTS[CURRENT].keys()
    others = dict.fromkeys(CHECKLISTS[CURRENT].keys() - points, "to_fix")
    for checklist in ({}, others, dict.fromkeys(points, "ok"), dict.fromkeys(points, "not_applicable")):
        with pytest.raises(GroundNotJudged):
            check_ground(reason, checklist)
    for point in points:
        check_ground(reason, {point: "to_fix"})


def test_a_ground_outside_the_list_and_a_list_that_lacks_the_point_ask_for_nothing():
    check_ground("too_early", {})
    check_ground("no_answer", {})
    check_ground("duplicate", {}, 1)


def test_only_points_of_the_own_version_are_counted():
    assert looked_at({}) == (0, 0)
    assert looked_at({"adult": "ok", "lawful": "to_fix", "clear": "", "unknown": "ok"}) == (2, 1)


def test_a_refusal_of_a_list_nobody_looked_at_is_not_proposed(world: World):
    world.do(world.first, "prendre")
    given = {**REFUSAL, "code": "not_lawful"}
    answer = world.first.post(f"{world.review_page}/proposer-refus", given, page="/compte")
    assert answer.status_code == 422
    assert "jugez d’abord" in answer.get_data(as_text=True)
    assert "Le bail manque." in answer.get_data(as_text=True), "nothing typed is lost"
    assert world.do(world.first, "liste", lawful="to_fix", adult="ok") == 303
    assert world.do(world.first, "proposer-refus", **given) == 303
    seen = world.second.get(world.review_page).get_data(as_text=True).replace("\u00a0", " ")
    assert "Liste de contrôle : 2 points sur 28 regardés, 1 « à corriger »." in seen
