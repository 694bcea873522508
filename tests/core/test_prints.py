"""Fingerprints: the same thing however it is written, nothing readable, nothing of nothing."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core import prints
from app.core.prints import Kind

WRITTEN = ["06 12 34 56 78", "+33 6.12.34.56.78", "0033612345678", "06-12-34-56-78", "+33 (0)612345678"]


@pytest.mark.parametrize("typed", WRITTEN)
def test_a_number_is_the_same_however_it_is_written(ctx: None, typed: str):
    assert prints.of_phone(typed) == prints.of_phone("0612345678")
    assert "612345678" not in prints.of_phone(typed)


def test_an_address_and_a_name_are_the_same_whatever_their_capitals_accents_and_order(ctx: None):
    assert prints.of_address("12, Rue de l’Église", "21 000") == prints.of_address("12 rue de l'eglise", "21000")
    assert prints.of_address("12 rue de l'eglise", "21000") != prints.of_address("12 rue de l'eglise", "25000")
    assert prints.of_name("MOREL Ada") == prints.of_name("Ada Morel")


@pytest.mark.parametrize("nothing", ["", " ", "12", "abc", "--"])
def test_nothing_has_no_fingerprint_so_that_two_who_say_nothing_share_nothing(ctx: None, nothing: str):
    assert prints.of_phone(nothing) == ""
    assert prints.of_name(nothing) == ""
    assert prints.of_address(nothing, "") == prints.of_address("", nothing) == ""
    assert prints.shared(prints.read(prints.kept([""])), prints.read(None)) == frozenset()


def test_another_secret_makes_other_fingerprints(app: Flask, monkeypatch: pytest.MonkeyPatch):
    with app.app_context():
        one = prints.of_phone("0612345678")
        monkeypatch.setitem(app.config, "SECRET_KEY", "another-key-of-forty-characters-or-more-x")
        assert prints.of_phone("0612345678") != one


PRINTS = st.frozensets(st.builds(lambda kind, n: f"{kind}:{n}", st.sampled_from(list(Kind)), st.integers(0, 4)))


@given(PRINTS, PRINTS)
def test_only_what_both_have_is_shared_and_only_its_kind_is_said(mine, theirs):
    assert prints.shared(mine, theirs) == {Kind(one.split(":")[0]) for one in mine if one in theirs}
    assert prints.read(prints.kept(mine)) == mine
