"""The doors of campaigns: a line per route."""

from __future__ import annotations

from tests.access.people import EVERYBODY, HOLDER, PREVIEWERS, SIGNED_IN

WHO: dict[str, frozenset[str]] = {
    "campaigns.catalogue": EVERYBODY, "campaigns.show": EVERYBODY, "campaigns.picture": EVERYBODY,
    **dict.fromkeys(
        (f"campaigns.{page}" for page in (
            "shared_picture", "poster", "widget", "feed", "place_feed", "campaign_feed",
        )),
        EVERYBODY,
    ),
    "campaigns.shared_preview": EVERYBODY,  # whoever was given the link
    "campaigns.mine": SIGNED_IN, "campaigns.new": SIGNED_IN, "campaigns.preview": PREVIEWERS,
    **dict.fromkeys(
        (f"campaigns.{page}" for page in (
            "desk", "edit", "edit_by_number", "preview_text", "reward", "remove_reward", "submit", "withdraw", "appeal",
            "choose_opening", "fulfil",
        )),
        HOLDER,
    ),
    "mentions.change": HOLDER,
}  # fmt: skip
MAY_BE_MISSING = {"campaigns.picture"}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    public = ("show", "shared_picture", "poster", "widget", "campaign_feed")
    return {
        **{(f"campaigns.{page}", "slug"): shared["live_slug"] for page in public},
        ("campaigns.edit", "step"): "histoire",
        ("campaigns.place_feed", "code"): "21",
    }
