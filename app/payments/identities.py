"""What Stripe knows of who receives the money, as fingerprints only: nothing readable of it is kept here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core import prints


def prints_of(account: Mapping[str, Any]) -> str:
    """Of a v2 account with its identity: legal name, telephone, postal address; of a person or of a structure."""
    identity = account.get("identity") or {}
    found = [prints.of_phone(str(account.get("contact_phone") or ""))]
    for part in (identity.get("individual") or {}, identity.get("business_details") or {}):
        address = part.get("address") or {}
        person = f"{part.get('given_name') or ''} {part.get('surname') or ''}"
        found += [
            prints.of_name(person), prints.of_name(str(part.get("registered_name") or "")),
            prints.of_phone(str(part.get("phone") or "")),
            prints.of_address(str(address.get("line1") or ""), str(address.get("postal_code") or "")),
        ]  # fmt: skip
    return prints.kept(found)
