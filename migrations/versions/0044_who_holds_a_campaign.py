"""Who holds a campaign in law, and how each reward is sent: not said for what is there already."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

COLUMNS = (
    ("campaigns", "holder_kind", 20),
    ("campaigns", "legal_name", 160),
    ("campaigns", "legal_form", 60),
    ("campaigns", "registration", 10),
    ("campaigns", "representative", 120),
    ("rewards", "postage", 10),
    ("rewards", "postage_words", 120),
)


def upgrade() -> None:
    for table, column, length in COLUMNS:
        op.add_column(table, sa.Column(column, sa.String(length=length), nullable=True))


def downgrade() -> None:
    for table, column, _length in reversed(COLUMNS):
        op.drop_column(table, column)
