"""Fingerprints of a telephone, a postal address, a name: two are compared, and neither is kept nor shown.

Keyed with the platform's secret: without it nobody can try out numbers. A new SECRET_KEY makes new fingerprints.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from enum import StrEnum

from flask import current_app

from app.core.text import fold

FEWEST_DIGITS = 9


class Kind(StrEnum):
    PHONE = "phone"
    ADDRESS = "address"
    NAME = "name"


def of_phone(typed: str) -> str:
    """« +33 6 12 34 56 78 » and « 06.12.34.56.78 » are one. "" for what is no number."""
    digits = re.sub(r"[^0-9+]", "", typed)
    national = re.sub(r"^(\+33|0033)0?", "0", digits).lstrip("+")
    return _keyed(Kind.PHONE, national) if len(national) >= FEWEST_DIGITS else ""


def of_address(street: str, postcode: str) -> str:
    """Capitals, accents and commas aside. "" unless both are there."""
    words, code = "".join(fold(street).split()), "".join(postcode.split())
    return _keyed(Kind.ADDRESS, f"{words} {code}") if words and code else ""


def of_name(name: str) -> str:
    """The same words in any order: « MOREL Ada » is « Ada Morel ». "" for less than two words."""
    words = sorted(fold(name).split())
    return _keyed(Kind.NAME, " ".join(words)) if len(words) > 1 else ""


def kept(prints: Iterable[str]) -> str:
    """For a column of text; `read` gives the set again."""
    return " ".join(sorted({one for one in prints if one}))


def read(column: str | None) -> frozenset[str]:
    return frozenset((column or "").split())


def shared(mine: Iterable[str], theirs: Iterable[str]) -> frozenset[Kind]:
    """What both have in common, by its kind."""
    return frozenset(Kind(one.partition(":")[0]) for one in {*mine} & {*theirs})


def _keyed(kind: Kind, value: str) -> str:
    secret, words = current_app.config["SECRET_KEY"].encode(), "\0".join(("print", kind, value))
    return f"{kind}:{hmac.new(secret, words.encode(), hashlib.sha256).hexdigest()[:40]}"
