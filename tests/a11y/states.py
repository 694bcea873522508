"""The states of campaigns, contributions and records, set from behind, and the pages on which they show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.coaching.models import CoachingRecord
from app.coaching.rules import RecordState
from app.core import clock
from app.core.database import db, transaction
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from tests.a11y.table import CONTRIBUTOR, HOLDER, MODERATOR, REFERENT, STEPS, VISITOR
from tests.access.scene import World

ENDED = {"closing", "succeeded", "failed", "settled", "fulfilled"}
BEFORE = {"draft", "submitted", "changes_requested"}
Pairs = list[tuple[str, str]]


def each(app: Flask, world: World) -> Iterator[tuple[str, Pairs]]:
    """(name of the state, [(who looks, path)]); the state is there while the caller looks."""
    values = world.values
    slug, reference, pledge = values["slug"], values["reference"], values["public_id"]
    for state in CampaignState:
        set_campaign(app, str(slug), state)
        public: Pairs = [] if state in BEFORE else [(VISITOR, f"/campagnes/{slug}")]
        steps = [f"/{step}" for step in STEPS] if state in BEFORE else []
        desk = [*steps, "", "/argent", "/contributeurs", "/relecture", "/equipe", "/cloture", "/remises-a-faire"]
        yield f"campaign {state}", [
            *public, (VISITOR, f"/campagnes/{slug}/contribuer"), (HOLDER, "/mes-campagnes"),
            *((HOLDER, f"/mes-campagnes/{slug}{page}") for page in desk), (MODERATOR, f"/moderation/{slug}"),
        ]  # fmt: skip
    for state in PledgeState:
        with app.app_context(), transaction():
            db.session.execute(update(Pledge).where(Pledge.public_id == pledge).values(state=state))
        yield f"contribution {state}", [
            (CONTRIBUTOR, path) for path in ("/contributions", f"/contributions/{pledge}",
            f"/contributions/{pledge}/merci", f"/contributions/{pledge}/regler")
        ]  # fmt: skip
    for state in RecordState:
        with app.app_context(), transaction():
            db.session.execute(update(CoachingRecord).where(CoachingRecord.reference == reference).values(state=state))
        page = f"/accompagnement/dossiers/{reference}"
        yield f"record {state}", [(REFERENT, page), (HOLDER, page), (HOLDER, "/mon-accompagnement")]


def set_campaign(app: Flask, slug: str, state: CampaignState) -> None:
    """With the dates and sums that a campaign in that state has."""
    with app.app_context():
        at = clock.now()
    begun, over = state not in BEFORE, state in ENDED
    closes = at - timedelta(days=1) if over else at + timedelta(days=20)
    raised = 40_000 if state == CampaignState.FAILED else 120_000 if over else 64_000 if begun else 0
    with app.app_context(), transaction():
        db.session.execute(
            update(Campaign).where(Campaign.slug == slug).values(
                state=state, opens_at=at - timedelta(days=31) if begun else None, closes_at=closes if begun else None,
                approved_at=at - timedelta(days=32) if begun else None, verdict_at=at if over else None,
                raised_cents=raised, backers_count=raised // 2_000,
                verdict_raised_cents=raised if over else None, verdict_backers_count=raised // 2_000 if over else None,
                refused_at=at if state == CampaignState.REFUSED else None, page_version=Campaign.page_version + 1,
            )
        )  # fmt: skip
