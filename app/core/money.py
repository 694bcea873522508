"""Euro cents to words and back. The only place where cents meet text."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_CENTS = 99_999_999
_AMOUNT = re.compile(r"^(\d{1,15})(?:[.,](\d{1,2}))?$")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_NEGATIVE = re.compile(r"^[-\u2212]\d")
_TOO_FINE = re.compile(r"^\d+[.,]\d{3,}$")
_SIGN = re.compile(r"^€|(?:€|eur|euros?)$", re.IGNORECASE)
_GROUPED = re.compile(r"^\d{1,3}(?:(?:,\d{3})+\.|(?:\.\d{3})+,)\d{2}$")  # both marks: the last one is the decimal one


class NegativeAmount(ValueError):
    """« -5 »: readable, and no amount to give or to ask."""


class TooManyDecimals(ValueError):
    """« 12,345 »: more than cents, or thousands written in a way that can be read twice."""


def parse_euros(text: str) -> int:
    """« 1 234,50 », « 12.5 », « 25 € », « €1,234.50 », « 25 euros » → cents.

    Errors: NegativeAmount, TooManyDecimals, ValueError on anything else.

    Alone, a dot or a comma is a decimal mark: « 1.234 » is refused rather than guessed.
    """
    bare = _SIGN.sub("", _SPACES.sub("", text), count=1)
    if _GROUPED.match(bare):
        bare = f"{re.sub('[.,]', '', bare[:-3])},{bare[-2:]}"
    if _NEGATIVE.match(bare):
        raise NegativeAmount("not an amount in euros: below zero")
    if _TOO_FINE.match(bare):
        raise TooManyDecimals("not an amount in euros: finer than cents")
    match = _AMOUNT.match(bare)
    if match is None or not bare.isascii():
        raise ValueError("not an amount in euros")
    whole, part = match.group(1), match.group(2) or ""
    return int(whole) * 100 + int((part + "00")[:2])


@lru_cache(maxsize=4096)
def format_euros(cents: int, locale: str = "fr", *, exact: bool = False) -> str:
    """12_50 → « 12,50 € »; whole euros lose their decimals (25_00 → « 25 € ») unless `exact` (a column of figures)."""
    sign, value = ("-" if cents < 0 else ""), abs(cents)
    whole, part = divmod(value, 100)
    grouped = f"{whole:,}"
    if locale == "en":
        return f"{sign}€{grouped}" + (f".{part:02d}" if part or exact else "")
    grouped = grouped.replace(",", "\u202f")
    return f"{sign}{grouped}" + (f",{part:02d}" if part or exact else "") + "\u00a0€"
