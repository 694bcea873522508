"""How often a reward was chosen with a card: what the public reads, apart from what is only held for an hour."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

COUNTING = "'authorised','due','charging','needs_action','needs_card','paid','part_refunded'"


def upgrade() -> None:
    op.add_column("rewards", sa.Column("promised_count", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "UPDATE rewards SET promised_count = (SELECT count(*) FROM pledges "
        f"WHERE pledges.reward_id = rewards.id AND pledges.state IN ({COUNTING}))"
    )


def downgrade() -> None:
    op.drop_column("rewards", "promised_count")
