"""A database put back from a copy says so: how often, and whether what Stripe did since is found again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("psp_environments", sa.Column("restorations", sa.Integer(), server_default="0", nullable=False))
    op.add_column("psp_environments", sa.Column("catch_up_from", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("psp_environments", "catch_up_from")
    op.drop_column("psp_environments", "restorations")
