"""A campaign may refund everybody when too little could be collected; the nightly comparison runs once a night."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "night_runs",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("night", sa.String(length=10), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_night_runs")),
    )
    op.execute(
        "ALTER TABLE campaigns ADD COLUMN refund_below_percent INTEGER DEFAULT '0' NOT NULL "
        "CONSTRAINT ck_campaigns_refund_below_in_range CHECK (refund_below_percent BETWEEN 0 AND 100)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE campaigns DROP COLUMN refund_below_percent")
    op.drop_table("night_runs")
