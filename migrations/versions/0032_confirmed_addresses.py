"""An address typed in the public form joins nobody before its mail has said yes."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("persons", sa.Column("is_unconfirmed", sa.Boolean(), server_default=sa.false(), nullable=False))
    # Whoever already has an account was joined by its confirmed address; the others say yes once more.
    op.execute(
        "UPDATE persons SET is_unconfirmed = (1 = 1) WHERE user_id IS NULL AND id IN ("
        "SELECT request.person_id FROM coaching_requests AS request "
        "JOIN coaching_records AS record ON record.id = request.record_id WHERE record.state = 'requested')"
    )


def downgrade() -> None:
    op.drop_column("persons", "is_unconfirmed")
