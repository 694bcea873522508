"""Fingerprints of telephones, addresses and legal names: compared between who decides and who holds, never read."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLES = ("payment_accounts", "interest_declarations")


def upgrade() -> None:
    for name in TABLES:
        op.add_column(name, sa.Column("prints", sa.Text(), nullable=True))


def downgrade() -> None:
    for name in TABLES:
        op.drop_column(name, "prints")
