"""How often a coach wants to be told what waits."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("readers", sa.Column("coach_digest", sa.String(length=8), server_default="weekly", nullable=False))


def downgrade() -> None:
    op.drop_column("readers", "coach_digest")
