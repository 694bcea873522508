"""Names of calls before and after a restore."""

from __future__ import annotations

import pytest

from app.payments.key_rules import is_same_call, is_since_restore, names_of


def test_a_call_has_one_name_a_life_and_the_present_one_is_last() -> None:
    assert names_of("ab12", "pi:x:1", 0) == ["ab12:pi:x:1"]
    assert names_of("ab12", "pi:x:1", 2) == ["ab12:pi:x:1", "ab12.1:pi:x:1", "ab12.2:pi:x:1"]


@pytest.mark.parametrize(
    ("name", "is_since"), [("ab12:pi:x:1", False), ("ab12.1:pi:x:1", True), ("ab12:link:a.b", False)]
)
def test_only_the_part_before_the_first_colon_tells_the_life(name: str, is_since: bool) -> None:
    assert is_since_restore(name) is is_since


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("ab12:pi:x:1", "ab12.3:pi:x:1", True),
        ("ab12.1:pi:x:1", "ab12.2:pi:x:1", True),
        ("ab12:pi:x:1", "ab12:pi:x:2", False),
        ("ab12:pi:x:1", "cd34.1:pi:x:1", False),
        (None, "ab12:pi:x:1", False),
    ],
)
def test_the_same_call_is_known_across_lives_and_no_other(one: object, other: str, is_same: bool) -> None:
    assert is_same_call(one, other) is is_same
