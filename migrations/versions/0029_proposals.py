"""What the platform proposes about a record; the day a holder was reminded of an action."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("suggested", sa.String(length=30), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('outcome', 'closing')", name=op.f("ck_record_proposals_kind_is_known")),
        sa.CheckConstraint(
            "(kind = 'outcome') = (campaign_id IS NOT NULL)",
            name=op.f("ck_record_proposals_an_outcome_has_its_campaign"),
        ),
        sa.CheckConstraint(
            "answer IN ('', 'confirmed', 'dismissed', 'lapsed')", name=op.f("ck_record_proposals_answer_is_known")
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer = '')", name=op.f("ck_record_proposals_answered_has_its_day")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_record_proposals_record_id_coaching_records")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_record_proposals_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_record_proposals_answered_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_proposals")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_record_proposals_campaign_id")),
    )
    op.create_index("ix_record_proposals_record_id_answered_at", "record_proposals", ["record_id", "answered_at"])
    op.add_column("action_items", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("action_items", "reminded_at")
    op.drop_table("record_proposals")
