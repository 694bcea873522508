"""Campaigns, their budget, rewards, pictures, added values and team."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.campaigns.identity_rules import HolderKind, Identity
from app.campaigns.rules import (
    PUBLIC,
    AddedValue,
    BudgetSide,
    CampaignState,
    FundingKind,
    MemberRole,
    Postage,
    RewardNature,
    shown,
)
from app.coaching.models import CoachingRecord, Project
from app.core.database import Model
from app.network.models import Organisation, Territory
from app.network.reasons import in_words


class Campaign(Model):
    """A project that asks the public for money until a closing date. Draft fields may be empty."""

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("goal_cents IS NULL OR goal_cents BETWEEN 10000 AND 50000000", name="goal_in_range"),
        CheckConstraint("optimum_cents IS NULL OR optimum_cents >= goal_cents", name="optimum_above_goal"),
        CheckConstraint("duration_days IS NULL OR duration_days BETWEEN 5 AND 90", name="duration_in_range"),
        CheckConstraint("closes_at IS NULL OR closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint("raised_cents >= 0 AND backers_count >= 0", name="totals_never_negative"),
        CheckConstraint("fee_bps BETWEEN 0 AND 10000", name="fee_in_range"),
        CheckConstraint("refund_below_percent BETWEEN 0 AND 100", name="refund_below_in_range"),
        Index("ix_campaigns_state_closes_at", "state", "closes_at"),
        Index("ix_campaigns_state_opens_at", "state", "opens_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[FundingKind] = mapped_column(String(20), default=FundingKind.ALL_OR_NOTHING)
    state: Mapped[CampaignState] = mapped_column(String(20), default=CampaignState.DRAFT)

    title: Mapped[str] = mapped_column(String(120))
    tagline: Mapped[str] = mapped_column(String(200), default="")
    story_markdown: Mapped[str] = mapped_column(Text, default="")
    story_html: Mapped[str] = mapped_column(Text, default="")
    if_missed: Mapped[str] = mapped_column(Text, default="")  # what happens if the goal is missed
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("territories.code"), index=True)
    departement_code: Mapped[str | None] = mapped_column(String(3), index=True)
    theme: Mapped[str] = mapped_column(String(30), default="", index=True)
    # Who holds it in law, None while not said: read through `identity`.
    holder_kind: Mapped[HolderKind | None] = mapped_column(String(20))
    legal_name: Mapped[str | None] = mapped_column(String(160))
    legal_form: Mapped[str | None] = mapped_column(String(60))
    registration: Mapped[str | None] = mapped_column(String(10))  # SIREN or RNA, compact
    representative: Mapped[str | None] = mapped_column(String(120))
    search_text: Mapped[str] = mapped_column(Text, default="")  # folded words, for the catalogue
    search_title: Mapped[str | None] = mapped_column(Text)  # those of the title, for the order; None: to be taken anew
    search_summary: Mapped[str | None] = mapped_column(Text)  # those of the line, the place, the theme, the values

    goal_cents: Mapped[int | None] = mapped_column()  # the minimum that decides
    optimum_cents: Mapped[int | None] = mapped_column()
    duration_days: Mapped[int | None] = mapped_column()
    earliest_start_on: Mapped[date | None] = mapped_column()
    opens_at: Mapped[datetime | None] = mapped_column()
    closes_at: Mapped[datetime | None] = mapped_column()

    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)  # who reviews
    routing_reason: Mapped[str] = mapped_column(String(300), default="")  # facts; `why_here` says them
    coaching_record_id: Mapped[int | None] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    no_record_reason: Mapped[str] = mapped_column(String(300), default="")

    raised_cents: Mapped[int] = mapped_column(default=0)
    backers_count: Mapped[int] = mapped_column(default=0)
    fee_bps: Mapped[int] = mapped_column(default=0)  # frozen at submission
    # Everybody is refunded when less of the goal than this could be collected; frozen at submission, 0: never.
    refund_below_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    verdict_at: Mapped[datetime | None] = mapped_column()
    verdict_raised_cents: Mapped[int | None] = mapped_column()
    verdict_backers_count: Mapped[int | None] = mapped_column()

    created_at: Mapped[datetime] = mapped_column()
    submitted_at: Mapped[datetime | None] = mapped_column()
    approved_at: Mapped[datetime | None] = mapped_column()
    refused_at: Mapped[datetime | None] = mapped_column()
    appealed_at: Mapped[datetime | None] = mapped_column()
    appeal_words: Mapped[str] = mapped_column(Text, default="")
    edited_at: Mapped[datetime | None] = mapped_column()  # after approval: « modifié le »
    saved_by: Mapped[dict[str, int] | None] = mapped_column(JSON)  # step or `reward:<id>` → who saved it last
    closing_markdown: Mapped[str | None] = mapped_column(Text)  # what happened, told at the end
    closing_html: Mapped[str | None] = mapped_column(Text)
    closing_at: Mapped[datetime | None] = mapped_column()  # when it was told, or last corrected
    reopened_at: Mapped[datetime | None] = mapped_column()  # back in review, its team may change it until it is taken
    terms_version: Mapped[str] = mapped_column(String(20), default="")
    terms_accepted_at: Mapped[datetime | None] = mapped_column()
    page_version: Mapped[int] = mapped_column(default=1)  # raised by whatever shows on the page
    version: Mapped[int] = mapped_column()

    project: Mapped[Project] = relationship()
    owner: Mapped[User] = relationship()
    commune: Mapped[Territory | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    coaching_record: Mapped[CoachingRecord | None] = relationship()
    budget_lines: Mapped[list[BudgetLine]] = relationship(
        order_by="BudgetLine.position", cascade="all, delete-orphan", back_populates="campaign"
    )
    rewards: Mapped[list[Reward]] = relationship(order_by="Reward.amount_cents, Reward.id", back_populates="campaign")
    values: Mapped[list[CampaignValue]] = relationship(
        cascade="all, delete-orphan", order_by="CampaignValue.id", back_populates="campaign"
    )
    pictures: Mapped[list[Picture]] = relationship(
        order_by="Picture.id", cascade="all, delete-orphan", back_populates="campaign"
    )
    members: Mapped[list[CampaignMember]] = relationship(
        cascade="all, delete-orphan", order_by="CampaignMember.id", back_populates="campaign"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC

    @property
    def shown_cents(self) -> int:
        return shown(self.state, self.raised_cents, self.verdict_raised_cents)

    @property
    def shown_backers(self) -> int:
        return shown(self.state, self.backers_count, self.verdict_backers_count)

    @property
    def identity(self) -> Identity:
        return Identity(
            str(self.holder_kind or ""), self.legal_name or "", self.legal_form or "", self.registration or "",
            self.representative or "",
        )  # fmt: skip

    @property
    def why_here(self) -> str:
        """Why this organisation reviews it, in the reader's language: « parce que … », "" before it was sent."""
        return in_words(self.routing_reason)

    @property
    def picture(self) -> Picture | None:
        """The photograph shown: the last one sent."""
        return self.pictures[-1] if self.pictures else None


