"""The money desk: campaigns cancelled by two persons, two ways to look."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cancellations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> proposed_by_id",
            name=op.f("ck_cancellations_two_distinct_persons"),
        ),
        sa.CheckConstraint("state IN ('proposed','approved','given_up')", name=op.f("ck_cancellations_state_is_known")),
        sa.CheckConstraint(
            "state <> 'approved' OR approved_by_id IS NOT NULL", name=op.f("ck_cancellations_approved_by_somebody")
        ),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_cancellations_approved_by_id_users")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_cancellations_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["users.id"], name=op.f("fk_cancellations_proposed_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellations")),
    )
    op.create_index(op.f("ix_cancellations_campaign_id"), "cancellations", ["campaign_id"], unique=False)
    op.create_index(
        "uq_cancellations_one_proposed",
        "cancellations",
        ["campaign_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index("ix_stripe_events_object_id", "stripe_events", ["object_id"], unique=False)
    op.create_index(
        "ix_ledger_transactions_subject", "ledger_transactions", ["subject_kind", "subject_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_ledger_transactions_subject", table_name="ledger_transactions")
    op.drop_index("ix_stripe_events_object_id", table_name="stripe_events")
    op.drop_index("uq_cancellations_one_proposed", table_name="cancellations")
    op.drop_index(op.f("ix_cancellations_campaign_id"), table_name="cancellations")
    op.drop_table("cancellations")
