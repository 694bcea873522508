"""The doors of moderation: a line per route."""

from __future__ import annotations

from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.moderation import interest_services
from app.moderation.watch_models import AbuseReport
from tests.access.people import EVERYBODY, HOLDER, MODERATORS, REVIEWERS

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
    "moderation.phrases": MODERATORS, "moderation.watched": MODERATORS,
    "moderation.figures": EVERYBODY,
    "moderation.report": EVERYBODY, "moderation.report_status": EVERYBODY,  # whoever was given the address
    **dict.fromkeys(
        (f"moderation.{page}" for page in (
            "watch", "suspend", "propose_lift", "confirm_suspension", "lift", "reported",
        )),
        REVIEWERS,
    ),
    "moderation.holder_review": HOLDER, "moderation.answer": HOLDER, "moderation.resubmit": HOLDER,
}  # fmt: skip


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A sentence kept by the organisation that reviews."""
    with transaction():
        kept = interest_services.add_phrase(
            int(str(shared["organisation_id"])), title="Merci", text="Merci de votre envoi.", by=ids["moderator"],
            at=clock.now(),
        )  # fmt: skip
        online = Campaign(
            slug="en-ligne-de-la-scene", owner_id=ids["holder"], organisation_id=int(str(shared["organisation_id"])),
            project_id=db.session.get_one(Campaign, int(str(shared["campaign_id"]))).project_id, state="live",
            title="Le moulin", created_at=clock.now(),
        )  # fmt: skip
        db.session.add(online)
        db.session.flush()
        report = AbuseReport(
            public_id="report-of-the-scene", campaign_id=online.id, category="other", words="?", at=clock.now()
        )
        db.session.add(report)
        db.session.flush()
        on_line = ("watch", "suspend", "propose_lift", "confirm_suspension", "lift", "report")
        return {
            "phrase_id": kept.id, "report_id": report.id, ("moderation.report_status", "public_id"): report.public_id,
            **{(f"moderation.{page}", "slug"): online.slug for page in on_line},
        }  # fmt: skip
