"""News of a campaign, who wants no more of them, and questions with their answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.campaigns.models import Campaign, Reward
from app.core.database import Model
from app.threads.rules import Audience, QuestionState


class News(Model):
    """Words to the public or to contributors; a draft until `published_at`.

    `mail_after`: the last address written to, while the mails are on their way; `mailed_at`: all of them are.
    """

    __tablename__ = "news"
    __table_args__ = (
        CheckConstraint("audience IN ('everybody','contributors','reward')", name="audience_is_known"),
        CheckConstraint("(audience = 'reward') = (reward_id IS NOT NULL)", name="reward_where_it_belongs"),
        Index("ix_news_campaign_id_published_at", "campaign_id", "published_at"),
        Index("ix_news_mailed_at_published_at", "mailed_at", "published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(120))
    markdown: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[Audience] = mapped_column(String(20), default=Audience.EVERYBODY)
    reward_id: Mapped[int | None] = mapped_column(ForeignKey("rewards.id"))
    created_at: Mapped[datetime] = mapped_column()
    published_at: Mapped[datetime | None] = mapped_column()
    edited_at: Mapped[datetime | None] = mapped_column()  # after it was published
    removed_at: Mapped[datetime | None] = mapped_column()
    mail_after: Mapped[str] = mapped_column(String(254), default="")
    mailed_at: Mapped[datetime | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    campaign: Mapped[Campaign] = relationship()
    author: Mapped[User] = relationship()
    reward: Mapped[Reward | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class NewsStop(Model):
    """An address that wants no more news of one campaign. Mails about its own contribution still come."""

    __tablename__ = "news_stops"
    __table_args__ = (UniqueConstraint("campaign_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    email: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime] = mapped_column()


class Question(Model):
    """What a visitor asks. `form_key`: one per form shown, a second click finds the first question."""

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint("state IN ('unconfirmed','waiting','answered','declined')", name="state_is_known"),
        Index("ix_questions_campaign_id_state", "campaign_id", "state"),
        Index("ix_questions_state_asked_at", "state", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), index=True)
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[QuestionState] = mapped_column(String(12), default=QuestionState.UNCONFIRMED)
    asked_at: Mapped[datetime] = mapped_column()
    confirmed_at: Mapped[datetime | None] = mapped_column()
    answer: Mapped[str] = mapped_column(Text, default="")  # or why it is declined
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    settled_at: Mapped[datetime | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    campaign: Mapped[Campaign] = relationship()

    __mapper_args__ = {"version_id_col": version}
