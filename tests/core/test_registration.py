"""Numbers of organisations: the key is checked, and what people type between the figures is not held against them."""

from __future__ import annotations

import pytest

from app.core.registration import compact, is_rna, is_siren, is_siret, spaced


@pytest.mark.parametrize("number", ["732829320", "356000000", "000000018"])
def test_a_siren_with_a_right_key_is_one(number):
    assert is_siren(number)


@pytest.mark.parametrize(
    "number",
    ["732829321", "732829302", "73282932", "7328293200", "000000000", "73282932O", "٧٣٢٨٢٩٣٢٠", "²32829320",
     "-32829320", "732 829 320", "W212000001", ""],
)  # fmt: skip
def test_a_wrong_key_a_swapped_figure_another_script_and_nine_zeros_are_none(number):
    assert not is_siren(number)


def test_every_single_wrong_figure_is_seen():
    right = "732829320"
    for place in range(9):
        for figure in "0123456789":
            typed = f"{right[:place]}{figure}{right[place + 1 :]}"
            assert is_siren(typed) is (typed == right)


def test_a_siret_is_no_siren_and_the_other_way_round():
    assert is_siret("73282932000074")
    assert not is_siren("73282932000074")
    assert not is_siret("732829320")
    assert not is_siret("73282932000075")


@pytest.mark.parametrize("number", ["W21200000", "W2120000011", "212000001", "w212000001", "W21200000A", "W000000000",
                                    "W٢١٢٠٠٠٠٠١", "W212000001\n", ""])  # fmt: skip
def test_what_only_looks_like_an_rna_is_none(number):
    assert is_rna("W212000001")
    assert not is_rna(number)


def test_what_people_type_between_the_figures_is_dropped():
    assert compact(" 732\u00a0829.320 ") == "732829320"
    assert compact("w 212-000\u202f001") == "W212000001"
    assert compact("") == ""


def test_a_siren_is_shown_in_threes_and_anything_else_as_it_is():
    assert spaced("732829320") == "732\u00a0829\u00a0320"
    assert spaced("W212000001") == "W212000001"
    assert spaced("12") == "12"
