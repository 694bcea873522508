"""Campaigns on line can be suspended by two persons, and reported by anybody."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
OPEN = sa.text("ended_at IS NULL")


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("reopened_at", AT, nullable=True))
    op.create_table(
        "suspensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("reason_code", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("suspended_by_id", sa.Integer(), nullable=False),
        sa.Column("suspended_at", AT, nullable=False),
        sa.Column("second_organisation_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", AT, nullable=True),
        sa.Column("lift_proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("ending", sa.String(20), nullable=False),
        sa.Column("told_pledge_id", sa.Integer(), nullable=False),
        sa.Column("told_end_pledge_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> suspended_by_id", name=op.f("ck_suspensions_two_confirm")
        ),
        sa.CheckConstraint(
            "lifted_by_id IS NULL OR lifted_by_id <> lift_proposed_by_id", name=op.f("ck_suspensions_two_lift")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ending = '')", name=op.f("ck_suspensions_ended_has_its_ending")),
        _key("suspensions", "campaign_id", "campaigns"),
        _key("suspensions", "second_organisation_id", "organisations"),
        _key("suspensions", "suspended_by_id", "users"),
        _key("suspensions", "confirmed_by_id", "users"),
        _key("suspensions", "lift_proposed_by_id", "users"),
        _key("suspensions", "lifted_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspensions")),
    )
    op.create_index(op.f("ix_suspensions_campaign_id"), "suspensions", ["campaign_id"])
    op.create_index(op.f("ix_suspensions_second_organisation_id"), "suspensions", ["second_organisation_id"])
    op.create_index(
        "uq_suspensions_one_open", "suspensions", ["campaign_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "abuse_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(40), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("locale", sa.String(5), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", AT, nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (outcome = '')", name=op.f("ck_abuse_reports_answered_has_its_outcome")
        ),
        _key("abuse_reports", "campaign_id", "campaigns"),
        _key("abuse_reports", "taken_by_id", "users"),
        _key("abuse_reports", "answered_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abuse_reports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_abuse_reports_public_id")),
    )
    op.create_index(op.f("ix_abuse_reports_campaign_id"), "abuse_reports", ["campaign_id"])
    op.create_index("ix_abuse_reports_answered_at_at", "abuse_reports", ["answered_at", "at"])


def downgrade() -> None:
    op.drop_table("abuse_reports")
    op.drop_table("suspensions")
    op.drop_column("campaigns", "reopened_at")
