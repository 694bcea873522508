"""The name a holder was given by whoever opened the project."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project_members", sa.Column("told_name", sa.String(length=120), nullable=True))


def downgrade() -> None:
    op.drop_column("project_members", "told_name")
