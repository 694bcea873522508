"""The campaigns that grew from the records of a house: some wait for their reviewers, most have ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.campaigns.models import BudgetLine, Campaign, CampaignMember, CampaignValue, Reward, Snapshot
from app.campaigns.rules import AddedValue, BudgetSide, CampaignState
from app.core import clock
from app.core.journal import JournalEntry
from app.moderation.checklist_rules import CURRENT
from app.moderation.models import ChangeRequest, Review, ReviewPhase
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from bench.region_records import House, Made
from bench.rows import Rows

STORY = "Nous ouvrons un atelier où l’on répare, apprend et prête. " * 20
LIVED = ("started", "submitted", "request_changes", "resubmitted", "approve", "open", "succeed", "settle")
GIVERS = 20
ENDED_DAYS = 60


def write(rows: Rows, house: House, made: list[Made], number: int, *, waiting: int, at: datetime) -> None:
    """`number` of them: the first `waiting` are in moderation, on records of the same house as the others."""
    chosen = sorted(made, key=lambda one: not one.is_open)[:number]
    for n, record in enumerate(chosen):
        _campaign(rows, house, record, n, is_waiting=n < waiting, at=at)


def _campaign(rows: Rows, house: House, record: Made, n: int, *, is_waiting: bool, at: datetime) -> None:
    sent = at - timedelta(days=n % 12 + 1) if is_waiting else at - timedelta(days=ENDED_DAYS + 40 + n)
    opened, closed = sent + timedelta(days=7), clock.end_of_paris_day(sent, days_later=37)
    state = CampaignState.SUBMITTED if is_waiting else CampaignState.SETTLED
    raised = 0 if is_waiting else GIVERS * 25_00
    campaign = rows.add(
        Campaign, slug=f"banc-{record.id}", project_id=record.project_id, owner_id=record.holder_id, state=state,
        title=record.title, tagline="Un atelier pour tous.", story_markdown=STORY, story_html=f"<p>{STORY}</p>",
        if_missed="Nous commencerons plus petit.", commune_code=record.commune, departement_code=record.commune[:2],
        theme="crafts", search_text="atelier partage", goal_cents=400_00, duration_days=30,
        opens_at=None if is_waiting else opened, closes_at=None if is_waiting else closed,
        organisation_id=house.organisation_id, routing_reason="", coaching_record_id=record.id, raised_cents=raised,
        backers_count=0 if is_waiting else GIVERS, created_at=sent - timedelta(days=20), submitted_at=sent,
        approved_at=None if is_waiting else opened, version=1,
    )  # fmt: skip
    rows.add(CampaignMember, campaign_id=campaign, user_id=record.holder_id, role="holder")
    rows.add(BudgetLine, campaign_id=campaign, side=BudgetSide.USE, label="Outils", amount_cents=400_00)
    rows.add(CampaignValue, campaign_id=campaign, value=AddedValue.SOCIAL, argument="Un lieu pour tous.")
    reward = rows.add(Reward, campaign_id=campaign, title="Merci", amount_cents=10_00)
    rows.add(Snapshot, campaign_id=campaign, occasion="submitted", content={"title": record.title}, taken_at=sent)
    for k, action in enumerate(LIVED[:4] if is_waiting else LIVED):
        rows.add(
            JournalEntry, at=sent + timedelta(days=k), action=f"campaign.{action}", subject_kind="campaigns",
            subject_id=campaign, actor_id=house.moderators[0], data={},
        )  # fmt: skip
    _review(rows, house, campaign, n, sent, is_waiting=is_waiting)
    for k in range(0 if is_waiting else GIVERS):
        key = f"banc-{campaign}-{k}"
        rows.add(
            Pledge, public_id=key, form_key=key, campaign_id=campaign, reward_id=reward, email=f"{key}@exemple.invalid",
            name=f"Personne {k}", amount_cents=25_00, state=PledgeState.PAID, consent_version="2026-11",
            created_at=opened + timedelta(hours=k), authorised_at=opened + timedelta(hours=k), paid_at=closed,
            version=1,
        )  # fmt: skip


def _review(rows: Rows, house: House, campaign: int, n: int, sent: datetime, *, is_waiting: bool) -> None:
    """Of the waiting ones two in three are taken; the others wait for anybody."""
    if is_waiting and n % 3 == 2:
        return
    first, second = house.moderators[:2]
    review = rows.add(
        Review, campaign_id=campaign, organisation_id=house.organisation_id,
        phase=ReviewPhase.IN_REVIEW if is_waiting else ReviewPhase.DECIDED, taken_by_id=(first, second)[n % 2],
        taken_at=sent, checklist_version=CURRENT, admitted_at=sent, first_answer_at=sent,
        proposal="" if is_waiting else "approve", proposed_by_id=None if is_waiting else first,
        decided_by_id=None if is_waiting else second, decided_at=None if is_waiting else sent + timedelta(days=6),
        created_at=sent, version=1,
    )  # fmt: skip
    for field in ("title", "story"):
        rows.add(
            ChangeRequest, review_id=review, field=field, reason="incomplete", text="Dites-en plus.", asked_by_id=first,
            asked_at=sent, sent_at=sent, answer="C’est ajouté.", answered_at=sent,
        )  # fmt: skip
