"""The doors of moderation: a line per route."""

from __future__ import annotations

from tests.access.people import HOLDER, MODERATORS, REVIEWERS

WHO: dict[str, frozenset[str]] = {
    "moderation.queue": MODERATORS,
    **dict.fromkeys(
        (f"moderation.{page}" for page in (
            "review", "take", "release", "checklist", "opinion", "ask_change", "cancel_request", "send_requests",
            "link_record", "no_record", "propose_approval", "propose_refusal", "decide", "send_back", "recuse",
        )),
        REVIEWERS,
    ),
    "moderation.holder_review": HOLDER, "moderation.answer": HOLDER, "moderation.resubmit": HOLDER,
}  # fmt: skip
