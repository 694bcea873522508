"""A referral may be redirected, and whoever was asked is reminded of it once."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BEFORE = "state IN ('sent', 'accepted', 'declined', 'first_contact')"
AFTER = "state IN ('sent', 'accepted', 'declined', 'redirected', 'first_contact')"
STATE = "ck_referrals_state_is_known"


def upgrade() -> None:
    op.add_column("referrals", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    _set_state(AFTER)


def downgrade() -> None:
    op.execute("UPDATE referrals SET state = 'declined' WHERE state = 'redirected'")
    _set_state(BEFORE)
    op.drop_column("referrals", "reminded_at")


def _set_state(new: str) -> None:
    """SQLite rebuilds the table; the CHECKs that stand are read from it, so none is told again."""
    with op.batch_alter_table("referrals") as batch_op:
        batch_op.drop_constraint(op.f(STATE), type_="check")
        batch_op.create_check_constraint(op.f(STATE), new)
