"""Who was reminded of whom that waits, once each; declines of before are not told about now."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0038"
branch_labels = None
depends_on = None

INSTANTS = (
    ("referrals", "contact_reminded_at"),
    ("referrals", "sender_told_at"),
    ("coaching_requests", "late_told_at"),
    ("privacy_requests", "reminded_at"),
)


def upgrade() -> None:
    for table, column in INSTANTS:
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE record_moves SET told_at = at WHERE new_state = 'declined' AND told_at IS NULL")


def downgrade() -> None:
    for table, column in reversed(INSTANTS):
        op.drop_column(table, column)
