"""The doors of moderation: a line per route."""

from __future__ import annotations

from app.core import clock
from app.core.database import db, transaction
from app.moderation import interest_services
from app.moderation.watch_models import AbuseReport
from tests.access.objects import (
    CAMPAIGN,
    CAMPAIGN_EDIT,
    CAMPAIGN_HOLD,
    CAMPAIGN_TEAM,
    DESK,
    MODERATORS,
    ORGANISATION,
    PLATFORM,
    REVIEW,
    REVIEW_ADVISE,
    REVIEW_READ,
    REVIEW_WORK,
    Door,
    doors,
)  # fmt: skip
from tests.access.people import EVERYBODY, people

WHO: dict[str, Door] = {
    **doors("moderation", Door(PLATFORM, EVERYBODY), "figures report report_status"),  # whoever was given the address
    **doors("moderation", Door(DESK, MODERATORS), "queue my_interests phrases watched"),
    **doors("moderation", Door(REVIEW, REVIEW_READ), "review decide send_back recuse page changes"),
    **doors("moderation", Door(REVIEW, REVIEW_WORK), """
        take release checklist opinion ask_change cancel_request send_requests link_record no_record propose_approval
        propose_refusal flag open_record watch suspend propose_lift confirm_suspension lift reported
    """),
    "moderation.phrase": Door(ORGANISATION, people("moderator.same recused.same lead.same/*")),
    "moderation.advise": Door(REVIEW, REVIEW_ADVISE),
    "moderation.holder_review": Door(CAMPAIGN, CAMPAIGN_TEAM),
    "moderation.answer": Door(CAMPAIGN, CAMPAIGN_EDIT), "moderation.resubmit": Door(CAMPAIGN, CAMPAIGN_HOLD),
}  # fmt: skip


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A sentence kept by the organisation that reviews, and a report about the campaign on line."""
    with transaction():
        kept = interest_services.add_phrase(
            int(str(shared["organisation_id"])), title="Merci", text="Merci de votre envoi.", by=ids["moderator.own"],
            at=clock.now(),
        )  # fmt: skip
        report = AbuseReport(
            public_id="report-of-the-scene", campaign_id=shared["live_id"], category="other", words="?", at=clock.now()
        )
        db.session.add(report)
        db.session.flush()
        on_line = ("watch", "suspend", "propose_lift", "confirm_suspension", "lift", "report")
        return {
            "phrase_id": kept.id, "report_id": report.id, ("moderation.report_status", "public_id"): report.public_id,
            **{(f"moderation.{page}", "slug"): shared["live_slug"] for page in on_line},
        }  # fmt: skip
