"""The doors of moderation: a line per route."""

from __future__ import annotations

from app.core import clock
from app.core.database import db, transaction
from app.moderation import interest_services
from tests.access.people import HOLDER, MODERATORS, REVIEWERS

WHO: dict[str, frozenset[str]] = {
    "moderation.queue": MODERATORS,
    **dict.fromkeys(
        (f"moderation.{page}" for page in (
            "review", "take", "release", "checklist", "opinion", "ask_change", "cancel_request", "send_requests",
            "link_record", "no_record", "propose_approval", "propose_refusal", "decide", "send_back", "recuse", "page",
            "changes", "flag", "open_record", "phrase",
        )),
        REVIEWERS,
    ),
    "moderation.advise": frozenset({"referent"}), "moderation.my_interests": MODERATORS,
    "moderation.phrases": MODERATORS,
    "moderation.holder_review": HOLDER, "moderation.answer": HOLDER, "moderation.resubmit": HOLDER,
}  # fmt: skip


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A sentence kept by the organisation that reviews."""
    with transaction():
        kept = interest_services.add_phrase(
            int(str(shared["organisation_id"])), title="Merci", text="Merci de votre envoi.", by=ids["moderator"],
            at=clock.now(),
        )  # fmt: skip
        db.session.flush()
        return {"phrase_id": kept.id}
