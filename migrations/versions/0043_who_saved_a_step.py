"""Who saved each step of a campaign last: to tell a colleague from one's own other window."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("saved_by", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("campaigns", "saved_by")
