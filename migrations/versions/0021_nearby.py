"""A contribution may say in which département and intercommunality it was made; never a postcode."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pledges", sa.Column("departement_code", sa.String(length=3), nullable=True))
    op.add_column("pledges", sa.Column("epci_code", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("pledges", "epci_code")
    op.drop_column("pledges", "departement_code")
