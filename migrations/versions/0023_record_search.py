"""Coaching records are found by name, theme, place and need, accents ignored."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("coaching_records", sa.Column("search_text", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("coaching_records", "search_text")
