"""Where a postcode is: only the département and the intercommunality are told, never the postcode itself."""

from __future__ import annotations

import re

from app.network.communes import search_communes

_METROPOLE = {f"{number:02d}" for number in range(1, 96)}


def is_postcode(text: str) -> bool:
    """Five digits that begin with the number of a French département."""
    return re.fullmatch(r"\d{5}", text, re.ASCII) is not None and (text[:2] in _METROPOLE or text[:2] in {"97", "98"})


def area_of(postcode: str) -> tuple[str, str]:
    """(département, intercommunality) of a postcode; "" for what it does not tell: many serve several places."""
    if not is_postcode(postcode):
        return "", ""
    communes = search_communes(postcode, 50)
    departements = {commune.departement_code for commune in communes}
    epcis = {commune.epci_code for commune in communes}
    by_number = postcode[:3] if postcode[:2] in {"97", "98"} else postcode[:2]
    departement = departements.pop() if len(departements) == 1 else by_number
    return departement, epcis.pop() if len(epcis) == 1 else ""
