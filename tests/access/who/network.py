"""The doors of network: a line per route."""

from __future__ import annotations

from tests.access.people import ADMIN, EVERYBODY

WHO: dict[str, frozenset[str]] = {
    "network.communes_json": EVERYBODY, "network.who_helps": EVERYBODY,
    **dict.fromkeys(
        (f"network.{page}" for page in (
            "admin_home", "admin_journal", "coverage", "texts", "edit_text", "offers", "new_offer", "end_offer",
            "organisations", "new_organisation", "organisation", "set_active", "people", "person", "give_right",
            "end_right",
        )),
        ADMIN,
    ),
}  # fmt: skip


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    return {"slug": "active-71", ("network.edit_text", "key"): "contact_email"}
