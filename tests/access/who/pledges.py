"""The doors of pledges: a line per route."""

from __future__ import annotations

from tests.access.people import CONTRIBUTOR, EVERYBODY

WHO: dict[str, frozenset[str]] = {
    "pledges.contribute": EVERYBODY, "pledges.mine": EVERYBODY, "pledges.mail_link": EVERYBODY,
    **dict.fromkeys(
        (f"pledges.{page}" for page in ("show", "thanks", "card", "change", "withdraw")),
        CONTRIBUTOR,
    ),
}  # fmt: skip


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    return {("pledges.contribute", "slug"): shared["live_slug"]}
