"""Numbers under which France registers organisations: SIREN and SIRET (Luhn’s key), RNA. Pure.

A SIREN has nine digits, a SIRET is one with five more, each with its last digit as key (INSEE, Sirene). An RNA, of the
register of associations, is a W and nine digits on the mainland.
"""

from __future__ import annotations

import re

_RNA = re.compile(r"W[0-9]{9}")
_BETWEEN = str.maketrans("", "", " .-\u00a0\u202f\u2009")


def compact(number: str) -> str:
    """As typed by a person, without what stands between the figures; « w » becomes « W »."""
    return "".join(number.split()).translate(_BETWEEN).upper()


def is_siren(number: str) -> bool:
    """Compact in. Nine zeros carry the right key and are nobody’s."""
    return len(number) == 9 and _has_key(number) and number != "0" * 9


def is_siret(number: str) -> bool:
    """Compact in. La Poste’s own offices, which follow another rule, are not known here."""
    return len(number) == 14 and _has_key(number)


def is_rna(number: str) -> bool:
    """Compact in. There is no key to check."""
    return _RNA.fullmatch(number) is not None and number != "W" + "0" * 9


def spaced(number: str) -> str:
    """A SIREN in threes, as it is printed; anything else as it is. No-break spaces."""
    return "\u00a0".join((number[:3], number[3:6], number[6:])) if is_siren(number) else number


def _has_key(number: str) -> bool:
    """Luhn: from the right every second digit counts twice."""
    if not (number.isascii() and number.isdigit()):
        return False
    counted = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(n - 9 if n > 9 else n for n in counted) % 10 == 0
