"""A referral may be redirected, and whoever was asked is reminded of it once."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BEFORE = "state IN ('sent', 'accepted', 'declined', 'first_contact')"
AFTER = "state IN ('sent', 'accepted', 'declined', 'redirected', 'first_contact')"
STATE, ONE = "ck_referrals_state_is_known", "ck_referrals_goes_to_one"


def upgrade() -> None:
    op.add_column("referrals", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    _set_states(BEFORE, AFTER)


def downgrade() -> None:
    op.execute("UPDATE referrals SET state = 'declined' WHERE state = 'redirected'")
    _set_states(AFTER, BEFORE)
    op.drop_column("referrals", "reminded_at")


def _set_states(old: str, new: str) -> None:
    """SQLite rebuilds the table to change a CHECK, and must be told of both."""
    standing = (
        sa.CheckConstraint(old, name=op.f(STATE)),
        sa.CheckConstraint("(to_organisation_id IS NULL) <> (to_name = '')", name=op.f(ONE)),
    )
    with op.batch_alter_table("referrals", table_args=standing) as batch_op:
        batch_op.drop_constraint(op.f(STATE), type_="check")
        batch_op.create_check_constraint(op.f(STATE), new)