class CampaignMember(Model):
    """The team of a campaign; the owner has a row too."""

    __tablename__ = "campaign_members"
    __table_args__ = (UniqueConstraint("campaign_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[MemberRole] = mapped_column(String(20), default=MemberRole.HOLDER)
    ended_at: Mapped[datetime | None] = mapped_column()

    campaign: Mapped[Campaign] = relationship(back_populates="members")
    user: Mapped[User] = relationship()


class CampaignInvitation(Model):
    """A place in the team offered to an address; the person who owns it accepts."""

    __tablename__ = "campaign_invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[MemberRole] = mapped_column(String(20))
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    invited_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()
    accepted_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()  # taken back

    campaign: Mapped[Campaign] = relationship()
    invited_by: Mapped[User] = relationship()


class CampaignValue(Model):
    """An added value claimed by the campaign, argued in a sentence."""

    __tablename__ = "campaign_values"
    __table_args__ = (UniqueConstraint("campaign_id", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    value: Mapped[AddedValue] = mapped_column(String(20), index=True)
    argument: Mapped[str] = mapped_column(String(300))

    campaign: Mapped[Campaign] = relationship(back_populates="values")


class BudgetLine(Model):
    """Where the money goes, and who else pays. Uses = goal + other resources before submission.

    In a draft a line may still lack its words ("") or its amount (0).
    """

    __tablename__ = "budget_lines"
    __table_args__ = (CheckConstraint("amount_cents >= 0", name="amount_is_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    side: Mapped[BudgetSide] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(120))
    amount_cents: Mapped[int] = mapped_column()
    position: Mapped[int] = mapped_column(default=0)

    campaign: Mapped[Campaign] = relationship(back_populates="budget_lines")


class Reward(Model):
    """A contrepartie. `stock_total` None = unlimited; `stock_left` is changed by one guarded UPDATE."""

    __tablename__ = "rewards"
    __table_args__ = (
        CheckConstraint("amount_cents >= 100", name="amount_at_least_one_euro"),
        CheckConstraint("stock_left IS NULL OR stock_left BETWEEN 0 AND stock_total", name="stock_in_range"),
        CheckConstraint("(stock_total IS NULL) = (stock_left IS NULL)", name="stock_is_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(500), default="")
    nature: Mapped[RewardNature] = mapped_column(String(20), default=RewardNature.THANKS)
    amount_cents: Mapped[int] = mapped_column()
    stock_total: Mapped[int | None] = mapped_column()
    stock_left: Mapped[int | None] = mapped_column()
    chosen_count: Mapped[int] = mapped_column(default=0)  # kept for somebody, also without a card yet
    promised_count: Mapped[int] = mapped_column(default=0, server_default="0")  # with a card: what the public reads
    delivery_month: Mapped[date | None] = mapped_column()  # first day of the month
    postage: Mapped[Postage | None] = mapped_column(String(10))  # None: not said
    postage_words: Mapped[str | None] = mapped_column(String(120))  # how far, and how much when it is apart

    campaign: Mapped[Campaign] = relationship(back_populates="rewards")


class StoryPicture(Model):
    """A picture inside a story, named in its text: renditions in WebP and JPEG, smallest first."""

    __tablename__ = "story_pictures"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    renditions: Mapped[list[dict[str, int | str]]] = mapped_column(JSON)  # [{name, width, height, kind}]
    created_at: Mapped[datetime] = mapped_column()


class Picture(Model):
    """The campaign's photograph: renditions in WebP, smallest first, and its text alternative."""

    __tablename__ = "pictures"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    alternative: Mapped[str] = mapped_column(String(300))
    renditions: Mapped[list[dict[str, int | str]]] = mapped_column(JSON)  # [{name, width, height}]
    created_at: Mapped[datetime] = mapped_column()

    campaign: Mapped[Campaign] = relationship(back_populates="pictures")


class Snapshot(Model):
    """What a campaign said when it was submitted, appealed or approved; never changed: reviewers see differences.

    `content`: see `snapshots.content_of`.
    """

    __tablename__ = "campaign_snapshots"
    __table_args__ = (Index("ix_campaign_snapshots_campaign_id_taken_at", "campaign_id", "taken_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    occasion: Mapped[str] = mapped_column(String(20))  # submitted, appealed, approved
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    taken_at: Mapped[datetime] = mapped_column()
