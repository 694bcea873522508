"""A refund's approver is not its proposer, equal proposals do not wait twice, cron says how often it comes, old cards
are known by their events."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TWO_PERSONS = "approved_by_id IS NULL OR approved_by_id <> proposed_by_id"
# SQLite rebuilds the table to add a CHECK, and must be told of those that stand.
STANDING = (
    ("state IN ('proposed','planned','pending','succeeded','failed','cancelled')", "ck_refunds_state_is_known"),
    ("amount_cents > 0", "ck_refunds_amount_is_positive"),
)


def upgrade() -> None:
    # The same proposal twice: the first goes on waiting.
    op.execute(
        "UPDATE refunds SET state = 'cancelled', ended_at = created_at WHERE state = 'proposed' AND EXISTS ("
        "SELECT 1 FROM refunds AS other WHERE other.state = 'proposed' AND other.charge_id = refunds.charge_id "
        "AND other.amount_cents = refunds.amount_cents AND other.id < refunds.id)"
    )
    with op.batch_alter_table("refunds", table_args=_standing()) as batch_op:
        batch_op.create_check_constraint(op.f("ck_refunds_two_distinct_persons"), TWO_PERSONS)
    op.create_index(
        "uq_refunds_one_proposed",
        "refunds",
        ["charge_id", "amount_cents"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.add_column("worker_beats", sa.Column("every_seconds", sa.Integer(), nullable=True))
    # Cards saved before their ids were noted: a bank that renews one rings by that id alone.
    op.execute(
        "INSERT INTO stripe_objects (stripe_id, subject_kind, subject_id, psp_env) "
        "SELECT p.payment_method, 'pledges', MIN(p.id), MIN(known.psp_env) FROM pledges AS p "
        "JOIN stripe_objects AS known ON known.subject_kind = 'pledges' AND known.subject_id = p.id "
        "WHERE p.payment_method IS NOT NULL AND NOT EXISTS ("
        "SELECT 1 FROM stripe_objects AS noted WHERE noted.stripe_id = p.payment_method) GROUP BY p.payment_method"
    )


def downgrade() -> None:
    with op.batch_alter_table("worker_beats") as batch_op:
        batch_op.drop_column("every_seconds")
    op.drop_index("uq_refunds_one_proposed", table_name="refunds")
    with op.batch_alter_table("refunds", table_args=(*_standing(), *_two_persons())) as batch_op:
        batch_op.drop_constraint(op.f("ck_refunds_two_distinct_persons"), type_="check")


def _standing() -> tuple[sa.CheckConstraint, ...]:
    return tuple(sa.CheckConstraint(words, name=op.f(name)) for words, name in STANDING)


def _two_persons() -> tuple[sa.CheckConstraint, ...]:
    return (sa.CheckConstraint(TWO_PERSONS, name=op.f("ck_refunds_two_distinct_persons")),)
