"""Nobody decides about oneself, a friend or a house of one's own: the rules alone, tried with many worlds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.moderation.errors import (
    ExplanationMissing,
    InterestsUnchecked,
    NotAnotherOrganisation,
    OwnOrReferent,
    SamePerson,
)
from app.moderation.interest_rules import FORBIDDEN, Facts, Hit, check_statement, hits, is_same_domain, names_something
from app.moderation.rules import check_cross, check_second, why_cross

IDS = st.frozensets(st.integers(1, 6), max_size=4)


@given(
    st.integers(1, 6), IDS, IDS, IDS, st.booleans(), st.sampled_from(["a@x.fr", "b@x.fr"]),
    st.sampled_from(["a@x.fr", "c@y.fr"]),
)  # fmt: skip
def test_whoever_is_near_the_project_can_never_state_to_have_no_interest(
    me, team, coaches, earlier, is_backer, email, holder
):
    found = hits(
        Facts(
            user_id=me, email=email, holder_email=holder, team_ids=team, coach_ids=coaches, earlier_ids=earlier,
            is_backer=is_backer,
        )
    )  # fmt: skip
    is_near = me in team | coaches | earlier or is_backer or email == holder
    if is_near:
        with pytest.raises(OwnOrReferent):
            check_statement(found, no_interest=True, words="Rien à voir.")
    else:
        check_statement(found, no_interest=True, words="Rien à voir.")


@given(st.sampled_from(list(Hit)), st.booleans())
def test_a_link_that_does_not_forbid_asks_for_a_word(hit, said):
    if hit in FORBIDDEN:
        return
    with pytest.raises(ExplanationMissing if said else InterestsUnchecked):
        check_statement(frozenset({hit}), no_interest=said, words="  ")
    if said:
        check_statement(frozenset({hit}), no_interest=True, words="Nous ne nous connaissons pas.")


@given(st.integers(1, 5), st.integers(1, 5))
def test_deciders_are_distinct(first, second):
    if first == second:
        with pytest.raises(SamePerson):
            check_second(second, first)
    else:
        check_second(second, first)


@given(IDS, st.integers(1, 6), st.booleans())
def test_the_second_reader_of_a_cross_review_belongs_to_another_organisation_only(own, reviewing, is_cross):
    if is_cross and (reviewing in own or not own):
        with pytest.raises(NotAnotherOrganisation):
            check_cross(own, reviewing=reviewing, is_cross=True)
    else:
        check_cross(own, reviewing=reviewing, is_cross=is_cross)


@pytest.mark.parametrize(
    ("goal", "flag", "own", "why"),
    [
        (999_999, False, False, ""),
        (1_000_000, False, False, "amount"),
        (100, True, False, "flag"),
        (100, False, True, "own_house"),
        (5_000_000, True, True, "own_house"),
    ],
)
def test_a_cross_reading_is_asked_from_ten_thousand_euros_on_a_flag_or_for_ones_own_house(goal, flag, own, why):
    assert why_cross(goal, from_cents=1_000_000, is_flagged=flag, holder_works_here=own) == why


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a@atelier.fr", "b@atelier.fr", True),
        ("a@atelier.fr", "b@autre.fr", False),
        ("a@orange.fr", "b@orange.fr", False),
        ("a@demo.example.org", "b@demo.example.org", False),
        ("", "", False),
    ],
)
def test_an_address_of_the_same_house_is_seen_and_one_of_everybody_is_not(one, other, same):
    assert is_same_domain(one, other) is same


def test_a_declared_name_is_found_whatever_its_accents_and_a_short_one_nowhere():
    assert names_something(["Régie rurale"], "La REGIE RURALE porte le four")
    assert not names_something(["le", ""], "le four")
