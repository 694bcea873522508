"""What people ask about their data, what was erased, and the notices before."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("with_restricted", sa.Boolean(), nullable=False),
        sa.Column("available_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('access', 'erasure')", name="kind_is_known"),
        sa.CheckConstraint("state IN ('asked', 'done', 'refused', 'withdrawn')", name="state_is_known"),
        sa.CheckConstraint("(state = 'asked') = (settled_at IS NULL)", name="settled_has_its_day"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name="fk_privacy_requests_record_id_coaching_records"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_privacy_requests_user_id_users"),
        sa.ForeignKeyConstraint(["settled_by_id"], ["users.id"], name="fk_privacy_requests_settled_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_requests"),
        sa.UniqueConstraint("public_id", name="uq_privacy_requests_public_id"),
    )
    op.create_index("ix_privacy_requests_record_id", "privacy_requests", ["record_id"])
    op.create_index("ix_privacy_requests_user_id", "privacy_requests", ["user_id"])
    op.create_index("ix_privacy_requests_state_due_on", "privacy_requests", ["state", "due_on"])
    op.create_table(
        "record_erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("why IN ('asked', 'retention')", name="why_is_known"),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_record_erasures_by_id_users"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name="fk_record_erasures_record_id_coaching_records"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_record_erasures"),
        sa.UniqueConstraint("record_id", name="uq_record_erasures_record_id"),
    )
    op.create_table(
        "retention_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('prompt', 'closing', 'deletion')", name="kind_is_known"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name="fk_retention_notices_record_id_coaching_records"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_retention_notices"),
    )
    op.create_index("ix_retention_notices_record_id_kind", "retention_notices", ["record_id", "kind"])


def downgrade() -> None:
    op.drop_table("retention_notices")
    op.drop_table("record_erasures")
    op.drop_table("privacy_requests")
