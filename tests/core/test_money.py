"""Cents to words and back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.money import MAX_CENTS, NegativeAmount, TooManyDecimals, format_euros, parse_euros


@settings(deadline=None)
@given(some.integers(min_value=0, max_value=MAX_CENTS))
def test_what_is_written_is_read_back_to_the_cent(cents):
    assert parse_euros(format_euros(cents)) == cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("25", 2500),
        ("12,50", 1250),
        ("12.5", 1250),
        ("1 234,50 €", 123_450),
        ("1\u202f234\u00a0€", 123_400),
        ("0,01", 1),
        ("007", 700),
        (" 25 ", 2500),
        ("99 999 999 999", 9_999_999_999_900),
        ("25EUR", 2500),
        ("25 euros", 2500),
        ("1 Euro", 100),
        ("12,50 eur", 1250),
        ("€25", 2500),
        ("€ 12.50", 1250),
        ("€1,234.50", 123_450),
        ("1,234,567.89", 123_456_789),
        ("1.234,50 €", 123_450),
    ],
)
def test_amounts_are_read_as_people_write_them(text, cents):
    assert parse_euros(text) == cents


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "-1",
        "+1",
        "1.234",
        "1,234",
        "1,2,3",
        "1e3",
        "0x10",
        "١٢",
        "２５",
        "1/2",
        "25 $",
        "€",
        "25€€",
        "€25€",
        "25 eurs",
        "12,34,50",
        "1.234.50",
        "1,23.45",
        ",5",
        "5,",
        "9" * 30,
        "12,5O",
        "1_000",
        "NaN",
        "inf",
    ],
)
def test_what_is_no_clear_amount_is_refused(text):
    with pytest.raises(ValueError, match="not an amount"):
        parse_euros(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-5", NegativeAmount),
        ("\u22125,50 €", NegativeAmount),
        ("12,345", TooManyDecimals),
        ("12.3456", TooManyDecimals),
        ("1.234", TooManyDecimals),
        ("--5", ValueError),
        ("12,5,5", ValueError),
    ],
)
def test_a_refused_amount_says_what_is_wrong_with_it(text, reason):
    with pytest.raises(ValueError, match="not an amount") as refusal:
        parse_euros(text)
    assert type(refusal.value) is reason


@pytest.mark.parametrize(
    ("cents", "french", "english"),
    [
        (0, "0\u00a0€", "€0"),
        (1, "0,01\u00a0€", "€0.01"),
        (2500, "25\u00a0€", "€25"),
        (1250, "12,50\u00a0€", "€12.50"),
        (9_134_000, "91\u202f340\u00a0€", "€91,340"),
        (-1250, "-12,50\u00a0€", "-€12.50"),
    ],
)
def test_amounts_are_written_in_both_languages(cents, french, english):
    assert format_euros(cents) == french
    assert format_euros(cents, "en") == english


def test_a_column_of_figures_keeps_its_cents():
    assert format_euros(2_500, exact=True) == "25,00\u00a0€"
    assert format_euros(2_500, "en", exact=True) == "€25.00"
    assert format_euros(2_500) == "25\u00a0€"
