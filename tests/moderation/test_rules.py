"""Who may decide, and when a checklist is complete."""

from __future__ import annotations

import pytest

from app.moderation.checklist_rules import CHECKLISTS, check_complete
from app.moderation.errors import ChecklistOpen, OwnOrReferent, SamePerson
from app.moderation.rules import CHECKLIST, STEP_OF_FIELD, check_person, check_second
from app.moderation.words import FIELDS, ITEMS, REFUSALS


def test_every_item_field_and_reason_has_its_words():
    from app.moderation import rules

    for version in CHECKLISTS.values():
        assert [code for code in ITEMS if code in version] == list(version)
    assert set(ITEMS) == {code for version in CHECKLISTS.values() for code in version}
    assert set(FIELDS) == set(STEP_OF_FIELD)
    assert set(REFUSALS) == set(rules.REFUSALS)


@pytest.mark.parametrize("missing", sorted(code for code, hard in CHECKLIST.items() if hard))
def test_one_open_blocking_item_is_enough_to_stop_an_approval(missing):
    answers = dict.fromkeys(CHECKLIST, "ok")
    check_complete(answers)
    for value in ("to_fix", "", None):
        with pytest.raises(ChecklistOpen):
            check_complete({**answers, missing: value})
    with pytest.raises(ChecklistOpen):
        check_complete({code: "ok" for code in CHECKLIST if code != missing})


def test_neither_holder_nor_referent_decides_and_never_the_same_person_twice():
    check_person(3, team_ids=frozenset({1}), coach_ids=frozenset({2}))
    for person in (1, 2):
        with pytest.raises(OwnOrReferent):
            check_person(person, team_ids=frozenset({1}), coach_ids=frozenset({2}))
    check_second(4, 3)
    with pytest.raises(SamePerson):
        check_second(3, 3)
