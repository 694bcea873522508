"""Money that goes back, contested money, two approvals, tasks for people, outages, a sealed ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# (table, column, name of its CHECK): SQLite adds a column with its CHECK in one statement, or not at all.
COLUMNS = (
    ("charges", "refunded_cents", "refunded_within_amount"),
    ("transfers", "reversed_cents", "reversed_within_amount"),
)


def upgrade() -> None:
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "outages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_seconds", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
    )
    with op.batch_alter_table("outages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outages_noted_at"), ["noted_at"], unique=False)

    op.create_table(
        "ledger_seals",
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["ledger_transactions.id"],
            name=op.f("fk_ledger_seals_transaction_id_ledger_transactions"),
        ),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_ledger_seals")),
        sa.UniqueConstraint("number", name=op.f("uq_ledger_seals_number")),
        sa.UniqueConstraint("seal", name=op.f("uq_ledger_seals_seal")),
    )
    op.create_table(
        "money_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("ours_cents", sa.Integer(), nullable=True),
        sa.Column("theirs_cents", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closing_words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by_id"], ["users.id"], name=op.f("fk_money_tasks_closed_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_tasks")),
    )
    with op.batch_alter_table("money_tasks", schema=None) as batch_op:
        batch_op.create_index("ix_money_tasks_closed_at_opened_at", ["closed_at", "opened_at"], unique=False)
        batch_op.create_index(
            "uq_money_tasks_open_key",
            ["key"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "payouts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=120), nullable=False),
        sa.Column("covers_cents", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> prepared_by_id", name=op.f("ck_payouts_two_distinct_persons")
        ),
        sa.CheckConstraint("covers_cents >= 0", name=op.f("ck_payouts_covers_is_not_negative")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_payouts_approved_by_id_users")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_payouts_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["prepared_by_id"], ["users.id"], name=op.f("fk_payouts_prepared_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
    )
    with op.batch_alter_table("payouts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payouts_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(
            "uq_payouts_one_prepared",
            ["campaign_id"],
            unique=True,
            sqlite_where=sa.text("state = 'prepared'"),
            postgresql_where=sa.text("state = 'prepared'"),
        )

    op.create_table(
        "disputes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("stripe_dispute", sa.String(length=120), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_disputes_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_disputes_charge_id_charges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("stripe_dispute", name=op.f("uq_disputes_stripe_dispute")),
    )
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disputes_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disputes_charge_id"), ["charge_id"], unique=False)

    op.create_table(
        "refunds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("stripe_refund", sa.String(length=120), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed','planned','pending','succeeded','failed','cancelled')",
            name=op.f("ck_refunds_state_is_known"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refunds_amount_is_positive")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_refunds_approved_by_id_users")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_refunds_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_refunds_charge_id_charges")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["users.id"], name=op.f("fk_refunds_proposed_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("reference", name=op.f("uq_refunds_reference")),
        sa.UniqueConstraint("stripe_refund", name=op.f("uq_refunds_stripe_refund")),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refunds_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refunds_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index("ix_refunds_state", ["state"], unique=False)

    op.create_table(
        "reversals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("refund_id", sa.Integer(), nullable=True),
        sa.Column("dispute_id", sa.Integer(), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("stripe_reversal", sa.String(length=120), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_reversals_amount_is_positive")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_reversals_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_reversals_dispute_id_disputes")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name=op.f("fk_reversals_refund_id_refunds")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name=op.f("fk_reversals_transfer_id_transfers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reversals")),
        sa.UniqueConstraint("reference", name=op.f("uq_reversals_reference")),
        sa.UniqueConstraint("stripe_reversal", name=op.f("uq_reversals_stripe_reversal")),
    )
    with op.batch_alter_table("reversals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reversals_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reversals_dispute_id"), ["dispute_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reversals_refund_id"), ["refund_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reversals_transfer_id"), ["transfer_id"], unique=False)

    for table, column, check in COLUMNS:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER DEFAULT '0' NOT NULL "
            f"CONSTRAINT ck_{table}_{check} CHECK ({column} BETWEEN 0 AND amount_cents)"
        )
    op.add_column("transfers", sa.Column("base_cents", sa.Integer(), nullable=True))
    _make_append_only()


def _make_append_only() -> None:
    for verb in ("UPDATE", "DELETE"):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER ledger_seals_no_{verb} BEFORE {verb} ON ledger_seals "
                "BEGIN SELECT RAISE(ABORT, 'ledger_seals is append-only'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER ledger_seals_no_{verb} BEFORE {verb} ON ledger_seals "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    op.drop_column("transfers", "base_cents")
    for table, column, _check in COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in (
        "reversals",
        "refunds",
        "disputes",
        "payouts",
        "money_tasks",
        "ledger_seals",
        "outages",
        "ledger_head",
    ):
        op.drop_table(table)
