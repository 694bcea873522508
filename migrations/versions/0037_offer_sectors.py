"""An offer may keep to some sectors: who knows a project's field answers first."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offers", sa.Column("sectors", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("offers", "sectors")
