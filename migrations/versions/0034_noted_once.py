"""A note without words is one activity, however often its button was pressed."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("activities", sa.Column("once", sa.String(length=30), nullable=True))
    op.create_index("uq_activities_once", "activities", ["once"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_activities_once", table_name="activities")
    op.drop_column("activities", "once")
