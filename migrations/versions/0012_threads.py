"""News with their mails, questions and answers, roles in a team; mails may name who reads the reply."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("reward_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_after", sa.String(length=254), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("audience IN ('everybody','contributors','reward')", name=op.f("ck_news_audience_is_known")),
        sa.CheckConstraint(
            "(audience = 'reward') = (reward_id IS NOT NULL)", name=op.f("ck_news_reward_where_it_belongs")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_news_author_id_users")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_news_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["reward_id"], ["rewards.id"], name=op.f("fk_news_reward_id_rewards")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
    )
    op.create_index("ix_news_campaign_id_published_at", "news", ["campaign_id", "published_at"], unique=False)
    op.create_index("ix_news_mailed_at_published_at", "news", ["mailed_at", "published_at"], unique=False)
    op.create_table(
        "news_stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_news_stops_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_stops")),
        sa.UniqueConstraint("campaign_id", "email", name=op.f("uq_news_stops_campaign_id_email")),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('unconfirmed','waiting','answered','declined')", name=op.f("ck_questions_state_is_known")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_questions_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["users.id"], name=op.f("fk_questions_settled_by_id_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_questions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("form_key", name=op.f("uq_questions_form_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_questions_public_id")),
    )
    op.create_index("ix_questions_campaign_id_state", "questions", ["campaign_id", "state"], unique=False)
    op.create_index("ix_questions_state_asked_at", "questions", ["state", "asked_at"], unique=False)
    op.create_index(op.f("ix_questions_user_id"), "questions", ["user_id"], unique=False)
    op.create_index(op.f("ix_questions_email"), "questions", ["email"], unique=False)
    op.add_column("outbox_mail", sa.Column("reply_to", sa.String(length=254), nullable=True))
    op.add_column("outbox_mail", sa.Column("stop_url", sa.String(length=700), nullable=True))
    op.execute("UPDATE campaign_members SET role = 'manager' WHERE role = 'team'")


def downgrade() -> None:
    op.execute("UPDATE campaign_members SET role = 'team' WHERE role <> 'holder'")
    op.drop_column("outbox_mail", "stop_url")
    op.drop_column("outbox_mail", "reply_to")
    op.drop_table("questions")
    op.drop_table("news_stops")
    op.drop_table("news")
