"""The holder's desk: messages to contributors, deliveries with their sealed addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address_sealed", sa.Text(), nullable=False),
        sa.Column("address_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address_given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('to_prepare','sent','received','problem')", name=op.f("ck_deliveries_state_is_known")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_deliveries_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledges.id"], name=op.f("fk_deliveries_pledge_id_pledges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("pledge_id", name=op.f("uq_deliveries_pledge_id")),
    )
    op.create_index(op.f("ix_deliveries_campaign_id"), "deliveries", ["campaign_id"], unique=False)
    op.create_index("ix_deliveries_forget_at", "deliveries", ["forget_at"], unique=False)
    op.create_table(
        "contributor_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=150), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_thanks", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_contributor_messages_author_id_users")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_contributor_messages_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributor_messages")),
        sa.UniqueConstraint("form_key", name=op.f("uq_contributor_messages_form_key")),
    )
    op.create_index(op.f("ix_contributor_messages_campaign_id"), "contributor_messages", ["campaign_id"], unique=False)
    op.create_table(
        "contributor_message_recipients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["contributor_messages.id"],
            name=op.f("fk_contributor_message_recipients_message_id_contributor_messages"),
        ),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledges.id"], name=op.f("fk_contributor_message_recipients_pledge_id_pledges")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributor_message_recipients")),
        sa.UniqueConstraint(
            "message_id", "pledge_id", name=op.f("uq_contributor_message_recipients_message_id_pledge_id")
        ),
    )
    op.create_index(
        op.f("ix_contributor_message_recipients_pledge_id"), "contributor_message_recipients", ["pledge_id"]
    )
    op.create_index(
        "ix_contributor_message_recipients_posted_at", "contributor_message_recipients", ["posted_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("contributor_message_recipients")
    op.drop_table("contributor_messages")
    op.drop_table("deliveries")
